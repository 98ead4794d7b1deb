/** What a consumer gets of the four first detections: events of the bus, made from the detections' own examples. */

import { located } from '../../functions/aws/geoip.ts';
import { gather } from '../../shared/aggregates/gathering.ts';
import accessScanning, { examples as accessExamples } from '../../shared/detections/discovery/access-scanning.ts';
import scannerImage, { examples as scannerExamples } from '../../shared/detections/discovery/scanner-image-pulled.ts';
import imageFirstSeen, { examples as imageExamples } from '../../shared/detections/execution/image-first-seen.ts';
import hostNetwork, {
  examples as hostExamples,
} from '../../shared/detections/privilege-escalation/pod-host-network.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { ruleOf } from '../../shared/engine/rule.ts';
import type { GeoLocation } from '../../shared/events/event.ts';
import { parseRecord } from '../../shared/events/parse.ts';
import type { Change } from '../../shared/findings/changes.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { DETAIL_TYPE, type DetectionFinding, EVENT_SOURCE } from '../../shared/outputs/ocsf/event.ts';
import { toOcsf } from '../../shared/outputs/ocsf/finding.ts';
import type { AnyDetection } from '../../shared/sdk/detection.ts';
import type { Examples } from './detection-files.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const CLUSTER = 'prod';

/** Time at which every golden event is told. */
export const PUBLISHED = Date.UTC(2026, 2, 3, 0, 0, 5);

/** Stands in for the database, whose content changes every month. */
const locate = (address: string): GeoLocation | undefined =>
  address === '203.0.113.66' ? { country: 'NL', city: 'Amsterdam' } : undefined;

/** All findings of one example, through the real decoder, engine and store. */
export const findingsOfExample = async (detection: AnyDetection, example: unknown): Promise<readonly Finding[]> => {
  const engine = createEngine([ruleOf(detection)]);
  const store = createMemoryStore();
  for (const record of Array.isArray(example) ? example : [example]) {
    const event = parseRecord(JSON.stringify(record), { cluster: CLUSTER, account: ACCOUNT, region: REGION });
    if (event.source === 'rejected') throw new Error(`an example is no event: ${event.reason}`);
    await store.merge(gather(engine.detect(event).sightings));
  }
  return store.findings(0).map((finding) => located(finding, locate));
};

export interface GoldenEvent {
  readonly version: string;
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: DetectionFinding;
}

/** A detail as it arrives at a rule's target. */
export const envelope = (detail: DetectionFinding): GoldenEvent => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': DETAIL_TYPE,
  source: EVENT_SOURCE,
  account: ACCOUNT,
  time: '2026-03-03T00:00:05Z',
  region: REGION,
  resources: [`arn:aws:eks:${REGION}:${ACCOUNT}:cluster/${CLUSTER}`],
  detail,
});

const SEEDS: readonly (readonly [AnyDetection, () => Examples])[] = [
  [accessScanning, accessExamples],
  [scannerImage, scannerExamples],
  [imageFirstSeen, imageExamples],
  [hostNetwork, hostExamples],
];

/** The detections of the golden files. */
export const SEED_IDS = SEEDS.map(([{ id }]) => id);

/** Every example that fires of the four, as `[detection, summary, finding]`. */
export const seedFindings = async (): Promise<readonly (readonly [AnyDetection, string, Finding])[]> => {
  const all = SEEDS.flatMap(([detection, examples]) =>
    Object.entries(examples().fires).map(async ([summary, example]) =>
      (await findingsOfExample(detection, example)).map((finding) => [detection, summary, finding] as const),
    ),
  );
  return (await Promise.all(all)).flat();
};

const created = (finding: Finding): Change => ({ change: 'created', finding, reasons: [] });

/**
 * The example that a golden file shows: the first that a person or an address is behind, since a Kubernetes Event names neither.
 */
export const goldenEvents = async (): Promise<ReadonlyMap<string, GoldenEvent>> => {
  const golden = new Map<string, GoldenEvent>();
  for (const [detection, , finding] of await seedFindings()) {
    if (golden.has(detection.id) || finding.source === null) continue;
    golden.set(detection.id, envelope(toOcsf(created(finding), detection, PUBLISHED)));
  }
  return golden;
};
