/** What a delivery adds to an aggregate, and what it need not: the bounds on what an aggregate costs to keep. */

import { timeOfReference } from '../primitives/digest.ts';
import { bucketOf, type Windowing } from '../sdk/windows.ts';
import { type Aggregate, emptyAggregate, mergeAggregates, SETS } from './aggregate.ts';
import { countedReferences } from './bursts.ts';
import { appearancesOf } from './first-seen.ts';
import { bestEvidence, bestObserved } from './samples.ts';

/**
 * What of `delta` is worth adding to an aggregate of which (at least) `known` is stored; undefined when it is nothing. Whatever is left
 * out can't change what is said about the aggregate: a reference above the cap leaves its bucket, evidence and observed values are left out only
 * when as many better ones are known. Not knowing the aggregate is always safe, and costs a write.
 */
export const worthAdding = (
  windowing: Windowing,
  known: Aggregate | undefined,
  delta: Aggregate,
): Aggregate | undefined => {
  const base = known ?? emptyAggregate(delta);
  const free = Math.max(0, windowing.cap - base.refs.size);
  const fresh = freshReferences(windowing, base, delta);
  const refs = fresh.slice(0, Math.max(free, isEarlier(fresh[0], base.refs) ? 1 : 0));
  const overflow = fresh.slice(refs.length).map((ref) => bucketOf(windowing, timeOfReference(ref)));
  const wanted: Aggregate = {
    ...delta,
    refs: new Set(refs),
    buckets: new Set(lacking(base.buckets, [...delta.buckets, ...(windowing.kind === 'first-seen' ? [] : overflow)])),
    learned: new Set(lacking(base.learned, [...delta.learned])),
    evidence: new Set(betterEvidence(windowing, base.evidence, delta.evidence)),
    observed: new Set(betterObserved(base.observed, delta.observed)),
    weights: new Set(lacking(base.weights, [...delta.weights])),
  };
  // Nothing of an entity that is known is shown, so nothing but the day is kept of it.
  if (windowing.kind === 'first-seen' && refs.length === 0) Object.assign(wanted, { evidence: new Set() });
  return SETS.some((set) => wanted[set].size > 0) ? wanted : undefined;
};

const lacking = <T>(known: ReadonlySet<T>, values: readonly T[]): readonly T[] =>
  values.filter((value) => !known.has(value));

/**
 * References that may matter: for first-seen, those of the first hour of a presence; for distinct values, the earliest of each
 * value in each quarter of a window. In order of time.
 */
const freshReferences = (windowing: Windowing, known: Aggregate, delta: Aggregate): readonly string[] => {
  if (windowing.kind === 'first-seen') {
    const runs = appearancesOf(windowing, mergeAggregates(known, delta));
    return lacking(
      known.refs,
      runs.flatMap((run) => run.refs),
    );
  }
  const counted = windowing.distinct
    ? countedReferences(windowing, [...known.refs, ...delta.refs])
    : [...delta.refs].sort();
  return lacking(known.refs, counted);
};

/** The earliest sighting of all is kept even above the cap, so that an aggregate always knows when it began. */
const isEarlier = (ref: string | undefined, known: ReadonlySet<string>): boolean => {
  if (ref === undefined) return false;
  for (const other of known) if (other <= ref) return false;
  return true;
};

const betterEvidence = (
  windowing: Windowing,
  known: ReadonlySet<string>,
  delta: ReadonlySet<string>,
): readonly string[] => lacking(known, bestEvidence(windowing, [...known, ...delta]));

const betterObserved = (known: ReadonlySet<string>, delta: ReadonlySet<string>): readonly string[] =>
  lacking(known, bestObserved([...known, ...delta]));
