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

/** The table in the root README. */
export const tacticTable = (detections: readonly AnyDetection[]): string =>
  table(
    ['tactic', 'detections'],
    Object.entries(TACTICS).flatMap(([tactic, { name }]) => {
      const own = detections.filter((detection) => detection.tactic === tactic);
      return own.length === 0
        ? []
        : [[name, own.map(({ id }) => `[${id}](shared/detections/README.md#${id})`).join(', ')]];
    }),
  );
