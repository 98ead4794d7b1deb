/** The steps over `stage` and `responseStatus`: how the request ended. */
import { outcomeOf } from '../../events/audit.ts';
import { isAt } from '../../primitives/byte-match.ts';
import { afterValue, CLOSE_BRACE, closesObject, endOfSimpleValue, endOfValue, type Spelling } from './spelling.ts';
import { digitAt } from './timestamp.ts';
import type { Stage, Walked } from './walked.ts';

const STAGES: ReadonlyMap<string, Stage> = new Map(
  (['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const).map((stage) => [stage, stage]),
);

/** From the end of `auditID` to the value of `requestURI`. */
export const walkStage = (
  text: string,
  bytes: DataView | undefined,
  from: number,
  spelling: Spelling,
  walked: Walked,
): number => {
  if (isAt(text, bytes, from, spelling.completeToUri)) {
    walked.stage = 'ResponseComplete';
    return from + spelling.completeToUri.length;
  }
  if (!isAt(text, bytes, from, spelling.stage)) return -1;
  const at = from + spelling.stage.length;
  const end = endOfSimpleValue(text, at, spelling);
  const stage = end < 0 ? undefined : STAGES.get(text.slice(at, end));
  if (stage === undefined) return -1;
  walked.stage = stage;
  return afterValue(text, bytes, at, spelling.uri, spelling);
};

/** To what follows `responseStatus`, which every record has that is answered. */
export const walkStatus = (
  text: string,
  bytes: DataView | undefined,
  from: number,
  spelling: Spelling,
  walked: Walked,
): number => {
  if (walked.stage === 'RequestReceived') {
    walked.outcome = 'started';
    return from;
  }
  if (!isAt(text, bytes, from, spelling.status)) return -1;
  const first = from + spelling.status.length;
  const at = isAt(text, bytes, first, spelling.code)
    ? first + spelling.code.length
    : walkToCode(text, bytes, first, spelling);
  const code = at < 0 ? -1 : codeAt(text, at);
  if (code < 0 || text.charCodeAt(at + 3) !== CLOSE_BRACE) return -1;
  walked.outcome = outcomeOf(walked.stage, code);
  return at + 4;
};

/** Over what a status may say before its code, to the value of `code`; -1 for what the API server doesn't write. */
const walkToCode = (text: string, bytes: DataView | undefined, from: number, spelling: Spelling): number => {
  let at = from;
  for (const key of [spelling.statusText, spelling.message, spelling.reason]) {
    if (!isAt(text, bytes, at, key)) continue;
    const end = endOfValue(text, at + key.length, spelling);
    if (end < 0) return -1;
    at = end + spelling.quote.length + 1;
  }
  if (isAt(text, bytes, at, spelling.details)) {
    const brace = text.indexOf('}', at);
    if (!closesObject(text, brace, spelling)) return -1;
    at = brace + 2;
  }
  return isAt(text, bytes, at, spelling.code) ? at + spelling.code.length : -1;
};

/** A status code of three digits, or -1. */
const codeAt = (text: string, at: number): number => {
  const code = digitAt(text, at) * 100 + digitAt(text, at + 1) * 10 + digitAt(text, at + 2);
  return code >= 100 ? code : -1;
};
