/** shared/detections/README.md: every detection, for the person who has to judge its finding. */

import { type AnyDetection, riskOf, severityOf } from '../../shared/sdk/detection.ts';
import { TACTICS, TECHNIQUES } from '../../shared/sdk/mitre-attack.ts';
import { code, GENERATED, table } from './markdown.ts';

const severityOfDetection = ({ impact, confidence }: AnyDetection) => severityOf(riskOf(impact, confidence));

const techniqueLink = (id: string): string =>
  `[${id} ${TECHNIQUES[id]?.name ?? ''}](https://attack.mitre.org/techniques/${id.replace('.', '/')}/)`;

const WINDOWS = {
  stateless: 'Every sighting opens a finding; the same entities on the same day are one.',
  threshold: 'Opens when a window holds more than the limit.',
  'first-seen': 'Opens when the entities were not seen before within the look-back.',
} as const;

const optionTable = (detection: AnyDetection): readonly string[] => {
  const rows = Object.entries(detection.options as Record<string, unknown>).map(([name, value]) => [
    code(name),
    code(JSON.stringify(value)),
    String(detection.optionDocs[name as never]),
  ]);
  return rows.length === 0 ? [] : ['', table(['option', 'default', 'meaning'], rows)];
};

const entry = (detection: AnyDetection): string =>
  [
    `### ${detection.id}`,
    '',
    `**${detection.title}.** ${detection.description}`,
    '',
    [
      `- ${severityOfDetection(detection)}, risk ${riskOf(detection.impact, detection.confidence)} (impact ${detection.impact}, confidence ${detection.confidence}), ${detection.type}${detection.enabled ? '' : ', disabled unless configured'}`,
      `- ATT&CK: ${detection.techniques.map(techniqueLink).join(', ')}`,
      `- ${WINDOWS[detection.window.kind]}`,
      `- False positives: ${detection.falsePositives}`,
      `- Triage: ${detection.triage}`,
      `- References: ${detection.references.map((url) => `<${url}>`).join(', ')}`,
    ].join('\n'),
    ...optionTable(detection),
  ].join('\n');

export const cataloguePage = (detections: readonly AnyDetection[]): string => {
  const sections = Object.entries(TACTICS).flatMap(([tactic, { name }]) => {
    const own = detections.filter((detection) => detection.tactic === tactic);
    return own.length === 0 ? [] : [`## ${name}`, ...own.map(entry)];
  });
  const intro = `${detections.length} detections. Each is one file in the folder of its tactic, with the raw records that prove it.`;
  return `${[GENERATED, '# Detections', intro, ...sections].join('\n\n')}\n`;
};

/** What an attacker does in a tactic, as far as detections see it. */
const MEANINGS: Readonly<Record<keyof typeof TACTICS, string>> = {
  'initial-access': 'anonymous requests, new principals and countries, exposed dashboards and ingresses',
  execution: 'commands in pods, reverse shells, images that are new or not allowed',
  persistence: 'RBAC bindings, webhooks, aws-auth, CronJobs, DaemonSets, exposed services',
  'privilege-escalation': 'privileged pods, host namespaces and paths, dangerous roles, impersonation',
  'defense-evasion': 'security tools and policies removed, events deleted, records cut or ids reused',
  'credential-access': 'Secrets, tokens, certificates and credential files read, listed or minted',
  discovery: 'scans, enumeration of permissions and resources, attack tools',
  'lateral-movement': 'port forwarding, proxies to pods and kubelets, files copied from pods',
  collection: 'data gathered from the cluster',
  impact: 'miners, mass deletion, evictions',
};

/** The table in the root README: a row a tactic, so that a new detection changes nothing in it. */
export const tacticTable = (detections: readonly AnyDetection[]): string =>
  table(
    ['tactic', 'what is detected'],
    Object.entries(TACTICS).flatMap(([tactic, { name }]) =>
      detections.some((detection) => detection.tactic === tactic)
        ? [[`[${name}](shared/detections/README.md#${tactic})`, MEANINGS[tactic as keyof typeof TACTICS]]]
        : [],
    ),
  );
