/**
 * The text of a subscription payload as CloudWatch Logs writes it, cut into its records by offsets. A payload comes from an AWS service
 * and gzip's checksum has vouched for it, so it is JSON; what is checked is that it has the one form that is expected here. Records
 * are found by `},{"id":"`: inside a string a quote has a backslash before it, so no message can contain that.
 */
import { isObject, listAt, numberAt, parseJson, textAt } from './json.ts';
import { isQuote } from './screen-text.ts';

/** One log event of a payload. */
export interface LogRecord {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** What a payload says before its records. */
export interface PayloadHead {
  /** The account that owns the log group. */
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
}

export interface PayloadText extends PayloadHead {
  readonly text: string;
  /** The same, where every byte is a character. */
  readonly bytes: DataView | undefined;
  /** Where the first record begins. */
  readonly first: number;
}

/** Characters before the records: names of an account, a log group, a log stream and a few filters. */
const LONGEST_HEAD = 8_192;

const RECORDS = ',"logEvents":[';
const [FIRST, NEXT, TIMESTAMP, MESSAGE, LAST] = ['{"id":"', '},{"id":"', '","timestamp":', ',"message":"', '"}]}'];

export const headOf = (payload: unknown): PayloadHead => ({
  owner: textAt(payload, 'owner'),
  logGroup: textAt(payload, 'logGroup'),
  logStream: textAt(payload, 'logStream'),
});

export const recordOf = (entry: unknown): LogRecord => ({
  id: textAt(entry, 'id'),
  timestamp: numberAt(entry, 'timestamp'),
  message: textAt(entry, 'message'),
});

export const recordsOf = (payload: unknown): readonly LogRecord[] => listAt(payload, 'logEvents').map(recordOf);

/** Finds the records of a data message; undefined for any other payload, and for one in another form. */
export const payloadText = (text: string, bytes?: DataView): PayloadText | undefined => {
  const end = text.slice(0, LONGEST_HEAD).indexOf(RECORDS);
  const first = end + RECORDS.length;
  if (end < 0 || text.slice(first, first + FIRST.length) !== FIRST || !text.endsWith(LAST)) return undefined;
  // That the head is a whole object with a brace behind it proves that the records stand in the payload's own list.
  const head = parseJson(`${text.slice(0, end)}}`);
  if (!isObject(head) || textAt(head, 'messageType') !== 'DATA_MESSAGE') return undefined;
  return { ...headOf(head), text, bytes, first };
};

/**
 * Calls `take` with where each record begins, and where its message does and ends. False as soon as `take` says so, or when a record
 * has another form.
 */
export const eachMessage = (
  text: string,
  first: number,
  take: (begin: number, from: number, end: number) => boolean,
): boolean => {
  for (let begin = first; ; ) {
    const id = text.indexOf('"', begin + FIRST.length);
    const comma = text.indexOf(',', id + TIMESTAMP.length);
    const from = comma + MESSAGE.length;
    if (id < 0 || comma < 0) return false;
    if (text.slice(id, id + TIMESTAMP.length) !== TIMESTAMP || text.slice(comma, from) !== MESSAGE) return false;
    const next = text.indexOf(NEXT, from);
    const end = next < 0 ? text.length - LAST.length : next - 1;
    if (end < from || !isQuote(text.charCodeAt(end)) || !take(begin, from, end)) return false;
    if (next < 0) return true;
    begin = next + 2;
  }
};

/** The record whose message ends at `end`; undefined when there is more behind the message than its quote and brace. */
export const recordIn = (text: string, begin: number, end: number): LogRecord | undefined => {
  const entry = parseJson(text.slice(begin, end + 2));
  return isObject(entry) ? recordOf(entry) : undefined;
};
