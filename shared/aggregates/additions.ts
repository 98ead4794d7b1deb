/** What a delivery adds to a case, and what it need not: the bounds on what a case costs to keep. */

import { timeOfReference } from '../primitives/digest.ts';
import { type Grid, slotOf } from '../sdk/windows.ts';
import { type Case, emptyCase, mergeCases, SETS } from './aggregate.ts';
import { countedReferences } from './bursts.ts';
import { runsOf } from './first-seen.ts';
import { bestEvidence, bestFacts } from './samples.ts';

/**
 * What of `delta` is worth adding to a case of which (at least) `known` is stored; undefined when it is nothing. Whatever is left
 * out can't change what is said about the case: a reference above the cap leaves its slot, evidence and facts are left out only
 * when as many better ones are known. Not knowing the case is always safe, and costs a write.
 */
export const worthAdding = (grid: Grid, known: Case | undefined, delta: Case): Case | undefined => {
  const base = known ?? emptyCase(delta);
  const free = Math.max(0, grid.cap - base.refs.size);
  const fresh = freshReferences(grid, base, delta);
  const refs = fresh.slice(0, Math.max(free, isEarlier(fresh[0], base.refs) ? 1 : 0));
  const overflow = fresh.slice(refs.length).map((ref) => slotOf(grid, timeOfReference(ref)));
  const wanted: Case = {
    ...delta,
    refs: new Set(refs),
    slots: new Set(lacking(base.slots, [...delta.slots, ...(grid.kind === 'first-seen' ? [] : overflow)])),
    learned: new Set(lacking(base.learned, [...delta.learned])),
    evidence: new Set(betterEvidence(grid, base.evidence, delta.evidence)),
    facts: new Set(betterFacts(base.facts, delta.facts)),
    weights: new Set(lacking(base.weights, [...delta.weights])),
  };
  // Nothing of an entity that is known is shown, so nothing but the day is kept of it.
  if (grid.kind === 'first-seen' && refs.length === 0) Object.assign(wanted, { evidence: new Set() });
  return SETS.some((set) => wanted[set].size > 0) ? wanted : undefined;
};

const lacking = <T>(known: ReadonlySet<T>, values: readonly T[]): readonly T[] =>
  values.filter((value) => !known.has(value));

/**
 * References that may matter: for first-seen, those of the first hour of a presence; for distinct values, the earliest of each
 * value in each quarter of a window. In order of time.
 */
const freshReferences = (grid: Grid, known: Case, delta: Case): readonly string[] => {
  if (grid.kind === 'first-seen') {
    const runs = runsOf(grid, mergeCases(known, delta));
    return lacking(
      known.refs,
      runs.flatMap((run) => run.refs),
    );
  }
  const counted = grid.distinct ? countedReferences(grid, [...known.refs, ...delta.refs]) : [...delta.refs].sort();
  return lacking(known.refs, counted);
};

/** The earliest sighting of all is kept even above the cap, so that a case always knows when it began. */
const isEarlier = (ref: string | undefined, known: ReadonlySet<string>): boolean => {
  if (ref === undefined) return false;
  for (const other of known) if (other <= ref) return false;
  return true;
};

const betterEvidence = (grid: Grid, known: ReadonlySet<string>, delta: ReadonlySet<string>): readonly string[] =>
  lacking(known, bestEvidence(grid, [...known, ...delta]));

const betterFacts = (known: ReadonlySet<string>, delta: ReadonlySet<string>): readonly string[] =>
  lacking(known, bestFacts([...known, ...delta]));
