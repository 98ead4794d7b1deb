/** What a container remembers of the aggregates that it read or wrote, so that what is known costs no further read and no write. */
import type { Aggregate } from '../../shared/aggregates/aggregate.ts';

/**
 * Characters of references, evidence and observed values that are remembered in all. About 32 MB of memory, some 20,000 small aggregates or 600
 * full ones; the least recently used go first.
 */
const MOST_REMEMBERED = 16 * 1024 * 1024;

export interface AggregateCache {
  readonly get: (id: string) => Aggregate | undefined;
  readonly set: (known: Aggregate) => void;
}

const weightOf = (known: Aggregate): number => {
  let weight = 500 + known.refs.size * 24 + (known.buckets.size + known.learned.size) * 8;
  for (const text of known.evidence) weight += text.length;
  for (const text of known.observed) weight += text.length;
  return weight;
};

export const createAggregateCache = (mostRemembered = MOST_REMEMBERED): AggregateCache => {
  const kept = new Map<string, { readonly known: Aggregate; readonly weight: number }>();
  let total = 0;
  const forget = (id: string) => {
    total -= kept.get(id)?.weight ?? 0;
    kept.delete(id);
  };
  return {
    get: (id) => {
      const entry = kept.get(id);
      if (entry === undefined) return undefined;
      kept.delete(id);
      kept.set(id, entry);
      return entry.known;
    },
    set: (known) => {
      forget(known.id);
      const weight = weightOf(known);
      kept.set(known.id, { known, weight });
      total += weight;
      for (const id of kept.keys()) {
        if (total <= mostRemembered) break;
        forget(id);
      }
    },
  };
};
