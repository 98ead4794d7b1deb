/**
 * The fast path: finds out from a record's raw text that no rule can match, so that the record need not be parsed. Its definition is the
 * slow path (`parseRecord`, then `engine.detect`): a record is skipped only when the slow path would make an event of it and find nothing.
 * It looks at the same candidates as the engine (selection.ts), with the same values; everything it is not sure of it leaves to the slow
 * path.
 *
 * It asks "which rule could match?", not "which event is boring?": on an ordinary cluster nine records of ten are reads and renewals that
 * no rule looks at, from any caller.
 */
import { clusterKey, type Origin } from '../../events/event.ts';
import { isWithin, type TimeRange } from '../../primitives/time.ts';
import type { Engine, Saturation } from '../engine.ts';
import type { Rule } from '../rule.ts';
import type { Candidate } from '../selection.ts';
import { type Caller, createCallers, saturatedOf } from './callers.ts';
import { createCandidateSets } from './candidate-sets.ts';
import { type Decision, READ_UNKNOWN, Read, type Skip } from './decision.ts';
import { takingCaller, takingRequest } from './narrowing.ts';
import { INSIDE_PAYLOAD, isQuote, LINE, type Spelling } from './spelling.ts';
import { createWalk } from './walk.ts';
import type { Walked } from './walked.ts';

export interface Prefilter {
  /**
   * Decides about the record that begins at `from`.
   *
   * @param bytes those of the text, where it is ASCII
   */
  readonly scan: (
    text: string,
    from: number,
    spelling: Spelling,
    origin: Origin,
    bytes?: DataView | undefined,
  ) => Decision;
}

/** @param saturation what is kept already; without it every record that a rule takes in is read */
export const createPrefilter = (engine: Engine, saturation?: Saturation): Prefilter => {
  const candidateSetOf = createCandidateSets(engine.selected);
  const walked: Walked = {
    stage: 'ResponseComplete',
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
  const clusterOf = createClusterKeys();
  const skipped = { isSkip: true as const, time: 0, end: 0 };

  const skip = (): Skip => {
    skipped.time = walked.time;
    skipped.end = walked.end;
    return skipped;
  };

  /** What some candidates that take a request in make of its record. */
  const decide = (taking: readonly Candidate[], origin: Origin): Decision => {
    const { caller, time } = walked;
    if (saturation === undefined || !taking.every(isAboutCaller)) return new Read(caller, taking);
    const cluster = clusterOf(origin);
    if (areSaturated(taking, saturatedOf(caller, cluster), time)) return skip();
    return new Read(caller, taking, { rules: taking.map(({ rule }) => rule), cluster, saturation });
  };

  const scan: Prefilter['scan'] = (text, from, spelling, origin, bytes) => {
    const isWalked = spelling.isEscaped ? walkInside(text, bytes, from) : walkLine(text, bytes, from);
    if (!isWalked || !isEnd(text, walked.end, spelling)) return READ_UNKNOWN;
    const set = candidateSetOf(walked);
    if (set === undefined) return READ_UNKNOWN;
    if (set.candidates.length === 0) return skip();
    const ofCaller = takingCaller(walked.caller, set);
    if (ofCaller.length === 0) return skip();
    const taking = takingRequest(ofCaller, text, walked, spelling, origin);
    if (taking === undefined) return READ_UNKNOWN;
    return taking.length === 0 ? skip() : decide(taking, origin);
  };
  return { scan };
};

/** Records come from one origin for long, so its key is made once. */
const createClusterKeys = (): ((origin: Origin) => string) => {
  let [last, key]: [Origin | undefined, string] = [undefined, ''];
  return (origin) => {
    if (origin !== last) {
      last = origin;
      key = clusterKey(origin);
    }
    return key;
  };
};

/** Nothing but the record's end may follow it: that of the line, or the quote of its message. */
const isEnd = (text: string, at: number, { isEscaped }: Spelling): boolean =>
  isEscaped ? isQuote(text.charCodeAt(at)) : at === text.length;

const isAboutCaller = ({ rule: { detection, windowing } }: Candidate): boolean =>
  detection.about === 'caller' && windowing.kind === 'first-seen';

const areSaturated = (
  candidates: readonly Candidate[],
  saturated: ReadonlyMap<Rule, TimeRange>,
  time: number,
): boolean => {
  for (const { rule } of candidates) {
    const range = saturated.get(rule);
    if (range === undefined || !isWithin(range, time)) return false;
  }
  return true;
};

const NOBODY: Caller = {
  raw: '',
  actor: { user: '', groups: [] },
  impersonated: undefined,
  address: '',
  userAgent: '',
  taking: [],
  isDoubtful: false,
  cluster: '',
  saturated: new Map(),
};
