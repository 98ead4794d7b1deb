/**
 * A case: everything remembered about one (detection, cluster, entities, period). It consists of sets only, and sets only grow, so
 * two cases merge by union: in any order, any number of times, with the same result. What is said about a case, its finding, is
 * computed from the sets (finding.ts) and never stored.
 */

import { countedReferences } from './bursts.ts';
import { groupBy } from './collections.ts';
import type { Entities } from './detection.ts';
import { runsOf } from './presence.ts';
import { digest, timeOfReference } from './reference.ts';
import { DAY, type Grid, slotOf } from './state.ts';

/** What a case is called by; the same for every sighting that belongs to it. */
export interface CaseName {
  readonly id: string;
  readonly detection: string;
  readonly cluster: string;
  readonly account: string;
  readonly region: string;
  readonly entities: Entities;
  readonly period: number;
}

/** The sets of a case, by what they hold. All are sets of strings; `slots` and `learned` hold numbers. */
export interface CaseSets {
  /** References of the sightings. */
  readonly refs: ReadonlySet<string>;
  /** Above the cap: slots in which something was sighted. First-seen: days on which the entities were seen. */
  readonly slots: ReadonlySet<number>;
  /** First-seen: days that count as known, learned from history. */
  readonly learned: ReadonlySet<number>;
  /** Records that show what happened: reference, weight and JSON. A few of the earliest in each stretch of time. */
  readonly evidence: ReadonlySet<string>;
  /**
   * Distinct values worth showing, each behind its kind: `userAgents kubectl/v1.31`. A sample where there are many. Empty for
   * first-seen, where only the first hour counts and evidence tells what belongs to it; `weights` likewise.
   */
  readonly facts: ReadonlySet<string>;
  /** Impact and confidence of the sightings, as `70×35`. */
  readonly weights: ReadonlySet<string>;
}

export interface Case extends CaseName, CaseSets {}

/** Names of the sets, for code that treats them alike. */
export const SETS = ['refs', 'slots', 'learned', 'evidence', 'facts', 'weights'] as const satisfies (keyof CaseSets)[];

/** Pieces of evidence that are kept for each stretch: a window of a threshold, a day of a first-seen entity, else the whole case. */
const EVIDENCE = { threshold: 3, stateless: 10, 'first-seen': 10 } as const;

/** Distinct values that are kept for each kind of fact. */
export const FACTS_OF_A_KIND = 20;

export const caseName = (name: Omit<CaseName, 'id'>): CaseName => {
  const entities = Object.entries(name.entities).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...name, id: `${name.detection}#${name.cluster}#${digest(...entities.flat())}#${name.period}` };
};

export const emptyCase = (name: CaseName): Case => ({
  ...name,
  refs: new Set(),
  slots: new Set(),
  learned: new Set(),
  evidence: new Set(),
  facts: new Set(),
  weights: new Set(),
});

/** Union, set by set, of cases of the same name. */
export const unionOf = (cases: readonly [Case, ...Case[]]): Case => {
  const merged: Case = { ...cases[0] };
  for (const set of SETS) Object.assign(merged, { [set]: new Set(cases.flatMap((one): unknown[] => [...one[set]])) });
  return merged;
};

export const mergeCases = (a: Case, b: Case): Case => unionOf([a, b]);

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

const stretchOf = (grid: Grid, evidence: string): number =>
  grid.kind === 'stateless' ? 0 : Math.floor(timeOfReference(evidence) / (grid.window || DAY));

/** The earliest pieces of each stretch, several records of one request counting as one. */
export const bestEvidence = (grid: Grid, evidence: Iterable<string>): readonly string[] => {
  const kept = new Map<number, Set<string>>();
  return [...evidence].sort().filter((piece) => {
    const stretch = stretchOf(grid, piece);
    const refs = kept.get(stretch) ?? new Set();
    kept.set(stretch, refs);
    const ref = piece.slice(0, piece.indexOf(' '));
    if (refs.size === EVIDENCE[grid.kind] && !refs.has(ref)) return false;
    refs.add(ref);
    return true;
  });
};

const betterEvidence = (grid: Grid, known: ReadonlySet<string>, delta: ReadonlySet<string>): readonly string[] =>
  lacking(known, bestEvidence(grid, [...known, ...delta]));

const kindOf = (fact: string): string => fact.slice(0, fact.indexOf(' '));

/** A sample of the distinct facts of each kind: those with the smallest digests, which nobody can steer by sending them first. */
export const bestFacts = (facts: Iterable<string>): readonly string[] => {
  const kinds = groupBy(new Set(facts), kindOf);
  return [...kinds.values()].flatMap((group) => {
    if (group.length <= FACTS_OF_A_KIND) return group;
    const byDigest = group.map((fact) => [digest(fact), fact] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    return byDigest.slice(0, FACTS_OF_A_KIND).map(([, fact]) => fact);
  });
};

const betterFacts = (known: ReadonlySet<string>, delta: ReadonlySet<string>): readonly string[] =>
  lacking(known, bestFacts([...known, ...delta]));
