/**
 * Bounded samples of unbounded sets. Each keeps the k smallest of a total order, so the sample of a union is the sample of the union of
 * samples: it does not matter in which pieces things arrive.
 */
import { digest, timeOfReference } from './reference.ts';
import { DAY, type Grid } from './state.ts';

/** Pieces of evidence that are kept for each stretch: a window of a threshold, a day of a first-seen entity, else the whole case. */
const EVIDENCE = { threshold: 3, stateless: 10, 'first-seen': 5 } as const;

/** Distinct values that are kept for each kind of fact. */
export const FACTS_OF_A_KIND = 20;

const stretchOf = (grid: Grid, evidence: string): number =>
  grid.kind === 'stateless' ? 0 : Math.floor(timeOfReference(evidence) / (grid.window || DAY));

/** A request is logged at four stages at most; more records of one are somebody's own. */
const RECORDS_OF_A_REQUEST = 4;

/** Records of one request that are judged. At-least-once delivery repeats a record; a request with more is somebody's own making. */
const RECORDS_JUDGED = 4 * RECORDS_OF_A_REQUEST;

interface Request {
  readonly pieces: Set<string>;
  judged: number;
}

const refOf = (piece: string): string => piece.slice(0, piece.indexOf(' '));

const largestOf = (texts: Iterable<string>): string => {
  let largest = '';
  for (const text of texts) if (text > largest) largest = text;
  return largest;
};

/** The earliest pieces of evidence of each stretch, several records of one request counting as one. Grows piece by piece. */
export class EvidenceSample {
  readonly #grid: Grid;
  readonly #stretches = new Map<number, Map<string, Request>>();

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  /** False when a piece of this request would not be kept, so that it need not be written. */
  wants(ref: string): boolean {
    const requests = this.#stretches.get(stretchOf(this.#grid, ref));
    if (requests === undefined) return true;
    const request = requests.get(ref);
    if (request !== undefined) return request.judged < RECORDS_JUDGED;
    return requests.size < EVIDENCE[this.#grid.kind] || ref < largestOf(requests.keys());
  }

  add(piece: string): void {
    const ref = refOf(piece);
    const stretch = stretchOf(this.#grid, ref);
    const requests = this.#stretches.get(stretch) ?? new Map<string, Request>();
    this.#stretches.set(stretch, requests);
    const request = requests.get(ref) ?? { pieces: new Set(), judged: 0 };
    requests.set(ref, request);
    request.pieces.add(piece);
    request.judged++;
    if (request.pieces.size > RECORDS_OF_A_REQUEST) request.pieces.delete(largestOf(request.pieces));
    if (requests.size > EVIDENCE[this.#grid.kind]) requests.delete(largestOf(requests.keys()));
  }

  /** What is kept, in order of time. */
  pieces(): readonly string[] {
    const requests = [...this.#stretches.values()].flatMap((ofStretch) => [...ofStretch.values()]);
    return requests.flatMap(({ pieces }) => [...pieces]).sort();
  }
}

export const bestEvidence = (grid: Grid, evidence: Iterable<string>): readonly string[] => {
  const sample = new EvidenceSample(grid);
  for (const piece of evidence) sample.add(piece);
  return sample.pieces();
};

const kindOf = (fact: string): string => fact.slice(0, fact.indexOf(' '));

/** Facts of one kind; their digests once there are too many. */
interface Kind {
  readonly digests: Map<string, string>;
  /** The fact that goes first, and its digest; empty while there is room. */
  largest: string;
  largestDigest: string;
}

/** A sample of the distinct facts of each kind: those with the smallest digests, which nobody can steer by sending them first. */
export class FactSample {
  readonly #kinds = new Map<string, Kind>();

  add(fact: string): void {
    const name = kindOf(fact);
    const kind = this.#kinds.get(name) ?? { digests: new Map(), largest: '', largestDigest: '' };
    this.#kinds.set(name, kind);
    const { digests } = kind;
    if (digests.has(fact)) return;
    if (digests.size < FACTS_OF_A_KIND) {
      digests.set(fact, '');
      return;
    }
    if (kind.largest === '') {
      for (const known of digests.keys()) digests.set(known, digest(known));
      findLargest(kind);
    }
    const own = digest(fact);
    if (own > kind.largestDigest) return;
    digests.delete(kind.largest);
    digests.set(fact, own);
    findLargest(kind);
  }

  facts(): readonly string[] {
    return [...this.#kinds.values()].flatMap(({ digests }) => [...digests.keys()]);
  }
}

const findLargest = (kind: Kind): void => {
  kind.largestDigest = '';
  for (const [fact, own] of kind.digests) {
    if (own <= kind.largestDigest) continue;
    kind.largest = fact;
    kind.largestDigest = own;
  }
};

export const bestFacts = (facts: Iterable<string>): readonly string[] => {
  const sample = new FactSample();
  for (const fact of facts) sample.add(fact);
  return sample.facts();
};
