/** Where aggregates are kept. One interface, two implementations: memory (findings/memory-store.ts) and DynamoDB (functions/aws/dynamodb-store.ts). */

import type { Sighting } from '../engine/engine.ts';
import type { Rule } from '../engine/rule.ts';
import type { ClusterIdentity } from '../events/event.ts';
import { groupBy } from '../primitives/group-by.ts';
import { type Aggregate, unionOf } from './aggregate.ts';
import { learnedAggregateOf } from './of-sighting.ts';

/** What one batch adds to one aggregate. */
export interface Delta {
  readonly rule: Rule;
  readonly addition: Aggregate;
}

export interface Store {
  /** Merges additions into the aggregates of the same id. Safe to repeat, in any order. Gives the number of aggregates that were written. */
  readonly merge: (deltas: readonly Delta[]) => Promise<number>;
  /** Remembers that a cluster was first heard of at this time (milliseconds since the epoch), unless it was earlier; 0 ends learning. */
  readonly noteCluster: (cluster: ClusterIdentity, time: number) => Promise<void>;
  /** When the cluster was first heard of; undefined for one that never was. */
  readonly clusterFirstSeen: (cluster: ClusterIdentity) => Promise<number | undefined>;
}

/** One delta for each first-seen aggregate that the sightings touch: days that count as known. Other detections learn nothing. */
export const gatherLearned = (sightings: readonly Sighting[]): readonly Delta[] =>
  together(
    sightings
      .filter(({ rule }) => rule.windowing.kind === 'first-seen')
      .map((sighting) => ({ rule: sighting.rule, addition: learnedAggregateOf(sighting) })),
  );

const together = (deltas: readonly Delta[]): readonly Delta[] =>
  [...groupBy(deltas, ({ addition }) => addition.id).values()].map((group) => ({
    rule: (group[0] as Delta).rule,
    addition: unionOf(group.map(({ addition }) => addition) as [Aggregate, ...Aggregate[]]),
  }));

/** When learning ends for a cluster, in milliseconds since the epoch. `learn` is the learning period in milliseconds. */
export const learnedUntil = (clusterFirstSeen: number | undefined, learn: number): number =>
  clusterFirstSeen === undefined || learn === 0 ? 0 : clusterFirstSeen + learn;
