/** The store in memory: aggregates, and the findings that they say. */
import { worthAdding } from '../aggregates/additions.ts';
import { type Aggregate, mergeAggregates } from '../aggregates/aggregate.ts';
import { type Delta, learnedUntil, type Store } from '../aggregates/store.ts';
import type { Rule } from '../engine/rule.ts';
import { clusterKey } from '../events/event.ts';
import { type Finding, findingsOf } from './finding.ts';

export interface MemoryStore extends Store {
  /** What is kept of an aggregate; undefined when it is nothing. */
  readonly known: (id: string) => Aggregate | undefined;
  readonly aggregates: () => readonly { readonly rule: Rule; readonly subject: Aggregate }[];
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
    aggregates: () => [...kept.values()],
    findings: (learn) =>
      [...kept.values()]
        .flatMap(({ rule, subject }) =>
          findingsOf(rule, subject, { learnedUntil: learnedUntil(clusters.get(clusterKey(subject)), learn) }),
        )
        .sort((a, b) => (a.firstSeen + a.id < b.firstSeen + b.id ? -1 : 1)),
  };
};
