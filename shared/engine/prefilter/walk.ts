/**
 * Walks over the text of one audit record by offsets and takes what decides which rules could match. It knows one way in which a
 * record can be written, the API server's: these fields, in this order, nothing else between them. Whatever is different in a record
 * it gives up on, and the slow path decides.
 *
 * Each step takes the index at which it begins and gives the index at which the next one does; -1 for a record that is written
 * differently. What it reads it puts into `walked`.
 */
import { isMadeByServer } from '../../events/audit-id.ts';
import { isAt } from '../../primitives/byte-match.ts';
import type { Callers } from './callers.ts';
import { afterValue, COMMA, endOfSimpleValue, type Spelling } from './spelling.ts';
import { walkToEnd } from './walk-end.ts';
import { walkObject } from './walk-object.ts';
import { walkStage, walkStatus } from './walk-outcome.ts';
import type { Walked } from './walked.ts';

/** Characters of a record; longer ones may have been cut, and are always parsed. */
const LONGEST = 128 * 1024;

/** True when all of a record was as expected, and `walked` holds what it says. `bytes` are those of the text, where it is ASCII. */
export type Walk = (text: string, bytes: DataView | undefined, from: number) => boolean;

/** Gives the walk for one spelling. */
export const createWalk =
  (spelling: Spelling, callers: Callers, walked: Walked): Walk =>
  (text, bytes, from) => {
    const blocks = walkRequest(text, bytes, from, spelling, walked);
    const caller = blocks < 0 ? undefined : callers.find(text, blocks, spelling);
    if (caller === undefined) return false;
    walked.caller = caller;
    const object = blocks + caller.raw.length;
    const status = walkObject(text, bytes, object, spelling, walked);
    if (status < 0) return false;
    const bodies = walkStatus(text, bytes, status, spelling, walked);
    if (bodies < 0) return false;
    // A body without an object is in no record of an API server; its `objectRef` might come after it.
    const end = walkToEnd(text, bytes, bodies, spelling, walked, status > object);
    walked.end = end;
    return end >= 0 && end - from <= LONGEST;
  };

/** From the beginning to the blocks of the caller: audit id, stage, URI and verb. */
const walkRequest = (
  text: string,
  bytes: DataView | undefined,
  from: number,
  spelling: Spelling,
  walked: Walked,
): number => {
  if (!isAt(text, bytes, from, spelling.start)) return -1;
  const id = afterValue(text, bytes, from + spelling.start.length, spelling.auditId, spelling);
  if (id < 0) return -1;
  const idEnd = endOfSimpleValue(text, id, spelling);
  if (idEnd < 0 || !isMadeByServer(text, id, idEnd)) return -1;
  const uri = walkStage(text, bytes, idEnd, spelling, walked);
  if (uri < 0) return -1;
  const verb = afterValue(text, bytes, uri, spelling.verb, spelling);
  if (verb < 0) return -1;
  walked.uriFrom = uri;
  walked.uriEnd = verb - spelling.verb.length;
  const verbEnd = endOfSimpleValue(text, verb, spelling);
  if (verbEnd <= verb) return -1;
  walked.verb = text.slice(verb, verbEnd);
  const comma = verbEnd + spelling.quote.length;
  return text.charCodeAt(comma) === COMMA ? comma + 1 : -1;
};
