/**
 * Walks over the text of one audit record by offsets and takes what decides which rules could match. It knows one way in which a
 * record can be written, the API server's: these fields, in this order, nothing else between them. Whatever is different in a record
 * it gives up on, and the slow path decides.
 *
 * A body is stepped over, not read: the walk trusts that the API server wrote JSON there. That a record is whole is seen by its end:
 * timestamps and annotations stand behind the bodies. What a client put into a body could only imitate that end if the record were
 * cut at that very character and without a mark, and records are cut at 256 KB; longer ones than LONGEST are never walked.
 */
import { outcomeOf } from '../../events/audit.ts';
import { isMadeByServer } from '../../events/audit-id.ts';
import type { Outcome } from '../../events/event.ts';
import { endOfMessage } from '../../logs/cloudwatch-payload.ts';
import type { Caller, Callers } from './callers.ts';
import {
  endOfSimpleValue,
  endOfValue,
  isAt,
  isQuote,
  OBJECT_KEYS,
  type ObjectKey,
  type Piece,
  type Spelling,
} from './spelling.ts';
import { createClock, digitAt } from './timestamp.ts';

/** Characters of a record; longer ones may have been cut, and are always parsed. */
const LONGEST = 128 * 1024;

/** What a walk found. One object for all records, since a million of them would cost more than the walk. */
export interface Walked {
  verb: string;
  resource: string;
  subresource: string;
  outcome: Outcome;
  caller: Caller;
  /** Where the request's path and query stand in the text. */
  uriFrom: number;
  uriEnd: number;
  /** Index behind the record's last character. */
  end: number;
  /** Milliseconds since the epoch at which the API server received the request. */
  time: number;
}

/** Characters in which the end of a record is looked for first: timestamps, and annotations of usual length. */
const USUAL_END = 640;

const TIMESTAMP = 27;

const [BACKSLASH, COMMA, CLOSE_BRACE, CLOSE_BRACKET] = [0x5c, 0x2c, 0x7d, 0x5d];

type Stage = 'arrived' | 'answered' | 'panicked';

const STAGES: Readonly<Record<string, Stage>> = Object.assign(Object.create(null), {
  RequestReceived: 'arrived',
  ResponseStarted: 'answered',
  ResponseComplete: 'answered',
  Panic: 'panicked',
});

/** A stage of each kind in the record's own words. */
const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  arrived: 'RequestReceived',
  answered: 'ResponseComplete',
  panicked: 'Panic',
};

/** Rank and key by what a key of `objectRef` begins with; the rank keeps them in order, so that none can occur twice. */
const RANKS: readonly (readonly [rank: number, key: ObjectKey])[] = OBJECT_KEYS.map((key, index) => [index + 1, key]);

/** Gives the walk for one spelling: true when all of a record was as expected, and `walked` holds what it says. */
export const createWalk = (
  spelling: Spelling,
  callers: Callers,
  walked: Walked,
): ((text: string, bytes: DataView | undefined, from: number) => boolean) => {
  const quoteLength = spelling.quote.length;
  const statusTexts = [spelling.statusText, spelling.message, spelling.reason];
  const time = createClock();

  /** The bytes of the text that is being walked over, where one is a character. */
  let bytes: DataView | undefined;

  const stands = (text: string, at: number, piece: Piece): boolean => isAt(text, bytes, at, piece);

  /** Index behind `next`, which must follow the simple value that begins at `from`; -1 otherwise. */
  const past = (text: string, from: number, next: Piece): number => {
    const end = endOfSimpleValue(text, from, spelling);
    return end >= 0 && stands(text, end, next) ? end + next.length : -1;
  };

  const stageAt = (text: string, from: number): string => {
    const end = endOfSimpleValue(text, from, spelling);
    return end < 0 ? '' : text.slice(from, end);
  };

  /** Walks `objectRef` from the value of `resource` to behind its brace; -1 for one with another key or order. */
  const walkObject = (text: string, from: number): number => {
    let end = endOfSimpleValue(text, from, spelling);
    if (end < 0) return -1;
    walked.resource = text.slice(from, end);
    for (let rank = 0; ; ) {
      const next = end + quoteLength;
      const code = text.charCodeAt(next);
      if (code === CLOSE_BRACE) return next + 1;
      if (code !== COMMA) return -1;
      const found = rankAt(text, next + 1 + quoteLength);
      if (found <= rank) return -1;
      rank = found;
      const [, key] = RANKS[rank - 1] as (typeof RANKS)[number];
      const opening = spelling.objectKeys[key];
      if (!stands(text, next + 1, opening)) return -1;
      const value = next + 1 + opening.length;
      end = endOfSimpleValue(text, value, spelling);
      if (end < 0) return -1;
      if (key === 'subresource') walked.subresource = text.slice(value, end);
    }
  };

  /** Walks what a status may say before its code, to the value of `code`; -1 for what the API server doesn't write. */
  const walkStatus = (text: string, from: number): number => {
    let at = from;
    for (const key of statusTexts) {
      if (!stands(text, at, key)) continue;
      const end = endOfValue(text, at + key.length, spelling);
      if (end < 0) return -1;
      at = end + quoteLength + 1;
    }
    if (stands(text, at, spelling.details)) {
      const brace = text.indexOf('}', at);
      if (!isClosedAt(text, brace)) return -1;
      at = brace + 2;
    }
    return stands(text, at, spelling.code) ? at + spelling.code.length : -1;
  };

  /** A brace right behind an unescaped quote closes an object; a brace anywhere else may be part of a value. */
  const isClosedAt = (text: string, brace: number): boolean =>
    isQuote(text.charCodeAt(brace - 1)) &&
    (quoteLength === 1 || text.charCodeAt(brace - 2) === BACKSLASH) &&
    text.charCodeAt(brace - 1 - quoteLength) !== BACKSLASH;

  /** Where `requestReceivedTimestamp` begins behind the bodies; -1 when the record has no such end. */
  const behindBodies = (text: string, from: number, end: number): number => {
    const { afterTime, received } = spelling;
    for (let start = Math.max(from, end - USUAL_END); ; start = from) {
      // Cut out, so that a record without timestamps is not searched for in all that follow it.
      const part = text.slice(start, end);
      for (let found = part.indexOf(afterTime); found >= 0; found = part.indexOf(afterTime, found + 1)) {
        const at = start + found - TIMESTAMP + 1 - received.length;
        if (at <= from || !stands(text, at, received)) continue;
        const before = text.charCodeAt(at - 1);
        return before === CLOSE_BRACE || before === CLOSE_BRACKET ? at : -1;
      }
      if (start === from) return -1;
    }
  };

  /** From `requestReceivedTimestamp` to the very end: two timestamps, and annotations of one level. */
  const walkEnd = (text: string, from: number): boolean => {
    const { received, staged, annotations } = spelling;
    if (!stands(text, from, received)) return false;
    walked.time = time(text, from + received.length);
    let at = from + received.length + TIMESTAMP;
    if (walked.time <= 0 || !stands(text, at, staged)) return false;
    at = endOfSimpleValue(text, at + staged.length, spelling);
    if (at < 0) return false;
    at += quoteLength;
    if (text.charCodeAt(at) === CLOSE_BRACE) {
      walked.end = at + 1;
      return true;
    }
    if (!stands(text, at, annotations)) return false;
    const brace = text.indexOf('}', at);
    walked.end = brace + 2;
    return brace >= 0 && text.charCodeAt(brace + 1) === CLOSE_BRACE && isClosedAt(text, brace);
  };

  return (text, textBytes, from) => {
    bytes = textBytes;
    if (!stands(text, from, spelling.start)) return false;
    let at = past(text, from + spelling.start.length, spelling.auditId);
    if (at < 0) return false;
    let stop = endOfSimpleValue(text, at, spelling);
    if (stop < 0 || !isMadeByServer(text, at, stop)) return false;
    let stage: Stage | undefined = 'answered';
    if (stands(text, stop, spelling.completeToUri)) at = stop + spelling.completeToUri.length;
    else {
      if (!stands(text, stop, spelling.stage)) return false;
      at = stop + spelling.stage.length;
      stage = STAGES[stageAt(text, at)];
      at = past(text, at, spelling.uri);
      if (stage === undefined || at < 0) return false;
    }
    walked.uriFrom = at;
    at = past(text, at, spelling.verb);
    if (at < 0) return false;
    walked.uriEnd = at - spelling.verb.length;
    stop = endOfSimpleValue(text, at, spelling);
    if (stop <= at) return false;
    walked.verb = text.slice(at, stop);
    stop += quoteLength;
    if (text.charCodeAt(stop) !== COMMA) return false;
    const caller = callers.find(text, stop + 1, spelling);
    if (caller === undefined) return false;
    walked.caller = caller;
    at = stop + 1 + caller.raw.length;

    walked.resource = '';
    walked.subresource = '';
    const hasObject = stands(text, at, spelling.object);
    if (hasObject) {
      at = walkObject(text, at + spelling.object.length);
      if (at < 0) return false;
    }
    let code = 0;
    if (stage !== 'arrived') {
      if (!stands(text, at, spelling.status)) return false;
      at += spelling.status.length;
      at = stands(text, at, spelling.code) ? at + spelling.code.length : walkStatus(text, at);
      if (at < 0) return false;
      code = codeAt(text, at);
      if (code < 0 || text.charCodeAt(at + 3) !== CLOSE_BRACE) return false;
      at += 4;
    }
    walked.outcome = outcomeOf(STAGE_NAMES[stage], code);
    // A body without an object stands in no record of an API server; its `objectRef` might stand behind it.
    if (hasObject && (stands(text, at, spelling.requestBody) || stands(text, at, spelling.responseBody))) {
      at = behindBodies(text, at, spelling.isEscaped ? endOfMessage(text, at) : text.length);
      if (at < 0) return false;
    }
    return walkEnd(text, at) && walked.end - from <= LONGEST;
  };
};

/** Which key of `objectRef` this may be the beginning of; 0 for none. */
const rankAt = (text: string, at: number): number => {
  switch (text.charCodeAt(at)) {
    case 0x6e: // n: namespace, name
      return text.charCodeAt(at + 4) === 0x73 ? 1 : 2;
    case 0x75: // uid
      return 3;
    case 0x61: // a: apiGroup, apiVersion
      return text.charCodeAt(at + 3) === 0x47 ? 4 : 5;
    case 0x72: // resourceVersion
      return 6;
    case 0x73: // subresource
      return 7;
    default:
      return 0;
  }
};

/** A status code of three digits, or -1. */
const codeAt = (text: string, at: number): number => {
  const code = digitAt(text, at) * 100 + digitAt(text, at + 1) * 10 + digitAt(text, at + 2);
  return code >= 100 ? code : -1;
};
