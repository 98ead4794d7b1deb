/** When a further sighting of a first-seen aggregate adds nothing to it: the aggregate knows the day, and the first hour is over. */

import type { Saturation, Sighting } from '../engine/engine.ts';
import { clusterKey } from '../events/event.ts';
import { timeOfReference } from '../primitives/digest.ts';
import { perKey } from '../primitives/memo.ts';
import { DAY, HOUR, type TimeRange } from '../primitives/time.ts';
import { bucketOf, type Windowing } from '../sdk/windows.ts';
import type { Aggregate, AggregateSets } from './aggregate.ts';
import { firstSeenAggregateId } from './of-sighting.ts';

/** What is remembered of an aggregate without a request; undefined when it is nothing. */
export type CachedAggregates = (id: string) => Aggregate | undefined;

/** What the engine and the prefilter leave out, because these aggregates have it. Make one for each cache: it remembers ids. */
export const saturationIn = (known: CachedAggregates): Saturation => {
  const idOf = perKey(firstSeenAggregateId, keyOf, MOST_IDS);
  return (rule, event, entities) => {
    if (rule.windowing.kind !== 'first-seen') return undefined;
    const kept = known(idOf({ rule, event, entities }));
    return kept && saturatedRange(rule.windowing, kept, event.time);
  };
};

/** Aggregate ids that are remembered at once; a digest takes longer than to look one up. */
const MOST_IDS = 5_000;

const keyOf = ({ rule, event, entities }: Pick<Sighting, 'rule' | 'event' | 'entities'>): string =>
  `${rule.detection.id}\n${clusterKey(event.origin)}\n${JSON.stringify(entities)}`;

/**
 * The part of the day around `time` in which a sighting would leave the aggregate as it is: `worthAdding` would want nothing of it, now
 * and however the aggregate grows. Undefined when there is none.
 *
 * What an aggregate keeps of a sighting is its day and, in the first hour of a presence, its reference. A presence begins on a day with no
 * other day in the look-back before it. With a known day in the look-back, other than the day before, neither this day nor the one
 * before it begins a presence, and no later arrival can change that. Else the hour of a presence that began the day before, perhaps
 * with a sighting that is still under way, reaches one hour into this day; and one that began today has its hour from its start,
 * which later arrivals can only move back.
 */
export const saturatedRange = (windowing: Windowing, known: AggregateSets, time: number): TimeRange | undefined => {
  const day = bucketOf(windowing, time);
  if (windowing.kind !== 'first-seen' || !known.buckets.has(day)) return undefined;
  const [begin, until] = [day * DAY, (day + 1) * DAY];
  const earlier = [...known.buckets, ...known.learned].filter(
    (other) => other < day && day - other <= windowing.lookback,
  );
  if (earlier.some((other) => other < day - 1)) return { from: begin, until };
  if (earlier.length > 0 || known.learned.has(day)) return { from: begin + HOUR, until };
  const starts = [...known.refs].map(timeOfReference).filter((start) => bucketOf(windowing, start) === day);
  return starts.length === 0 ? undefined : { from: Math.min(...starts) + HOUR, until };
};
