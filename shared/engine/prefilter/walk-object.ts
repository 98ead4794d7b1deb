/** The step over `objectRef`: resource and subresource. */
import { isAt } from '../../primitives/byte-match.ts';
import { CLOSE_BRACE, COMMA, endOfSimpleValue, OBJECT_KEYS, type ObjectKey, type Spelling } from './spelling.ts';
import type { Walked } from './walked.ts';

/** To what follows `objectRef`, or to `from` where there is none; -1 for one with another key or order. */
export const walkObject = (
  text: string,
  bytes: DataView | undefined,
  from: number,
  spelling: Spelling,
  walked: Walked,
): number => {
  walked.resource = '';
  walked.subresource = '';
  if (!isAt(text, bytes, from, spelling.object)) return from;
  const value = from + spelling.object.length;
  const end = endOfSimpleValue(text, value, spelling);
  if (end < 0) return -1;
  walked.resource = text.slice(value, end);
  return walkKeys(text, bytes, end + spelling.quote.length, spelling, walked);
};

/** From the end of the value of `resource`. Ranks keep the keys in order, so that none can occur twice. */
const walkKeys = (
  text: string,
  bytes: DataView | undefined,
  from: number,
  spelling: Spelling,
  walked: Walked,
): number => {
  const quoteLength = spelling.quote.length;
  let at = from;
  for (let rank = 0; ; ) {
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACE) return at + 1;
    if (code !== COMMA) return -1;
    const found = rankAt(text, at + 1 + quoteLength);
    if (found <= rank) return -1;
    rank = found;
    const key = OBJECT_KEYS[rank - 1] as ObjectKey;
    const opening = spelling.objectKeys[key];
    if (!isAt(text, bytes, at + 1, opening)) return -1;
    const value = at + 1 + opening.length;
    const end = endOfSimpleValue(text, value, spelling);
    if (end < 0) return -1;
    if (key === 'subresource') walked.subresource = text.slice(value, end);
    at = end + quoteLength;
  }
};

/** Which key of `objectRef` this may be the beginning of, as its place in OBJECT_KEYS from 1 on; 0 for none. */
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
