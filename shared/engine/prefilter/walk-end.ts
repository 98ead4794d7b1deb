/**
 * The step over the bodies to the end of a record: timestamps and annotations.
 *
 * A body is stepped over, not read: the walk trusts that the API server wrote JSON there. That a record is whole is seen by its end:
 * timestamps and annotations come after the bodies. What a client put into a body could only imitate that end if the record were
 * cut at that very character and without a mark, and records are cut at 256 KB; longer ones than LONGEST (walk.ts) are never walked.
 */
import { endOfMessage } from '../../logs/cloudwatch-payload.ts';
import { isAt } from '../../primitives/byte-match.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, closesObject, endOfSimpleValue, type Spelling } from './spelling.ts';
import { createClock } from './timestamp.ts';
import type { Walked } from './walked.ts';

/** Characters in which the end of a record is looked for first: timestamps, and annotations of usual length. */
const USUAL_END = 640;

const TIMESTAMP = 27;

const timeAt = createClock();

/** To the end of the record. `mayHaveBodies`: what comes first may be a body of the request or of the response. */
export const walkToEnd = (
  text: string,
  bytes: DataView | undefined,
  from: number,
  spelling: Spelling,
  walked: Walked,
  mayHaveBodies: boolean,
): number => {
  const hasBody =
    mayHaveBodies && (isAt(text, bytes, from, spelling.requestBody) || isAt(text, bytes, from, spelling.responseBody));
  const times = hasBody ? afterBodies(text, bytes, from, spelling) : from;
  return times < 0 ? -1 : walkTimes(text, bytes, times, spelling, walked);
};

/** Where `requestReceivedTimestamp` begins after the bodies; -1 when the record has no such end. */
const afterBodies = (text: string, bytes: DataView | undefined, from: number, spelling: Spelling): number => {
  const { afterTime, received } = spelling;
  const end = spelling.isEscaped ? endOfMessage(text, from) : text.length;
  for (let start = Math.max(from, end - USUAL_END); ; start = from) {
    // Cut out, so that a record without timestamps is not searched for in all that follow it.
    const part = text.slice(start, end);
    for (let found = part.indexOf(afterTime); found >= 0; found = part.indexOf(afterTime, found + 1)) {
      const at = start + found - TIMESTAMP + 1 - received.length;
      if (at <= from || !isAt(text, bytes, at, received)) continue;
      const before = text.charCodeAt(at - 1);
      return before === CLOSE_BRACE || before === CLOSE_BRACKET ? at : -1;
    }
    if (start === from) return -1;
  }
};

/** From `requestReceivedTimestamp` to the very end: two timestamps, and annotations of one level. */
const walkTimes = (
  text: string,
  bytes: DataView | undefined,
  from: number,
  spelling: Spelling,
  walked: Walked,
): number => {
  const { received, staged, annotations } = spelling;
  if (!isAt(text, bytes, from, received)) return -1;
  walked.time = timeAt(text, from + received.length);
  let at = from + received.length + TIMESTAMP;
  if (walked.time <= 0 || !isAt(text, bytes, at, staged)) return -1;
  at = endOfSimpleValue(text, at + staged.length, spelling);
  if (at < 0) return -1;
  at += spelling.quote.length;
  if (text.charCodeAt(at) === CLOSE_BRACE) return at + 1;
  if (!isAt(text, bytes, at, annotations)) return -1;
  const brace = text.indexOf('}', at);
  const isEnd = brace >= 0 && text.charCodeAt(brace + 1) === CLOSE_BRACE && closesObject(text, brace, spelling);
  return isEnd ? brace + 2 : -1;
};
