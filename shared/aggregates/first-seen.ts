/**
 * First-seen aggregates: the days on which entities were there. A run begins on a day with no other day in the look-back before it; its
 * first hour is what a finding shows. Both follow from the sets, so the order of arrival does not matter.
 */

import { timeOfReference } from '../primitives/digest.ts';
import { HOUR } from '../primitives/time.ts';
import { bucketOf, type Windowing } from '../sdk/windows.ts';
import type { AggregateSets } from './aggregate.ts';

/** The beginning of a presence. */
export interface Appearance {
  readonly day: number;
  /** Milliseconds since the epoch of the first sighting. */
  readonly start: number;
  /** References of the first hour, in order of time. */
  readonly refs: readonly string[];
}

type Presence = Pick<AggregateSets, 'refs' | 'buckets' | 'learned'>;

export const appearancesOf = (windowing: Windowing, presence: Presence): readonly Appearance[] => {
  const days = [...new Set([...presence.buckets, ...presence.learned])].sort((a, b) => a - b);
  const starts = days.filter((day, index) => index === 0 || day - (days[index - 1] as number) > windowing.lookback);
  const refs = [...presence.refs].sort();
  return starts
    .filter((day) => !presence.learned.has(day))
    .flatMap((day) => {
      const first = refs.find((ref) => bucketOf(windowing, timeOfReference(ref)) === day);
      if (first === undefined) return [];
      const start = timeOfReference(first);
      return { day, start, refs: refs.filter((ref) => ref >= first && timeOfReference(ref) < start + HOUR) };
    });
};
