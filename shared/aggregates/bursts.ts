/**
 * Threshold aggregates: the bursts among sightings. A sighting is hot when some window of length W around it holds more than the limit;
 * hot sightings no further than W apart are one burst. A burst belongs to the period in which it begins, and to later periods
 * only with what it does more than W after the border, so a burst across midnight is one finding.
 */

import { digestOfReference, timeOfReference } from '../primitives/digest.ts';
import { QUARTERS, type Windowing } from '../sdk/windows.ts';
import type { AggregateSets } from './aggregate.ts';

type Sightings = Pick<AggregateSets, 'refs' | 'buckets'>;

export interface Burst {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  /** References in order of time; empty above the cap, where only buckets are known for certain. */
  readonly refs: readonly string[];
}

/** The parts of bursts that a period's finding shows, in order of time. */
export const burstsOf = (windowing: Windowing, period: number, sightings: Sightings): readonly Burst[] => {
  const begin = period * windowing.period;
  const end = begin + windowing.period;
  const full = sightings.refs.size >= windowing.cap;
  const marks = full ? bucketMarks(windowing, sightings) : hotMarks(windowing, sightings);
  return chains(marks, windowing.window).flatMap((chain) => {
    const first = chain[0] as Mark;
    const from = first.time < begin ? begin + windowing.window : first.time;
    const own = chain.filter((mark) => mark.time >= from && mark.time < end + windowing.window);
    const last = own.at(-1);
    if (last === undefined || first.time >= end) return [];
    return { start: (own[0] as Mark).time, end: last.time, refs: own.flatMap((mark) => mark.ref ?? []) };
  });
};

interface Mark {
  readonly time: number;
  readonly ref?: string;
}

const chains = (marks: readonly Mark[], gap: number): readonly (readonly Mark[])[] => {
  const found: Mark[][] = [];
  for (const mark of marks) {
    const chain = found.at(-1);
    const last = chain?.at(-1);
    if (chain === undefined || last === undefined || mark.time - last.time > gap) found.push([mark]);
    else chain.push(mark);
  }
  return found;
};

/** Above the cap, references are whichever came first; the buckets in which anything was sighted are the same in any order. */
const bucketMarks = (windowing: Windowing, sightings: Sightings): readonly Mark[] => {
  const buckets = new Set(sightings.buckets);
  for (const ref of sightings.refs) buckets.add(Math.floor(timeOfReference(ref) / windowing.bucket));
  return [...buckets].sort((a, b) => a - b).map((bucket) => ({ time: bucket * windowing.bucket }));
};

const hotMarks = (windowing: Windowing, sightings: Sightings): readonly Mark[] => {
  const marks = countedReferences(windowing, sightings.refs).map((ref) => ({ ref, time: timeOfReference(ref) }));
  const counts = new Map<string, number>();
  const hot = new Set<number>();
  let first = 0;
  for (let last = 0; last < marks.length; last++) {
    const value = countedValue(windowing, marks, last);
    counts.set(value, (counts.get(value) ?? 0) + 1);
    while ((marks[last] as Mark).time - (marks[first] as Mark).time >= windowing.window) {
      const left = countedValue(windowing, marks, first++);
      const count = (counts.get(left) ?? 0) - 1;
      if (count > 0) counts.set(left, count);
      else counts.delete(left);
    }
    if (counts.size > windowing.limit)
      for (let index = last; index >= first && !hot.has(index); index--) hot.add(index);
  }
  return marks.filter((_, index) => hot.has(index));
};

/** Distinct thresholds count values, so equal values share a key; otherwise every reference is one of a kind. */
const countedValue = (windowing: Windowing, marks: readonly { readonly ref: string }[], index: number): string => {
  const { ref } = marks[index] as { ref: string };
  return windowing.distinct ? digestOfReference(ref) : ref;
};

/** For distinct values, the earliest reference to each value in each quarter of a window; else all. In order of time. */
export const countedReferences = (windowing: Windowing, refs: Iterable<string>): readonly string[] => {
  const inOrder = [...refs].sort();
  if (!windowing.distinct) return inOrder;
  const seen = new Set<string>();
  return inOrder.filter((ref) => {
    const key = `${Math.floor((timeOfReference(ref) * QUARTERS) / windowing.window)} ${digestOfReference(ref)}`;
    return !seen.has(key) && seen.add(key);
  });
};
