/** Every detection, every way out: what hostile records are sent through. */
import { findingsTable } from '../../functions/cli/output/table.ts';
import { jsonLine } from '../../functions/cli/output/terminal.ts';
import { gather } from '../../shared/aggregates/gathering.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { type Rule, ruleOf } from '../../shared/engine/rule.ts';
import { type ScanResult, scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { toAsff } from '../../shared/outputs/asff/finding.ts';
import { toOcsf } from '../../shared/outputs/ocsf/finding.ts';

/** All detections, those that are off by default too; one sighting of a threshold is enough, so that everything opens. */
const eager = (rule: Rule): Rule => ({ ...rule, windowing: { ...rule.windowing, limit: 0 } });
const rules = DETECTIONS.map((detection) => eager(ruleOf(detection)));
const engine = createEngine(rules);
const suppressor = createSuppressor([
  {
    detections: ['*'],
    where: { user: ['nobody-*-at-all'], address: ['*.*.*.*.*'], group: ['x*y*z'] },
    reason: 'never',
  },
]);

export const ORIGIN = {
  cluster: 'prod',
  account: '111122223333',
  region: 'eu-west-1',
  logGroup: '/aws/eks/prod/cluster',
  logStream: 'kube-apiserver-audit-0123456789abcdef',
};

export const passed = (texts: readonly string[]): ScanResult =>
  scanRecords(
    engine,
    suppressor,
    texts.map((message, index) => ({ message, id: String(index), timestamp: Date.UTC(2026, 2, 2) })),
    ORIGIN,
  );

export const findingsFrom = async ({ sightings }: ScanResult): Promise<readonly Finding[]> => {
  const store = createMemoryStore();
  await store.merge(gather(sightings));
  return store.findings(0);
};

/** A finding as each consumer gets it. */
export const outputsOf = (finding: Finding): readonly string[] => {
  const { detection } = rules.find((rule) => rule.detection.id === finding.detection) as Rule;
  const event = toOcsf({ change: 'created', finding, reasons: [] }, detection, Date.parse(finding.lastSeen));
  const asff = toAsff(event, { account: ORIGIN.account, region: ORIGIN.region });
  const plain = (_format: unknown, text: string) => text;
  return [
    jsonLine(finding),
    JSON.stringify(event),
    JSON.stringify(asff),
    findingsTable([finding], 160, plain),
    findingsTable([finding], 40, plain),
  ];
};
