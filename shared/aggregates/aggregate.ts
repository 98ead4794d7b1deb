/**
 * An aggregate: everything remembered about one (detection, cluster, entities, period). It consists of sets only, and sets only grow, so
 * two aggregates merge by union: in any order, any number of times, with the same result. What is said about an aggregate, its finding, is
 * computed from the sets (finding.ts) and never stored.
 */

import { clusterKey } from '../events/event.ts';
import { digest } from '../primitives/digest.ts';
import type { Entities } from '../sdk/detection.ts';

/** What an aggregate is called by; the same for every sighting that belongs to it. */
export interface AggregateName {
  readonly id: string;
  readonly detection: string;
  readonly cluster: string;
  readonly account: string;
  readonly region: string;
  readonly entities: Entities;
  readonly period: number;
}

/** The sets of an aggregate, by what they hold. All are sets of strings; `buckets` and `learned` hold numbers. */
export interface AggregateSets {
  /** References of the sightings. */
  readonly refs: ReadonlySet<string>;
  /** Above the cap: buckets in which something was sighted. First-seen: days on which the entities were seen. */
  readonly buckets: ReadonlySet<number>;
  /** First-seen: days that count as known, learned from history. */
  readonly learned: ReadonlySet<number>;
  /** Records that show what happened: reference, weight and JSON. A few of the earliest in each stretch of time. */
  readonly evidence: ReadonlySet<string>;
  /**
   * Distinct values worth showing, each after its kind: `userAgents kubectl/v1.31`. A sample where there are many. Empty for
   * first-seen, where only the first hour counts and evidence tells what belongs to it; `weights` likewise.
   */
  readonly observed: ReadonlySet<string>;
  /** Impact and confidence of the sightings, as `70×35`. */
  readonly weights: ReadonlySet<string>;
}

export interface Aggregate extends AggregateName, AggregateSets {}

/** Names of the sets, for code that treats them alike. */
export const SETS = [
  'refs',
  'buckets',
  'learned',
  'evidence',
  'observed',
  'weights',
] as const satisfies (keyof AggregateSets)[];

export const aggregateName = (name: Omit<AggregateName, 'id'>): AggregateName => {
  const entities = Object.entries(name.entities).sort(([a], [b]) => (a < b ? -1 : 1));
  // The cluster is in the digest: DynamoDB bills each write by the size of the item, and its attributes name the cluster already.
  return { ...name, id: `${name.detection}#${digest(clusterKey(name), ...entities.flat())}#${name.period}` };
};

export const emptyAggregate = (name: AggregateName): Aggregate => ({
  ...name,
  refs: new Set(),
  buckets: new Set(),
  learned: new Set(),
  evidence: new Set(),
  observed: new Set(),
  weights: new Set(),
});

/** Union, set by set, of aggregates of the same name. */
export const unionOf = (aggregates: readonly [Aggregate, ...Aggregate[]]): Aggregate => {
  const merged: Aggregate = { ...aggregates[0] };
  for (const set of SETS)
    Object.assign(merged, { [set]: new Set(aggregates.flatMap((one): unknown[] => [...one[set]])) });
  return merged;
};

export const mergeAggregates = (a: Aggregate, b: Aggregate): Aggregate => unionOf([a, b]);
