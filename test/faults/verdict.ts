/** Holds what a run with faults left behind against one without. */

import { aggregateOfImage } from '../../functions/aws/aggregate-item.ts';
import { learnedUntil } from '../../shared/aggregates/store.ts';
import { clusterKey } from '../../shared/events/event.ts';
import { type Finding, findingsOf } from '../../shared/findings/finding.ts';
import { LEARN, RULES } from './containers.ts';
import type { Outcome } from './pipeline.ts';
import { BASELINES, FINDINGS } from './services.ts';

/** The findings that the tables hold at the end. Above the cap, what is the same in any order. */
export const findingsIn = ({ tables }: Pick<Outcome, 'tables'>): ReadonlyMap<string, object> => {
  const items = [...tables.items(FINDINGS), ...tables.items(BASELINES)];
  const clusterFirstSeen = new Map(
    items.flatMap((item) => (item['clusterFirstSeen'] ? [[item['id']?.S, Number(item['clusterFirstSeen'].N)]] : [])),
  );
  const findings = items.flatMap((item): readonly Finding[] => {
    const rule = RULES.find(({ detection }) => detection.id === item['detection']?.S);
    if (rule === undefined) return [];
    const subject = aggregateOfImage(item);
    return findingsOf(rule, subject, {
      learnedUntil: learnedUntil(clusterFirstSeen.get(`cluster#${clusterKey(subject)}`), LEARN),
    });
  });
  return new Map(findings.map((finding) => [finding.id, comparable(finding)]));
};

const comparable = (finding: Finding): object => {
  if (typeof finding.count === 'number') return finding;
  const { id, detection, cluster, entities, created, firstSeen, lastSeen, count } = finding;
  return { id, detection, cluster, entities, created, firstSeen, lastSeen, count };
};

/** One sentence for each difference; none when the run is as good as one without faults. */
export const differences = (expected: ReadonlyMap<string, object>, outcome: Outcome): readonly string[] => {
  const found = findingsIn(outcome);
  const told = new Map<string, number>();
  for (const { finding_info, activity_id, time } of [...outcome.events].sort((a, b) => a.time - b.time)) {
    if (Number.isNaN(time)) throw new Error('An event has no time.');
    told.set(finding_info.uid, activity_id);
  }
  const imported = new Map([...outcome.hub.findings].map(([id, finding]) => [id.split('/').at(-1) as string, finding]));
  const problems: string[] = [...outcome.hub.complaints];
  for (const [id, finding] of expected) {
    if (!found.has(id)) problems.push(`${id} is missing from the tables`);
    else if (JSON.stringify(found.get(id)) !== JSON.stringify(finding))
      problems.push(`${id} is ${JSON.stringify(found.get(id))} and should be ${JSON.stringify(finding)}`);
    if (!told.has(id)) problems.push(`${id} was never on the bus`);
    else if (told.get(id) === 3) problems.push(`${id} was closed on the bus and is open`);
    if (!outcome.isSubscribed) continue;
    if (!imported.has(id)) problems.push(`${id} never reached Security Hub`);
    else if (imported.get(id)?.RecordState !== 'ACTIVE') problems.push(`${id} is archived in Security Hub and is open`);
  }
  for (const id of found.keys()) if (!expected.has(id)) problems.push(`${id} is in the tables and should not be`);
  for (const [id, activity] of told)
    if (!expected.has(id) && activity !== 3) problems.push(`${id} was told, is no finding, and was not closed`);
  for (const [id, { RecordState }] of imported)
    if (!expected.has(id) && RecordState === 'ACTIVE')
      problems.push(`${id} is active in Security Hub and is no finding`);
  for (const id of outcome.deadly)
    if (!outcome.unprocessable.has(id)) problems.push(`${id} is not kept as unprocessable`);
  for (const id of outcome.unprocessable)
    if (!outcome.deadly.has(id)) problems.push(`${id} is kept as unprocessable and ends nothing`);
  if (outcome.dead !== outcome.poison)
    problems.push(`${outcome.dead} messages are dead and ${outcome.poison} were poison`);
  return problems;
};
