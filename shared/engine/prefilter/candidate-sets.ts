/** The candidates of a verb, resource and outcome, found once for each combination that occurs. */
import type { Outcome } from '../../events/event.ts';
import { copied } from '../../primitives/memo.ts';
import { type Candidate, type Selector, takesOutcome } from '../selection.ts';

/** Candidates, as one object wherever they are the same, so that what is known about a caller can be kept by its number. */
export interface CandidateSet {
  readonly number: number;
  readonly candidates: readonly Candidate[];
}

/** What a record says that its candidates follow from. */
export interface Requested {
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly outcome: Outcome;
}

/** The set of a whole record with an id of the API server's making; undefined where its texts can't be trusted as they are spelled. */
export type CandidateSets = (requested: Requested) => CandidateSet | undefined;

type ByOutcome = Readonly<Record<Outcome, CandidateSet>>;

/** Sets by resource and subresource as they are spelled. */
type ByObject = Map<string, Map<string, ByOutcome>>;

/** Verbs with resources that are remembered at once; they come from requests, so beyond this all are forgotten. */
const MOST_OBJECTS = 10_000;

/** Characters of a verb, resource and subresource together; Kubernetes' own stay far below. */
const LONGEST_OBJECT = 300;

export const createCandidateSets = (selected: Selector): CandidateSets => {
  const byVerb = new Map<string, ByObject>();
  const ofCandidates = createNumbering();
  let objects = 0;

  const setsOf = ({ verb, resource, subresource }: Requested): ByOutcome => {
    // A record that is whole and has such an id is nothing to those that look only at others.
    const candidates = selected(verb, resource, subresource).filter(
      ({ selection }) => selection.truncated !== true && selection.clientChosenId !== true,
    );
    const ofOutcome = (outcome: Outcome) =>
      ofCandidates(candidates.filter(({ selection }) => takesOutcome(selection, outcome)));
    return {
      started: ofOutcome('started'),
      succeeded: ofOutcome('succeeded'),
      denied: ofOutcome('denied'),
      failed: ofOutcome('failed'),
    };
  };

  const remember = ({ verb, resource, subresource }: Requested, sets: ByOutcome): void => {
    if (objects >= MOST_OBJECTS) {
      byVerb.clear();
      objects = 0;
    }
    const ofVerb: ByObject = byVerb.get(verb) ?? new Map();
    byVerb.set(copied(verb), ofVerb);
    const ofResource = ofVerb.get(resource) ?? new Map<string, ByOutcome>();
    ofVerb.set(copied(resource), ofResource);
    ofResource.set(copied(subresource), sets);
    objects++;
  };

  return (requested) => {
    const { verb, resource, subresource, outcome } = requested;
    const known = byVerb.get(verb)?.get(resource)?.get(subresource);
    if (known !== undefined) return known[outcome];
    // Only these three are taken from the text as they are spelled; an escape in one could hide what it says.
    const text = `${verb}${resource}${subresource}`;
    if (text.length > LONGEST_OBJECT || text.includes('\\')) return undefined;
    const sets = setsOf(requested);
    remember(requested, sets);
    return sets[outcome];
  };
};

/** Gives the same object for the same candidates. */
const createNumbering = (): ((candidates: readonly Candidate[]) => CandidateSet) => {
  const numbers = new Map<Candidate, number>();
  const sets = new Map<string, CandidateSet>();
  const numberOf = (candidate: Candidate): number => {
    const number = numbers.get(candidate) ?? numbers.size;
    numbers.set(candidate, number);
    return number;
  };
  return (candidates) => {
    const key = candidates.map(numberOf).join();
    const set = sets.get(key) ?? { number: sets.size, candidates };
    sets.set(key, set);
    return set;
  };
};
