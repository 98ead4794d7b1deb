/**
 * The fast path: tells from a record's raw text that no rule can match, so that the record need not be parsed. Its definition is the
 * slow path (`normalise`, then `engine.detect`): a record passes only when the slow path would make an event of it and find nothing.
 * It asks the same questions as the engine (selection.ts), of the same values; everything it is not sure of it leaves to the slow path.
 *
 * The question is "which rule could match?", not "which event is boring?": on an ordinary cluster nine records of ten are reads and
 * renewals that no rule looks at, whoever made them.
 */
import type { Case } from '../../aggregates/aggregate.ts';
import { type Span, settledSpan } from '../../aggregates/saturation.ts';
import type { AuditEvent, Event, Origin, Outcome } from '../../events/event.ts';
import { parseJson } from '../../primitives/json.ts';
import { copied, perKey, perObject } from '../../primitives/memo.ts';
import type { Entities } from '../../sdk/detection.ts';
import { type Engine, entitiesOfCaller, firstSeenCaseId, type IsNothing } from '../engine.ts';
import type { Rule } from '../rule.ts';
import { type Candidate, takesCaller, takesOutcome, takesUri } from '../selection.ts';
import { type Caller, createCallers } from './callers.ts';
import { INSIDE_PAYLOAD, isQuote, LINE, type Spelling, unescaped } from './spelling.ts';
import { createWalk, type Walked } from './walk.ts';

/** What is remembered of a case without asking anybody; undefined when it is nothing. */
export type Known = (id: string) => Case | undefined;

export interface Screen {
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
  readonly asks: (event: Event) => readonly Candidate[] | undefined;
  /** Learns from an event that had to be read right after `pass` gave 0 for it: whether its caller's next ones can be passed by. */
  readonly learn: (event: AuditEvent) => void;
}

/** What is asked about a verb, resource and outcome; the same object for the same asks. */
interface Question {
  readonly number: number;
  readonly asks: readonly Candidate[];
}

/** Questions by resource and subresource as they are spelled, one for each outcome. */
type ByObject = Map<string, Map<string, Readonly<Record<Outcome, Question>>>>;

/** Verbs with resources that are remembered at once; they come from requests, so beyond this all are forgotten. */
const MOST_OBJECTS = 10_000;

/** Characters of a verb, resource and subresource together; Kubernetes' own stay far below. */
const LONGEST_OBJECT = 300;

export const createScreen = (engine: Engine, known?: Known): Screen => {
  const questions = new Map<string, Question>();
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
  let unsettled: readonly Rule[] = [];
  /** What made it worth reading, where the walk could tell. */
  let reading: readonly Candidate[] | undefined;
  let [lastOrigin, place]: [Origin | undefined, string] = [undefined, ''];

  const numbers = new Map<Candidate, number>();
  const numberOf = (ask: Candidate): number => {
    const number = numbers.get(ask) ?? numbers.size;
    numbers.set(ask, number);
    return number;
  };

  const questionOf = (asks: readonly Candidate[]): Question => {
    const key = asks.map(numberOf).join();
    const question = questions.get(key) ?? { number: questions.size, asks };
    questions.set(key, question);
    return question;
  };

  const questionsOf = ({ verb, resource, subresource }: Walked): Readonly<Record<Outcome, Question>> | undefined => {
    // Only these three are taken from the text as they are spelled; an escape in one could hide what it says.
    const text = `${verb}${resource}${subresource}`;
    if (text.length > LONGEST_OBJECT || text.includes('\\')) return undefined;
    if (objects >= MOST_OBJECTS) {
      byVerb.clear();
      objects = 0;
    }
    // What was walked is whole and has an id of the API server's making, so nothing that looks only at others is asked.
    const asks = engine
      .selected(verb, resource, subresource)
      .filter(({ selection }) => selection.truncated !== true && selection.clientChosenId !== true);
    const ofOutcome = (outcome: Outcome) =>
      questionOf(asks.filter(({ selection }) => takesOutcome(selection, outcome)));
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

  /** What is left when place and URI are looked at too; undefined when they can't be. */
  const narrowed = (
    asks: readonly Candidate[],
    text: string,
    spelling: Spelling,
    origin: Origin,
  ): readonly Candidate[] | undefined => {
    let taking = asks;
    if (taking.some(asksForPlace) && origin.locate?.(walked.caller.address) === undefined) {
      taking = taking.filter(asksForNoPlace);
    }
    if (!taking.some(asksForUri)) return taking;
    const uri = uriOf(text, walked, spelling);
    return uri === undefined ? undefined : asksTakingUri(walked.caller, taking, uri);
  };

  return {
    pass: (text, from, spelling, origin, bytes) => {
      unsettled = NONE;
      reading = undefined;
      const isWalked = spelling.isEscaped ? walkInside(text, bytes, from) : walkLine(text, bytes, from);
      if (!isWalked || !isEnd(text, walked.end, spelling)) return 0;
      const { verb, resource, subresource, outcome, caller, time } = walked;
      const asked = byVerb.get(verb)?.get(resource)?.get(subresource) ?? questionsOf(walked);
      if (asked === undefined) return 0;
      const question = asked[outcome];
      if (question.asks.length === 0) return time;
      let taking = caller.answers[question.number];
      if (taking === undefined) {
        taking = asksTaking(caller, question.asks);
        caller.answers[question.number] = taking;
      }
      if (taking.length > 0) taking = narrowed(taking, text, spelling, origin);
      if (taking === undefined) return 0;
      if (taking.length === 0) return time;
      if (known !== undefined && taking.every(isAboutCaller)) {
        if (origin !== lastOrigin) {
          lastOrigin = origin;
          place = placeOf(origin);
        }
        if (caller.origin !== place) {
          caller.origin = place;
          caller.settled.clear();
        }
        if (isSettledCaller(caller, taking, time)) return time;
        unsettled = taking.map(({ rule }) => rule);
      }
      reading = taking;
      return 0;
    },
    end: () => walked.end,
    asks: (event) => {
      // A predicate that threw does so again on the slow path, which reports it; and what is cut after all was not walked right.
      const isSure = event.source === 'audit' && !event.truncated && !walked.caller.isDoubtful;
      return isSure ? reading : undefined;
    },
    learn: (event) => {
      for (const rule of unsettled) {
        const span = settledBy(known, rule, event);
        if (span !== undefined) walked.caller.settled.set(rule, span);
      }
      unsettled = NONE;
    },
  };
};

/** The span around an event in which sightings of a rule about its caller add nothing; undefined when they might. */
const settledBy = (known: Known | undefined, rule: Rule, event: AuditEvent): Span | undefined => {
  try {
    const kept = known?.(firstSeenCaseId(rule, event, entitiesOfCaller(rule, event)));
    return kept && settledSpan(rule.grid, kept, event.time);
  } catch {
    return undefined;
  }
};

/** Tells sightings of what is known to be there: what `pass` leaves out for the same reason, the slow path leaves out by this. */
export const settledIn = perObject(
  (known: Known): IsNothing =>
    (rule, event, entities) => {
      if (rule.grid.kind !== 'first-seen') return false;
      const kept = known(caseIdOf({ rule, event, entities }));
      const span = kept && settledSpan(rule.grid, kept, event.time);
      return span !== undefined && isWithin(span, event.time);
    },
);

/** Case ids that are remembered at once; a digest takes longer than to look one up. */
const MOST_IDS = 5_000;

type Seen = Readonly<{ rule: Rule; event: Event; entities: Entities }>;

const caseIdOf = perKey(
  ({ rule, event, entities }: Seen): string => firstSeenCaseId(rule, event, entities),
  ({ rule, event, entities }) => `${rule.detection.id}\n${placeOf(event.origin)}\n${JSON.stringify(entities)}`,
  MOST_IDS,
);

const isWithin = ({ from, until }: Span, time: number): boolean => time >= from && time < until;

/** Nothing but the record's end may stand behind it: that of the line, or the quote of its message. */
const isEnd = (text: string, at: number, { isEscaped }: Spelling): boolean =>
  isEscaped ? isQuote(text.charCodeAt(at)) : at === text.length;

const asksForPlace = ({ selection }: Candidate): boolean => selection.placed === true;
const asksForNoPlace = ({ selection }: Candidate): boolean => selection.placed !== true;
const asksForUri = ({ selection }: Candidate): boolean => selection.uri !== undefined;

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
  settled: new Map(),
};

const isAboutCaller = ({ rule: { detection, grid } }: Pick<Candidate, 'rule'>): boolean =>
  detection.about === 'caller' && grid.kind === 'first-seen';

const isSettledCaller = ({ settled }: Caller, asks: readonly Candidate[], time: number): boolean => {
  for (const { rule } of asks) {
    const span = settled.get(rule);
    if (span === undefined || !isWithin(span, time)) return false;
  }
  return true;
};

/** A rule that throws on a caller counts as taking it in, and the slow path reports the fault. */
const asksTaking = (caller: Caller, asks: readonly Candidate[]): readonly Candidate[] =>
  asks.filter((ask) => {
    try {
      return takesCaller(ask, caller.actor, caller.impersonated, caller.userAgent, caller.address);
    } catch {
      caller.isDoubtful = true;
      return true;
    }
  });

const asksTakingUri = (caller: Caller, asks: readonly Candidate[], uri: string): readonly Candidate[] =>
  asks.filter(({ selection }) => {
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

const placeOf = ({ cluster, account = '', region = '' }: Origin): string => `${cluster}\n${account}\n${region}`;
