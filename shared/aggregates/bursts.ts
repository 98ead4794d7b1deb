/**
 * Threshold cases: the bursts among sightings. A sighting is hot when some window of length W around it holds more than the limit;
 * hot sightings no further than W apart are one burst. A burst belongs to the period in which it begins, and to later periods
 * only with what it does more than W behind the border, so a burst across midnight is one finding.
 */

import { digestOfReference, timeOfReference } from '../primitives/digest.ts';
import { type Grid, QUARTERS } from '../sdk/windows.ts';
import type { CaseSets } from './aggregate.ts';

type Sightings = Pick<CaseSets, 'refs' | 'slots'>;

export interface Burst {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  /** References in order of time; empty above the cap, where only slots are known for certain. */
  readonly refs: readonly string[];
}

/** The parts of bursts that a period's finding shows, in order of time. */
export const burstsOf = (grid: Grid, period: number, sightings: Sightings): readonly Burst[] => {
  const begin = period * grid.period;
  const end = begin + grid.period;
  const full = sightings.refs.size >= grid.cap;
  const marks = full ? slotMarks(grid, sightings) : hotMarks(grid, sightings);
  return chains(marks, grid.window).flatMap((chain) => {
    const first = chain[0] as Mark;
    const from = first.time < begin ? begin + grid.window : first.time;
    const own = chain.filter((mark) => mark.time >= from && mark.time < end + grid.window);
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

/** Above the cap, references are whichever came first; the slots in which anything was sighted are the same in any order. */
const slotMarks = (grid: Grid, sightings: Sightings): readonly Mark[] => {
  const slots = new Set(sightings.slots);
  for (const ref of sightings.refs) slots.add(Math.floor(timeOfReference(ref) / grid.slot));
  return [...slots].sort((a, b) => a - b).map((slot) => ({ time: slot * grid.slot }));
};

const hotMarks = (grid: Grid, sightings: Sightings): readonly Mark[] => {
  const marks = countedReferences(grid, sightings.refs).map((ref) => ({ ref, time: timeOfReference(ref) }));
  const counts = new Map<string, number>();
  const hot = new Set<number>();
  let first = 0;
  for (let last = 0; last < marks.length; last++) {
    const value = countedValue(grid, marks, last);
    counts.set(value, (counts.get(value) ?? 0) + 1);
    while ((marks[last] as Mark).time - (marks[first] as Mark).time >= grid.window) {
      const left = countedValue(grid, marks, first++);
      const count = (counts.get(left) ?? 0) - 1;
      if (count > 0) counts.set(left, count);
      else counts.delete(left);
    }
    if (counts.size > grid.limit) for (let index = last; index >= first && !hot.has(index); index--) hot.add(index);
  }
  return marks.filter((_, index) => hot.has(index));
};

/** Distinct thresholds count values, so equal values share a key; otherwise every reference is one of a kind. */
const countedValue = (grid: Grid, marks: readonly { readonly ref: string }[], index: number): string => {
  const { ref } = marks[index] as { ref: string };
  return grid.distinct ? digestOfReference(ref) : ref;
};

/** For distinct values, the earliest reference to each value in each quarter of a window; else all. In order of time. */
export const countedReferences = (grid: Grid, refs: Iterable<string>): readonly string[] => {
  const inOrder = [...refs].sort();
  if (!grid.distinct) return inOrder;
  const seen = new Set<string>();
  return inOrder.filter((ref) => {
    const key = `${Math.floor((timeOfReference(ref) * QUARTERS) / grid.window)} ${digestOfReference(ref)}`;
    return !seen.has(key) && seen.add(key);
  });
};
