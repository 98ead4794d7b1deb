/**
 * The fast path: tells from a record's raw text that no rule can match, so that the record need not be parsed. Its definition is the
 * slow path (`parseRecord`, then `engine.detect`): a record passes only when the slow path would make an event of it and find nothing.
 * It asks the same questions as the engine (selection.ts), of the same values; everything it is not sure of it leaves to the slow path.
 *
 * The question is "which rule could match?", not "which event is boring?": on an ordinary cluster nine records of ten are reads and
 * renewals that no rule looks at, whoever made them.
 */
import type { Aggregate } from '../../aggregates/aggregate.ts';
import { saturatedRange, type TimeRange } from '../../aggregates/saturation.ts';
import { type AuditEvent, clusterKey, type Event, type Origin, type Outcome } from '../../events/event.ts';
import { parseJson } from '../../primitives/json.ts';
import { copied, perKey, perObject } from '../../primitives/memo.ts';
import type { Entities } from '../../sdk/detection.ts';
import { type Engine, entitiesOfCaller, firstSeenAggregateId, type IsNothing } from '../engine.ts';
import type { Rule } from '../rule.ts';
import { type Candidate, takesCaller, takesOutcome, takesUri } from '../selection.ts';
import { type Caller, createCallers } from './callers.ts';
import { INSIDE_PAYLOAD, isQuote, LINE, type Spelling, unescaped } from './spelling.ts';
import { createWalk, type Walked } from './walk.ts';

/** What is remembered of an aggregate without asking anybody; undefined when it is nothing. */
export type CachedAggregates = (id: string) => Aggregate | undefined;

export interface Prefilter {
  /**
   * The time of a record that is an event and that no rule would add anything for, in milliseconds since the epoch; 0 for a record
   * that has to be read. `bytes` are those of the text, where it is ASCII.
   */
  readonly pass: (
    text: string,
    from: number,
    spelling: Spelling,
    origin: Origin,
    bytes?: DataView | undefined,
  ) => number;
  /** Index behind the last character of the record that was passed by last. In a payload its message must end there. */
  readonly end: () => number;
  /** What takes in the event that had to be read right after `pass` gave 0 for it; undefined when that is not known. */
  readonly candidates: (event: Event) => readonly Candidate[] | undefined;
  /** Learns from an event that had to be read right after `pass` gave 0 for it: whether its caller's next ones can be passed by. */
  readonly learn: (event: AuditEvent) => void;
}

/** What is asked about a verb, resource and outcome; the same object for the same candidates. */
interface CandidateSet {
  readonly number: number;
  readonly candidates: readonly Candidate[];
}

/** Questions by resource and subresource as they are spelled, one for each outcome. */
type ByObject = Map<string, Map<string, Readonly<Record<Outcome, CandidateSet>>>>;

/** Verbs with resources that are remembered at once; they come from requests, so beyond this all are forgotten. */
const MOST_OBJECTS = 10_000;

/** Characters of a verb, resource and subresource together; Kubernetes' own stay far below. */
const LONGEST_OBJECT = 300;

export const createPrefilter = (engine: Engine, known?: CachedAggregates): Prefilter => {
  const candidateSets = new Map<string, CandidateSet>();
  const byVerb = new Map<string, ByObject>();
  let objects = 0;
  const walked: Walked = {
    verb: '',
    resource: '',
    subresource: '',
    outcome: 'started',
    caller: NOBODY,
    time: 0,
    end: 0,
    uriFrom: 0,
    uriEnd: 0,
  };
  const walkLine = createWalk(LINE, createCallers(), walked);
  const walkInside = createWalk(INSIDE_PAYLOAD, createCallers(), walked);
  /** Rules that made the last record worth reading, where all of them are about its caller only. */
  let unsaturated: readonly Rule[] = [];
  /** What made it worth reading, where the walk could tell. */
  let reading: readonly Candidate[] | undefined;
  let [lastOrigin, cluster]: [Origin | undefined, string] = [undefined, ''];

  const numbers = new Map<Candidate, number>();
  const numberOf = (ask: Candidate): number => {
    const number = numbers.get(ask) ?? numbers.size;
    numbers.set(ask, number);
    return number;
  };

  const candidateSetOf = (candidates: readonly Candidate[]): CandidateSet => {
    const key = candidates.map(numberOf).join();
    const question = candidateSets.get(key) ?? { number: candidateSets.size, candidates };
    candidateSets.set(key, question);
    return question;
  };

  const candidateSetsOf = ({
    verb,
    resource,
    subresource,
  }: Walked): Readonly<Record<Outcome, CandidateSet>> | undefined => {
    // Only these three are taken from the text as they are spelled; an escape in one could hide what it says.
    const text = `${verb}${resource}${subresource}`;
    if (text.length > LONGEST_OBJECT || text.includes('\\')) return undefined;
    if (objects >= MOST_OBJECTS) {
      byVerb.clear();
      objects = 0;
    }
    // What was walked is whole and has an id of the API server's making, so nothing that looks only at others is asked.
    const candidates = engine
      .selected(verb, resource, subresource)
      .filter(({ selection }) => selection.truncated !== true && selection.clientChosenId !== true);
    const ofOutcome = (outcome: Outcome) =>
      candidateSetOf(candidates.filter(({ selection }) => takesOutcome(selection, outcome)));
    const found = {
      started: ofOutcome('started'),
      succeeded: ofOutcome('succeeded'),
      denied: ofOutcome('denied'),
      failed: ofOutcome('failed'),
    };
    const ofVerb: ByObject = byVerb.get(verb) ?? new Map();
    byVerb.set(copied(verb), ofVerb);
    const ofResource = ofVerb.get(resource) ?? new Map<string, typeof found>();
    ofVerb.set(copied(resource), ofResource);
    ofResource.set(copied(subresource), found);
    objects++;
    return found;
  };

  /** What is left when cluster and URI are looked at too; undefined when they can't be. */
  const narrowed = (
    candidates: readonly Candidate[],
    text: string,
    spelling: Spelling,
    origin: Origin,
  ): readonly Candidate[] | undefined => {
    let taking = candidates;
    if (taking.some(needsLocation) && origin.locate?.(walked.caller.address) === undefined) {
      taking = taking.filter(needsNoLocation);
    }
    if (!taking.some(needsUri)) return taking;
    const uri = uriOf(text, walked, spelling);
    return uri === undefined ? undefined : candidatesTakingUri(walked.caller, taking, uri);
  };

  return {
    pass: (text, from, spelling, origin, bytes) => {
      unsaturated = NONE;
      reading = undefined;
      const isWalked = spelling.isEscaped ? walkInside(text, bytes, from) : walkLine(text, bytes, from);
      if (!isWalked || !isEnd(text, walked.end, spelling)) return 0;
      const { verb, resource, subresource, outcome, caller, time } = walked;
      const asked = byVerb.get(verb)?.get(resource)?.get(subresource) ?? candidateSetsOf(walked);
      if (asked === undefined) return 0;
      const question = asked[outcome];
      if (question.candidates.length === 0) return time;
      let taking = caller.answers[question.number];
      if (taking === undefined) {
        taking = candidatesTaking(caller, question.candidates);
        caller.answers[question.number] = taking;
      }
      if (taking.length > 0) taking = narrowed(taking, text, spelling, origin);
      if (taking === undefined) return 0;
      if (taking.length === 0) return time;
      if (known !== undefined && taking.every(isAboutCaller)) {
        if (origin !== lastOrigin) {
          lastOrigin = origin;
          cluster = clusterKey(origin);
        }
        if (caller.origin !== cluster) {
          caller.origin = cluster;
          caller.saturated.clear();
        }
        if (isSaturatedCaller(caller, taking, time)) return time;
        unsaturated = taking.map(({ rule }) => rule);
      }
      reading = taking;
      return 0;
    },
    end: () => walked.end,
    candidates: (event) => {
      // A predicate that threw does so again on the slow path, which reports it; and what is cut after all was not walked right.
      const isSure = event.source === 'audit' && !event.truncated && !walked.caller.isDoubtful;
      return isSure ? reading : undefined;
    },
    learn: (event) => {
      for (const rule of unsaturated) {
        const span = saturatedBy(known, rule, event);
        if (span !== undefined) walked.caller.saturated.set(rule, span);
      }
      unsaturated = NONE;
    },
  };
};

/** The span around an event in which sightings of a rule about its caller add nothing; undefined when they might. */
const saturatedBy = (known: CachedAggregates | undefined, rule: Rule, event: AuditEvent): TimeRange | undefined => {
  try {
    const kept = known?.(firstSeenAggregateId(rule, event, entitiesOfCaller(rule, event)));
    return kept && saturatedRange(rule.windowing, kept, event.time);
  } catch {
    return undefined;
  }
};

/** Tells sightings of what is known to be there: what `pass` leaves out for the same reason, the slow path leaves out by this. */
export const saturatedIn = perObject(
  (known: CachedAggregates): IsNothing =>
    (rule, event, entities) => {
      if (rule.windowing.kind !== 'first-seen') return false;
      const kept = known(aggregateIdOf({ rule, event, entities }));
      const span = kept && saturatedRange(rule.windowing, kept, event.time);
      return span !== undefined && isWithin(span, event.time);
    },
);

/** Aggregate ids that are remembered at once; a digest takes longer than to look one up. */
const MOST_IDS = 5_000;

type Seen = Readonly<{ rule: Rule; event: Event; entities: Entities }>;

const aggregateIdOf = perKey(
  ({ rule, event, entities }: Seen): string => firstSeenAggregateId(rule, event, entities),
  ({ rule, event, entities }) => `${rule.detection.id}\n${clusterKey(event.origin)}\n${JSON.stringify(entities)}`,
  MOST_IDS,
);

const isWithin = ({ from, until }: TimeRange, time: number): boolean => time >= from && time < until;

/** Nothing but the record's end may stand behind it: that of the line, or the quote of its message. */
const isEnd = (text: string, at: number, { isEscaped }: Spelling): boolean =>
  isEscaped ? isQuote(text.charCodeAt(at)) : at === text.length;

const needsLocation = ({ selection }: Candidate): boolean => selection.located === true;
const needsNoLocation = ({ selection }: Candidate): boolean => selection.located !== true;
const needsUri = ({ selection }: Candidate): boolean => selection.uri !== undefined;

const NONE: readonly Rule[] = [];

const NOBODY: Caller = {
  raw: '',
  actor: { user: '', groups: [] },
  impersonated: undefined,
  address: '',
  userAgent: '',
  answers: [],
  isDoubtful: false,
  origin: '',
  saturated: new Map(),
};

const isAboutCaller = ({ rule: { detection, windowing } }: Pick<Candidate, 'rule'>): boolean =>
  detection.about === 'caller' && windowing.kind === 'first-seen';

const isSaturatedCaller = ({ saturated }: Caller, candidates: readonly Candidate[], time: number): boolean => {
  for (const { rule } of candidates) {
    const span = saturated.get(rule);
    if (span === undefined || !isWithin(span, time)) return false;
  }
  return true;
};

/** A rule that throws on a caller counts as taking it in, and the slow path reports the fault. */
const candidatesTaking = (caller: Caller, candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.filter((ask) => {
    try {
      return takesCaller(ask, caller.actor, caller.impersonated, caller.userAgent, caller.address);
    } catch {
      caller.isDoubtful = true;
      return true;
    }
  });

const candidatesTakingUri = (caller: Caller, candidates: readonly Candidate[], uri: string): readonly Candidate[] =>
  candidates.filter(({ selection }) => {
    try {
      return takesUri(selection, uri, caller.actor);
    } catch {
      caller.isDoubtful = true;
      return true;
    }
  });

/** The request's path and query; undefined for one that can't be read. */
const uriOf = (text: string, { uriFrom, uriEnd }: Walked, spelling: Spelling): string | undefined => {
  // Go writes `&` as its number; there is one in nearly every query, and seldom another escape.
  const uri = text.slice(uriFrom, uriEnd).replaceAll(spelling.ampersand, '&');
  if (!uri.includes('\\')) return uri;
  const own = parseJson(`"${unescaped(uri, spelling)}"`);
  return typeof own === 'string' ? own : undefined;
};
