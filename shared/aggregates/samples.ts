/**
 * Bounded samples of unbounded sets. Each keeps the k smallest of a total order, so the sample of a union is the sample of the union of
 * samples: it does not matter in which pieces things arrive.
 */
import { digest, digestOfReference, timeOfReference } from '../primitives/digest.ts';
import { DAY } from '../primitives/time.ts';
import type { Grid } from '../sdk/windows.ts';

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
  readonly ref: string;
  readonly pieces: Set<string>;
  judged: number;
}

const refOf = (piece: string): string => piece.slice(0, piece.indexOf(' '));

const largestOf = (texts: Iterable<string>): string => {
  let largest = '';
  for (const text of texts) if (text > largest) largest = text;
  return largest;
};

const latestOf = (requests: ReadonlyMap<string, Request>): string => {
  let latest: readonly [key: string, ref: string] = ['', ''];
  for (const [key, { ref }] of requests) if (ref > latest[1]) latest = [key, ref];
  return latest[0];
};

/**
 * The earliest pieces of evidence of each stretch, several records of one request counting as one; where values are counted, the
 * earliest of each value, so that a value which comes back again and again leaves room for the others. Grows piece by piece.
 */
export class EvidenceSample {
  readonly #grid: Grid;
  readonly #stretches = new Map<number, Map<string, Request>>();

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  #keyOf(ref: string): string {
    return this.#grid.distinct ? digestOfReference(ref) : ref;
  }

  /** False when a piece of this request would not be kept, so that it need not be written. */
  wants(ref: string): boolean {
    const requests = this.#stretches.get(stretchOf(this.#grid, ref));
    if (requests === undefined) return true;
    const request = requests.get(this.#keyOf(ref));
    if (request !== undefined) return ref < request.ref || (ref === request.ref && request.judged < RECORDS_JUDGED);
    return requests.size < EVIDENCE[this.#grid.kind] || ref < (requests.get(latestOf(requests))?.ref ?? '');
  }

  add(piece: string): void {
    const ref = refOf(piece);
    const stretch = stretchOf(this.#grid, ref);
    const requests = this.#stretches.get(stretch) ?? new Map<string, Request>();
    this.#stretches.set(stretch, requests);
    const key = this.#keyOf(ref);
    const known = requests.get(key);
    if (known !== undefined && known.ref < ref) return;
    const request = known?.ref === ref ? known : { ref, pieces: new Set<string>(), judged: 0 };
    requests.set(key, request);
    request.pieces.add(piece);
    request.judged++;
    if (request.pieces.size > RECORDS_OF_A_REQUEST) request.pieces.delete(largestOf(request.pieces));
    if (requests.size > EVIDENCE[this.#grid.kind]) requests.delete(latestOf(requests));
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

/** A fact on its way into samples, several of which may ask for its digest. */
export class Fact {
  readonly text: string;
  #digest = '';

  constructor(text: string) {
    this.text = text;
  }

  get digest(): string {
    if (this.#digest === '') this.#digest = digest(this.text);
    return this.#digest;
  }
}

/** Facts of one kind, by their texts. */
interface Kind {
  readonly facts: Map<string, Fact>;
  /** The one that makes room; undefined while there is room. */
  last: Fact | undefined;
}

/** A sample of the distinct facts of each kind: those with the smallest digests, which nobody can steer by sending them first. */
export class FactSample {
  readonly #kinds = new Map<string, Kind>();

  add(fact: Fact): void {
    const name = kindOf(fact.text);
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      kind = { facts: new Map(), last: undefined };
      this.#kinds.set(name, kind);
    }
    const { facts } = kind;
    if (facts.has(fact.text)) return;
    if (facts.size < FACTS_OF_A_KIND) {
      facts.set(fact.text, fact);
      return;
    }
    kind.last ??= lastOf(facts);
    if (fact.digest > kind.last.digest) return;
    facts.delete(kind.last.text);
    facts.set(fact.text, fact);
    kind.last = lastOf(facts);
  }

  facts(): readonly Fact[] {
    return [...this.#kinds.values()].flatMap(({ facts }) => [...facts.values()]);
  }
}

const lastOf = (facts: ReadonlyMap<string, Fact>): Fact => {
  const all = [...facts.values()];
  return all.reduce((last, fact) => (fact.digest > last.digest ? fact : last));
};

export const bestFacts = (facts: Iterable<string>): readonly string[] => {
  const sample = new FactSample();
  for (const fact of facts) sample.add(new Fact(fact));
  return sample.facts().map(({ text }) => text);
};
