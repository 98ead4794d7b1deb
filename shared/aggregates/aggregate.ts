/**
 * A case: everything remembered about one (detection, cluster, entities, period). It consists of sets only, and sets only grow, so
 * two cases merge by union: in any order, any number of times, with the same result. What is said about a case, its finding, is
 * computed from the sets (finding.ts) and never stored.
 */

import { digest } from '../primitives/digest.ts';
import type { Entities } from '../sdk/detection.ts';

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
