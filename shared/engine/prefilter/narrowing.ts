/** Which of the candidates of a request are left when its caller, its address's location and its URI are looked at. */
import type { Origin } from '../../events/event.ts';
import { parseJson } from '../../primitives/json.ts';
import { type Candidate, takesCaller, takesUri } from '../selection.ts';
import type { Caller } from './callers.ts';
import type { CandidateSet } from './candidate-sets.ts';
import { type Spelling, unescaped } from './spelling.ts';
import type { Walked } from './walked.ts';

/** Those of a set that take a caller in; worked out once for each caller. */
export const takingCaller = (caller: Caller, { number, candidates }: CandidateSet): readonly Candidate[] => {
  const known = caller.taking[number];
  if (known !== undefined) return known;
  const taking = candidates.filter((candidate) =>
    orDoubt(caller, () => takesCaller(candidate, caller.actor, caller.impersonated, caller.userAgent, caller.address)),
  );
  caller.taking[number] = taking;
  return taking;
};

/** What is left when location and URI are looked at too; undefined when they can't be. */
export const takingRequest = (
  candidates: readonly Candidate[],
  text: string,
  walked: Walked,
  spelling: Spelling,
  origin: Origin,
): readonly Candidate[] | undefined => {
  const { caller } = walked;
  let taking = candidates;
  if (taking.some(needsLocation) && origin.locate?.(caller.address) === undefined) {
    taking = taking.filter(needsNoLocation);
  }
  if (!taking.some(needsUri)) return taking;
  const uri = uriOf(text, walked, spelling);
  if (uri === undefined) return undefined;
  return taking.filter(({ selection }) => orDoubt(caller, () => takesUri(selection, uri, caller.actor)));
};

const needsLocation = ({ selection }: Candidate): boolean => selection.located === true;
const needsNoLocation = ({ selection }: Candidate): boolean => selection.located !== true;
const needsUri = ({ selection }: Candidate): boolean => selection.uri !== undefined;

/** A rule that throws on a caller counts as taking it in, and the slow path reports the fault. */
const orDoubt = (caller: Caller, takes: () => boolean): boolean => {
  try {
    return takes();
  } catch {
    caller.isDoubtful = true;
    return true;
  }
};

/** The request's path and query; undefined for one that can't be read. */
const uriOf = (text: string, { uriFrom, uriEnd }: Walked, spelling: Spelling): string | undefined => {
  // Go writes `&` as its number; there is one in nearly every query, and seldom another escape.
  const uri = text.slice(uriFrom, uriEnd).replaceAll(spelling.ampersand, '&');
  if (!uri.includes('\\')) return uri;
  const own = parseJson(`"${unescaped(uri, spelling)}"`);
  return typeof own === 'string' ? own : undefined;
};
