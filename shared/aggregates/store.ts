/** Where cases are kept. One interface, two implementations: memory (here) and DynamoDB (functions/aws/dynamodb-store.ts). */

import { learnedCaseOf, type Sighting } from '../engine/engine.ts';
import type { Rule } from '../engine/rule.ts';
import { type Finding, findingsOf } from '../findings/finding.ts';
import { groupBy } from '../primitives/group-by.ts';
import { worthAdding } from './additions.ts';
import { type Case, mergeCases, unionOf } from './aggregate.ts';

/** What one batch adds to one case. */
export interface Delta {
  readonly rule: Rule;
  readonly addition: Case;
}

export interface Store {
  /** Merges additions into the cases of the same id. Safe to repeat, in any order. Gives the number of cases that were written. */
  readonly merge: (deltas: readonly Delta[]) => Promise<number>;
  /** Remembers that a cluster was first heard of at this time (milliseconds since the epoch), unless it was earlier; 0 ends learning. */
  readonly begin: (cluster: string, time: number) => Promise<void>;
  /** When the cluster was first heard of; undefined for one that never was. */
  readonly begun: (cluster: string) => Promise<number | undefined>;
}

/** One delta for each first-seen case that the sightings touch: days that count as known. Other detections learn nothing. */
export const gatherLearned = (sightings: readonly Sighting[]): readonly Delta[] =>
  together(
    sightings
      .filter(({ rule }) => rule.grid.kind === 'first-seen')
      .map((sighting) => ({ rule: sighting.rule, addition: learnedCaseOf(sighting) })),
  );

const together = (deltas: readonly Delta[]): readonly Delta[] =>
  [...groupBy(deltas, ({ addition }) => addition.id).values()].map((group) => ({
    rule: (group[0] as Delta).rule,
    addition: unionOf(group.map(({ addition }) => addition) as [Case, ...Case[]]),
  }));

/** When learning ends for a cluster, in milliseconds since the epoch. `learn` is the learning period in milliseconds. */
export const learnedUntil = (begun: number | undefined, learn: number): number =>
  begun === undefined || learn === 0 ? 0 : begun + learn;

export interface MemoryStore extends Store {
  readonly known: (id: string) => Case | undefined;
  readonly cases: () => readonly { readonly rule: Rule; readonly subject: Case }[];
  /** Everything that is open now, in the order in which it began. */
  readonly findings: (learn: number) => readonly Finding[];
}

/** Keeps cases in memory: for replay, and as the plain statement of what a store does. */
export const createMemoryStore = (): MemoryStore => {
  const kept = new Map<string, { rule: Rule; subject: Case }>();
  const beginnings = new Map<string, number>();

  const merge = async (deltas: readonly Delta[]): Promise<number> => {
    let written = 0;
    for (const { rule, addition } of deltas) {
      const known = kept.get(addition.id)?.subject;
      const wanted = worthAdding(rule.grid, known, addition);
      if (wanted === undefined) continue;
      kept.set(addition.id, { rule, subject: known === undefined ? wanted : mergeCases(known, wanted) });
      written++;
    }
    return written;
  };

  return {
    merge,
    begin: async (cluster, time) => {
      beginnings.set(cluster, Math.min(time, beginnings.get(cluster) ?? time));
    },
    begun: async (cluster) => beginnings.get(cluster),
    known: (id) => kept.get(id)?.subject,
    cases: () => [...kept.values()],
    findings: (learn) =>
      [...kept.values()]
        .flatMap(({ rule, subject }) =>
          findingsOf(rule, subject, { learnedUntil: learnedUntil(beginnings.get(subject.cluster), learn) }),
        )
        .sort((a, b) => (a.firstSeen + a.id < b.firstSeen + b.id ? -1 : 1)),
  };
};
