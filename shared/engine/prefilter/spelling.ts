/**
 * How the text of a record is spelled where the fast path reads it. A line of a file is JSON; a message inside a subscription payload
 * is JSON inside a JSON string, where every quote of the record has a backslash before it.
 *
 * What makes reading by offsets sound: inside a JSON string a quote is always escaped. So `,"verb":"` can't be part of a value,
 * whatever somebody put into a name, a path or a user agent, and the first unescaped quote ends a value.
 */
import { isAt, type Piece, pieceOf } from '../../primitives/byte-match.ts';
import { parseJson } from '../../primitives/json.ts';

/** The pieces of text that a record is made of, in one spelling. A key is followed by its colon and what opens its value. */
export interface Spelling {
  readonly isEscaped: boolean;
  /** A quote of the record: one character in a line, two in a payload. */
  readonly quote: string;
  /** The beginning of every audit record, up to the value of `level`. */
  readonly start: Piece;
  readonly auditId: Piece;
  readonly stage: Piece;
  readonly uri: Piece;
  /** The usual stage with what is around it, from the end of `auditID` to the value of `requestURI`. */
  readonly completeToUri: Piece;
  readonly verb: Piece;
  /** How Go writes `&` inside a string. */
  readonly ampersand: string;
  /** The beginning of a caller's blocks. */
  readonly username: Piece;
  readonly userAgent: string;
  readonly object: Piece;
  /** Keys of `objectRef` behind `resource`, with what opens their values. */
  readonly objectKeys: Readonly<Record<ObjectKey, Piece>>;
  readonly status: Piece;
  readonly statusText: Piece;
  readonly message: Piece;
  readonly reason: Piece;
  readonly details: Piece;
  readonly code: Piece;
  readonly requestBody: Piece;
  readonly responseBody: Piece;
  readonly received: Piece;
  /** The end of one timestamp and the beginning of the next key. */
  readonly afterTime: string;
  readonly staged: Piece;
  readonly annotations: Piece;
}

export const OBJECT_KEYS = [
  'namespace',
  'name',
  'uid',
  'apiGroup',
  'apiVersion',
  'resourceVersion',
  'subresource',
] as const;
export type ObjectKey = (typeof OBJECT_KEYS)[number];

const spell = (isEscaped: boolean): Spelling => {
  const q = isEscaped ? '\\"' : '"';
  const spelled = (text: string) => text.replaceAll('"', q);
  const piece = (text: string) => pieceOf(spelled(text));
  return {
    isEscaped,
    quote: q,
    start: piece('{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"'),
    auditId: piece('","auditID":"'),
    stage: piece('","stage":"'),
    uri: piece('","requestURI":"'),
    completeToUri: piece('","stage":"ResponseComplete","requestURI":"'),
    verb: piece('","verb":"'),
    ampersand: isEscaped ? '\\\\u0026' : '\\u0026',
    username: piece('"user":{"username":"'),
    userAgent: spelled(',"userAgent":"'),
    object: piece(',"objectRef":{"resource":"'),
    objectKeys: Object.fromEntries(OBJECT_KEYS.map((key) => [key, piece(`"${key}":"`)])) as Record<ObjectKey, Piece>,
    status: piece(',"responseStatus":{"metadata":{},'),
    statusText: piece('"status":"'),
    message: piece('"message":"'),
    reason: piece('"reason":"'),
    details: piece('"details":{'),
    code: piece('"code":'),
    requestBody: piece(',"requestObject":'),
    responseBody: piece(',"responseObject":'),
    received: piece(',"requestReceivedTimestamp":"'),
    afterTime: spelled('Z","s'),
    staged: piece('","stageTimestamp":"'),
    annotations: piece(',"annotations":{'),
  };
};

/** A record as a line of its own. */
export const LINE = spell(false);

/** A record inside the text of a payload that nobody parsed. */
export const INSIDE_PAYLOAD = spell(true);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const [COMMA, CLOSE_BRACE, CLOSE_BRACKET] = [0x2c, 0x7d, 0x5d];

/**
 * Index of the quote (of its backslash, where it has one) that ends the string value that begins at `from`; -1 for a value with an
 * escaped quote or a backslash at its end, which this doesn't read. A value that is to be used must be checked for other escapes.
 */
export const endOfSimpleValue = (text: string, from: number, spelling: Spelling): number => {
  const found = text.indexOf('"', from);
  if (!spelling.isEscaped) return text.charCodeAt(found - 1) === BACKSLASH && found > from ? -1 : found;
  const end = found - 1;
  if (end < from || text.charCodeAt(end) !== BACKSLASH) return -1;
  return end > from && text.charCodeAt(end - 1) === BACKSLASH ? -1 : end;
};

/** The same for a value with anything in it. Backslashes come in runs; the length of the run tells whether the quote is escaped. */
export const endOfValue = (text: string, from: number, spelling: Spelling): number => {
  for (let found = text.indexOf('"', from); found >= 0; found = text.indexOf('"', found + 1)) {
    let run = found;
    while (run > from && text.charCodeAt(run - 1) === BACKSLASH) run--;
    const backslashes = found - run;
    if (!spelling.isEscaped) {
      if (backslashes % 2 === 0) return found;
    } else if (backslashes % 2 === 0)
      return -1; // The message ends inside the value.
    else if (backslashes % 4 === 1) return found - 1;
  }
  return -1;
};

/** Index after `next`, which must follow the simple value that begins at `from`; -1 otherwise. */
export const afterValue = (
  text: string,
  bytes: DataView | undefined,
  from: number,
  next: Piece,
  spelling: Spelling,
): number => {
  const end = endOfSimpleValue(text, from, spelling);
  return end >= 0 && isAt(text, bytes, end, next) ? end + next.length : -1;
};

/** A brace right after an unescaped quote closes an object; a brace anywhere else may be part of a value. */
export const closesObject = (text: string, brace: number, { quote }: Spelling): boolean =>
  isQuote(text.charCodeAt(brace - 1)) &&
  (quote.length === 1 || text.charCodeAt(brace - 2) === BACKSLASH) &&
  text.charCodeAt(brace - 1 - quote.length) !== BACKSLASH;

/** The record's own text for a part of it; undefined when the part reaches beyond its message. */
export const unescaped = (text: string, spelling: Spelling): string | undefined => {
  if (!spelling.isEscaped) return text;
  const own = parseJson(`"${text}"`);
  return typeof own === 'string' ? own : undefined;
};

export const isQuote = (code: number): boolean => code === QUOTE;
