/** docs/coverage.md: which rules of other systems each detection related. */
import type { AnyDetection } from '../../shared/sdk/detection.ts';
import { code, GENERATED, table } from './markdown.ts';

/** Systems by the prefix that `related` uses, in the order of the columns. */
const SYSTEMS: Readonly<Record<string, string>> = {
  splunk: 'Splunk',
  guardduty: 'GuardDuty',
  falco: 'Falco',
  elastic: 'Elastic',
  panther: 'Panther',
  datadog: 'Datadog',
  google: 'Google SCC',
  defender: 'Defender',
  sigma: 'Sigma',
  sumo: 'Sumo Logic',
};

export const ANSWER = new RegExp(`^(${Object.keys(SYSTEMS).join('|')}):(.+)$`);

const answersTo = (detection: AnyDetection, system: string): readonly string[] =>
  detection.related.flatMap((answer) => {
    const [, name, rule] = ANSWER.exec(answer) ?? [];
    return name === system && rule !== undefined ? [rule] : [];
  });

export const coverageMatrix = (detections: readonly AnyDetection[]): string => {
  const systems = Object.keys(SYSTEMS);
  const marks = detections.map((detection) => [
    code(detection.id),
    ...systems.map((system) => (answersTo(detection, system).length > 0 ? '●' : '')),
  ]);
  const totals = systems.map((system) =>
    String(detections.filter((detection) => answersTo(detection, system).length > 0).length),
  );
  const alone = detections.filter(({ related }) => related.length === 0).map(({ id }) => code(id));
  const lists = Object.entries(SYSTEMS).map(([system, name]) => {
    const rows = detections.flatMap((detection) =>
      answersTo(detection, system).map((rule) => [rule, code(detection.id)]),
    );
    return rows.length === 0 ? '' : `## ${name}\n\n${table(['rule', 'answered by'], rows)}`;
  });
  return `${[
    GENERATED,
    '# Coverage',
    'A dot: this detection related at least one rule of that system. It does not say that the two see exactly the same events; each detection’s page says what it sees.',
    table(['detection', ...Object.values(SYSTEMS)], [...marks, ['**detections with an answer**', ...totals]]),
    `Nothing of the kind in any of them: ${alone.length === 0 ? 'none' : alone.join(', ')}.`,
    ...lists.filter((list) => list !== ''),
  ].join('\n\n')}\n`;
};
