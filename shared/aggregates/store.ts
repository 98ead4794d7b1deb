/** Where aggregates are kept. One interface, two implementations: memory (here) and DynamoDB (functions/aws/dynamodb-store.ts). */

import { learnedAggregateOf, type Sighting } from '../engine/engine.ts';
import type { Rule } from '../engine/rule.ts';
import { type ClusterIdentity, clusterKey } from '../events/event.ts';
import { type Finding, findingsOf } from '../findings/finding.ts';
import { groupBy } from '../primitives/group-by.ts';
import { worthAdding } from './additions.ts';
import { type Aggregate, mergeAggregates, unionOf } from './aggregate.ts';

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

export interface MemoryStore extends Store {
  readonly known: (id: string) => Aggregate | undefined;
  readonly cases: () => readonly { readonly rule: Rule; readonly subject: Aggregate }[];
  /** Everything that is open now, in the order in which it began. */
  readonly findings: (learn: number) => readonly Finding[];
}

/** Keeps aggregates in memory: for replay, and as the plain statement of what a store does. */
export const createMemoryStore = (): MemoryStore => {
  const kept = new Map<string, { rule: Rule; subject: Aggregate }>();
  const clusters = new Map<string, number>();

  const merge = async (deltas: readonly Delta[]): Promise<number> => {
    let written = 0;
    for (const { rule, addition } of deltas) {
      const known = kept.get(addition.id)?.subject;
      const wanted = worthAdding(rule.windowing, known, addition);
      if (wanted === undefined) continue;
      kept.set(addition.id, { rule, subject: known === undefined ? wanted : mergeAggregates(known, wanted) });
      written++;
    }
    return written;
  };

  return {
    merge,
    noteCluster: async (cluster, time) => {
      const key = clusterKey(cluster);
      clusters.set(key, Math.min(time, clusters.get(key) ?? time));
    },
    clusterFirstSeen: async (cluster) => clusters.get(clusterKey(cluster)),
    known: (id) => kept.get(id)?.subject,
    cases: () => [...kept.values()],
    findings: (learn) =>
      [...kept.values()]
        .flatMap(({ rule, subject }) =>
          findingsOf(rule, subject, { learnedUntil: learnedUntil(clusters.get(clusterKey(subject)), learn) }),
        )
        .sort((a, b) => (a.firstSeen + a.id < b.firstSeen + b.id ? -1 : 1)),
  };
};
