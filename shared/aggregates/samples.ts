/**
 * Bounded samples of unbounded sets. Each keeps the k smallest of a total order, so the sample of a union is the sample of the union of
 * samples: it does not matter in which pieces things arrive.
 */
import { digest, digestOfReference, timeOfReference } from '../primitives/digest.ts';
import { DAY } from '../primitives/time.ts';
import type { Windowing } from '../sdk/windows.ts';

/** Pieces of evidence that are kept for each stretch: a window of a threshold, a day of a first-seen entity, else the whole aggregate. */
const EVIDENCE = { threshold: 3, stateless: 10, 'first-seen': 5 } as const;

/** Distinct values that are kept for each kind of fact. */
export const VALUES_OF_A_KIND = 20;

const stretchOf = (windowing: Windowing, evidence: string): number =>
  windowing.kind === 'stateless' ? 0 : Math.floor(timeOfReference(evidence) / (windowing.window || DAY));

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
  readonly #windowing: Windowing;
  readonly #stretches = new Map<number, Map<string, Request>>();

  constructor(windowing: Windowing) {
    this.#windowing = windowing;
  }

  #keyOf(ref: string): string {
    return this.#windowing.distinct ? digestOfReference(ref) : ref;
  }

  /** False when a piece of this request would not be kept, so that it need not be written. */
  wants(ref: string): boolean {
    const requests = this.#stretches.get(stretchOf(this.#windowing, ref));
    if (requests === undefined) return true;
    const request = requests.get(this.#keyOf(ref));
    if (request !== undefined) return ref < request.ref || (ref === request.ref && request.judged < RECORDS_JUDGED);
    return requests.size < EVIDENCE[this.#windowing.kind] || ref < (requests.get(latestOf(requests))?.ref ?? '');
  }

  add(piece: string): void {
    const ref = refOf(piece);
    const stretch = stretchOf(this.#windowing, ref);
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
    if (requests.size > EVIDENCE[this.#windowing.kind]) requests.delete(latestOf(requests));
  }

  /** What is kept, in order of time. */
  pieces(): readonly string[] {
    const requests = [...this.#stretches.values()].flatMap((ofStretch) => [...ofStretch.values()]);
    return requests.flatMap(({ pieces }) => [...pieces]).sort();
  }
}

export const bestEvidence = (windowing: Windowing, evidence: Iterable<string>): readonly string[] => {
  const sample = new EvidenceSample(windowing);
  for (const piece of evidence) sample.add(piece);
  return sample.pieces();
};

const kindOf = (fact: string): string => fact.slice(0, fact.indexOf(' '));

/** A fact on its way into samples, several of which may ask for its digest. */
export class ObservedValue {
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
  readonly observed: Map<string, ObservedValue>;
  /** The one that makes room; undefined while there is room. */
  last: ObservedValue | undefined;
}

/** A sample of the distinct observed values of each kind: those with the smallest digests, which nobody can steer by sending them first. */
export class ObservedSample {
  readonly #kinds = new Map<string, Kind>();

  add(fact: ObservedValue): void {
    const name = kindOf(fact.text);
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      kind = { observed: new Map(), last: undefined };
      this.#kinds.set(name, kind);
    }
    const { observed } = kind;
    if (observed.has(fact.text)) return;
    if (observed.size < VALUES_OF_A_KIND) {
      observed.set(fact.text, fact);
      return;
    }
    kind.last ??= lastOf(observed);
    if (fact.digest > kind.last.digest) return;
    observed.delete(kind.last.text);
    observed.set(fact.text, fact);
    kind.last = lastOf(observed);
  }

  observed(): readonly ObservedValue[] {
    return [...this.#kinds.values()].flatMap(({ observed }) => [...observed.values()]);
  }
}

const lastOf = (observed: ReadonlyMap<string, ObservedValue>): ObservedValue => {
  const all = [...observed.values()];
  return all.reduce((last, fact) => (fact.digest > last.digest ? fact : last));
};

export const bestObserved = (observed: Iterable<string>): readonly string[] => {
  const sample = new ObservedSample();
  for (const fact of observed) sample.add(new ObservedValue(fact));
  return sample.observed().map(({ text }) => text);
};
