/** The aggregate that a first-seen sighting belongs to. There is one for all time, so it follows from the entities alone. */
import type { Sighting } from '../engine/engine.ts';
import { DAY } from '../primitives/time.ts';
import { type Aggregate, type AggregateName, aggregateName, emptyAggregate } from './aggregate.ts';

type Sighted = Pick<Sighting, 'rule' | 'event' | 'entities'>;

const firstSeenName = ({ rule, event: { origin }, entities }: Sighted): AggregateName => {
  const { cluster, account = '', region = '' } = origin;
  return aggregateName({ detection: rule.detection.id, cluster, account, region, entities, period: 0 });
};

export const firstSeenAggregateId = (sighted: Sighted): string => firstSeenName(sighted).id;

/** What history that is only learned from adds to a first-seen aggregate: days on which entities were seen, and nothing to show. */
export const learnedAggregateOf = (sighting: Sighting): Aggregate => ({
  ...emptyAggregate(firstSeenName(sighting)),
  learned: new Set([Math.floor(sighting.event.time / DAY)]),
});
