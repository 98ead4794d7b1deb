/**
 * The text of a subscription payload as CloudWatch Logs writes it, cut into its records by offsets. A payload comes from an AWS service
 * and passes gzip's checksum, so it is JSON. What is checked is that it has the one form that is expected here. Records
 * are found by `},{"id":"`: inside a string a quote has a backslash before it, so no message can contain that.
 */
import { isAscii } from 'node:buffer';
import { isAt, pieceOf } from '../primitives/byte-match.ts';
import { isObject, listAt, numberAt, parseJson, textAt } from '../primitives/json.ts';

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
  /** All of it. */
  readonly text: string;
  /** Runs of whole records, in order. */
  readonly pieces: () => Iterable<RecordsText>;
}

/** Some records of a payload, followed by a comma or the payload's end. */
export interface RecordsText {
  readonly text: string;
  /** The same, where every byte is a character. */
  readonly bytes?: DataView;
}

/** Characters before the records: names of an account, a log group, a log stream and a few filters. */
const LONGEST_HEAD = 8_192;

/**
 * Bytes that are made text at once: some thirty records. Strings this short live and die in the young generation and in the caches of
 * the processor; one of the whole payload makes V8 collect all of its memory for every payload or two.
 */
const PIECE = 48 * 1_024;

const RECORDS = ',"logEvents":[';
const [FIRST, NEXT] = ['{"id":"', '},{"id":"'];
const [TIMESTAMP, MESSAGE] = [pieceOf('","timestamp":'), pieceOf(',"message":"')];
/** The end of a message that another record follows. */
const ANOTHER = pieceOf(`"${NEXT}`);
/** What follows a message, before another record or the end. */
const [BETWEEN, LAST] = ['"},', '"}]}'];

export const headOf = (payload: unknown): PayloadHead => ({
  owner: textAt(payload, 'owner'),
  logGroup: textAt(payload, 'logGroup'),
  logStream: textAt(payload, 'logStream'),
});

/**
 * Characters of a message that are read. CloudWatch Logs takes log events of 1 MB at most, so a longer one is nobody's log event; as
 * a record that was cut it costs no more memory than one of theirs. Source: CloudWatch Logs quotas, event size.
 */
const LONGEST_MESSAGE = 2 * 1_024 * 1_024;

export const recordOf = (entry: unknown): LogRecord => ({
  id: textAt(entry, 'id'),
  timestamp: numberAt(entry, 'timestamp'),
  message: textAt(entry, 'message').slice(0, LONGEST_MESSAGE),
});

export const recordsOf = (payload: unknown): readonly LogRecord[] => listAt(payload, 'logEvents').map(recordOf);

/** Finds the records of a data message; undefined for any other payload, and for one in another form. */
export const payloadText = (content: Buffer): PayloadText | undefined => {
  const beginning = content.toString('utf8', 0, LONGEST_HEAD);
  const end = beginning.indexOf(RECORDS);
  const records = beginning.slice(0, end) + RECORDS;
  const first = Buffer.byteLength(records);
  if (end < 0 || !isAtByte(content, first, FIRST) || !isAtByte(content, content.length - LAST.length, LAST)) {
    return undefined;
  }
  // The head is a whole object when a brace is added. This proves that the records are in the payload's own list.
  const head = parseJson(`${beginning.slice(0, end)}}`);
  if (!isObject(head) || textAt(head, 'messageType') !== 'DATA_MESSAGE') return undefined;
  return {
    ...headOf(head),
    get text() {
      return content.toString('utf8');
    },
    pieces: () => piecesOf(content, first),
  };
};

const isAtByte = (content: Buffer, at: number, text: string): boolean =>
  at >= 0 && content.toString('latin1', at, at + text.length) === text;

/** For ASCII the two encodings are one, latin1 is decoded ten times faster, and an index is the same in text and bytes. */
function* piecesOf(content: Buffer, first: number): Generator<RecordsText> {
  for (let from = first; from < content.length; ) {
    const next = content.indexOf(NEXT, from + PIECE, 'latin1');
    const end = next < 0 ? content.length : next + BETWEEN.length - 1;
    const piece = content.subarray(from, end);
    yield isAscii(piece)
      ? { text: piece.toString('latin1'), bytes: new DataView(piece.buffer, piece.byteOffset, piece.length) }
      : { text: piece.toString('utf8') };
    from = end;
  }
}

/** Index of the quote after the message that begins at `from`. */
export const endOfMessage = (text: string, from: number): number => {
  const next = text.indexOf(NEXT, from);
  if (next >= 0) return next - 1;
  return text.length - (text.endsWith(BETWEEN) ? BETWEEN.length : LAST.length);
};

/** Steps from message to message through a run of records. The caller sets where each message ended (see `endOfMessage`). */
export class Messages {
  readonly #records: RecordsText;
  /** Index at which the record begins. */
  begin = 0;
  /** Index at which its message begins. */
  from = 0;
  /** Index of the quote after its message; to be set before the next step. */
  end = 0;
  /** No record is left, and none had another form. */
  isWhole = false;

  constructor(records: RecordsText) {
    this.#records = records;
  }

  /** False after the last record, and before one that has another form. */
  next(): boolean {
    const { text, bytes } = this.#records;
    const { end } = this;
    if (this.from > 0) {
      if (end < this.from) return false;
      if (!isAt(text, bytes, end, ANOTHER)) {
        const rest = text.slice(end);
        this.isWhole = rest === LAST || rest === BETWEEN;
        return false;
      }
      this.begin = end + BETWEEN.length;
    }
    const id = text.indexOf('"', this.begin + FIRST.length);
    const comma = text.indexOf(',', id + TIMESTAMP.length);
    this.from = comma + MESSAGE.length;
    return id >= 0 && comma >= 0 && isAt(text, bytes, id, TIMESTAMP) && isAt(text, bytes, comma, MESSAGE);
  }
}

/** The record whose message ends at `end`; undefined when there is more after the message than its quote and brace. */
export const recordIn = (text: string, begin: number, end: number): LogRecord | undefined => {
  const entry = parseJson(text.slice(begin, end + 2));
  return isObject(entry) ? recordOf(entry) : undefined;
};
