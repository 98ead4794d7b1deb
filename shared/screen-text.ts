/**
 * How the text of a record is spelled where the fast path reads it. A line of a file is JSON; a message inside a subscription payload
 * is JSON inside a JSON string, where every quote of the record has a backslash before it.
 *
 * What makes reading by offsets sound: inside a JSON string a quote is always escaped. So `,"verb":"` can't be part of a value,
 * whatever somebody put into a name, a path or a user agent, and the first unescaped quote ends a value.
 */
import { parseJson } from './json.ts';

/** The pieces of text that a record is made of, in one spelling. A key is followed by its colon and what opens its value. */
export interface Spelling {
  readonly isEscaped: boolean;
  /** A quote of the record: one character in a line, two in a payload. */
  readonly quote: string;
  /** The beginning of every audit record, up to the value of `level`. */
  readonly start: string;
  readonly auditId: string;
  readonly stage: string;
  readonly uri: string;
  readonly verb: string;
  /** The beginning of a caller's blocks. */
  readonly username: string;
  readonly userAgent: string;
  readonly object: string;
  /** Keys of `objectRef` behind `resource`, with what opens their values. */
  readonly objectKeys: Readonly<Record<ObjectKey, string>>;
  readonly status: string;
  readonly statusText: string;
  readonly message: string;
  readonly reason: string;
  readonly details: string;
  readonly code: string;
  readonly requestBody: string;
  readonly responseBody: string;
  readonly received: string;
  /** The end of one timestamp and the beginning of the next key. */
  readonly afterTime: string;
  readonly staged: string;
  readonly annotations: string;
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
  /** In JSON as it is written plainly. */
  const plain = (text: string) => text.replaceAll('"', q);
  return {
    isEscaped,
    quote: q,
    start: plain('{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"'),
    auditId: plain('","auditID":"'),
    stage: plain('","stage":"'),
    uri: plain('","requestURI":"'),
    verb: plain('","verb":"'),
    username: plain('"user":{"username":"'),
    userAgent: plain(',"userAgent":"'),
    object: plain(',"objectRef":{"resource":"'),
    objectKeys: Object.fromEntries(OBJECT_KEYS.map((key) => [key, plain(`"${key}":"`)])) as Record<ObjectKey, string>,
    status: plain(',"responseStatus":{"metadata":{},'),
    statusText: plain('"status":"'),
    message: plain('"message":"'),
    reason: plain('"reason":"'),
    details: plain('"details":{'),
    code: plain('"code":'),
    requestBody: plain(',"requestObject":'),
    responseBody: plain(',"responseObject":'),
    received: plain(',"requestReceivedTimestamp":"'),
    afterTime: plain('Z","s'),
    staged: plain('","stageTimestamp":"'),
    annotations: plain(',"annotations":{'),
  };
};

/** A record as a line of its own. */
export const LINE = spell(false);

/** A record inside the text of a payload that nobody parsed. */
export const INSIDE_PAYLOAD = spell(true);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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

/** The record's own text for a part of it; undefined when the part reaches beyond its message. */
export const unescaped = (text: string, spelling: Spelling): string | undefined => {
  if (!spelling.isEscaped) return text;
  const own = parseJson(`"${text}"`);
  return typeof own === 'string' ? own : undefined;
};

export const isQuote = (code: number): boolean => code === QUOTE;

/** The same characters in memory of their own: a piece that was cut out of a payload's text keeps all of it alive. */
export const copied = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
