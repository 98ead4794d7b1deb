/**
 * Bounded samples of unbounded sets. Each keeps the k smallest of a total order, so the sample of a union is the sample of the union of
 * samples: it does not matter in which pieces things arrive.
 */
import { groupBy } from './collections.ts';
import { digest, digestOfReference, timeOfReference } from './reference.ts';
import { DAY, type Grid } from './state.ts';

/** Pieces of evidence that are kept for each stretch: a window of a threshold, a day of a first-seen entity, else the whole case. */
const EVIDENCE = { threshold: 3, stateless: 10, 'first-seen': 5 } as const;

/** Distinct values that are kept for each kind of fact. */
export const FACTS_OF_A_KIND = 20;

const stretchOf = (grid: Grid, evidence: string): number =>
  grid.kind === 'stateless' ? 0 : Math.floor(timeOfReference(evidence) / (grid.window || DAY));

/** A request is logged at four stages at most; more records of one are somebody's own. */
const RECORDS_OF_A_REQUEST = 4;

/**
 * The earliest pieces of each stretch, several records of one request counting as one; where values are counted, the earliest of each
 * value, so that a value which comes back again and again leaves room for the others.
 */
export const bestEvidence = (grid: Grid, evidence: Iterable<string>): readonly string[] => {
  const kept = new Map<number, Map<string, { readonly ref: string; records: number }>>();
  return [...evidence].sort().filter((piece) => {
    const stretch = stretchOf(grid, piece);
    const own = kept.get(stretch) ?? new Map<string, { readonly ref: string; records: number }>();
    kept.set(stretch, own);
    const ref = piece.slice(0, piece.indexOf(' '));
    const key = grid.distinct ? digestOfReference(ref) : ref;
    const known = own.get(key);
    if (known === undefined) {
      if (own.size === EVIDENCE[grid.kind]) return false;
      own.set(key, { ref, records: 1 });
      return true;
    }
    if (known.ref !== ref || known.records === RECORDS_OF_A_REQUEST) return false;
    known.records++;
    return true;
  });
};

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
