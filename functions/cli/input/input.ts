/** Files and standard input as batches of records: decompressed, decoded and split while they are read. */
import { isAscii } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { shown } from '../output/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type Found, recordsOf } from './records.ts';
import { createLineSplitter, createValueSplitter, holdsLines, LONGEST_RECORD, type Splitter } from './splitting.ts';
import { BEGINNING } from './stranger.ts';

/** Something that records are read from. */
export interface Source {
  /** What it is called in messages. */
  readonly name: string;
  readonly batches: () => AsyncIterable<readonly Found[]>;
  /** The first bytes of a file, gzip taken away, as far as it has been read. */
  readonly beginning?: () => Uint8Array;
}

type Chunks = AsyncIterable<Uint8Array>;

/** `-` is standard input. */
export const fileSource = (file: string, stdin: Chunks): Source => {
  let beginning: Uint8Array = new Uint8Array(0);
  const look = (bytes: Uint8Array): void => {
    if (beginning.length < BEGINNING) beginning = Buffer.concat([beginning, bytes.subarray(0, BEGINNING)]);
  };
  return {
    name: file === '-' ? 'standard input' : file,
    batches: async function* () {
      try {
        yield* batchesOf(file === '-' ? stdin : await opened(file), look);
      } catch (error) {
        throw error instanceof UsageError ? error : new UsageError(whyUnreadable(file, error as NodeJS.ErrnoException));
      }
    },
    beginning: () => beginning,
  };
};

type Look = (bytes: Uint8Array) => void;

const opened = async (file: string): Promise<Chunks> => {
  if ((await stat(file)).isDirectory()) {
    throw new UsageError(`${shown(file)} is a directory. Name the files in it, for example ${shown(file)}/*.gz.`);
  }
  return createReadStream(file, { highWaterMark: CHUNK });
};

/** Bytes that are read at a time. */
const CHUNK = 256 * 1024;

const whyUnreadable = (file: string, error: NodeJS.ErrnoException): string => {
  const name = file === '-' ? 'Standard input' : shown(file);
  if (error.code === 'ENOENT') return `${name} does not exist.`;
  if (error.code === 'EACCES' || error.code === 'EPERM') return `${name} may not be read by you.`;
  if (error.code === 'Z_BUF_ERROR') {
    return `${name} ends in the middle of its gzip data; what was readable is counted. Fetch it again.`;
  }
  if (error.code?.startsWith('Z_')) return `${name} is damaged: its gzip data can't be inflated (${error.message}).`;
  return `${name} can't be read: ${shown(error.message)}`;
};

/** One batch for each chunk that completes a record. `look` sees all bytes, as they are when gzip is taken away. */
async function* batchesOf(chunks: Chunks, look: Look): AsyncGenerator<readonly Found[]> {
  let splitter: Splitter | undefined;
  let beginning = '';
  let isFirst = true;
  const found = (pieces: ReturnType<Splitter['push']>): readonly Found[] => {
    const records = pieces.flatMap(recordsOf);
    const [first] = records;
    if (isFirst && first !== undefined && 'rejected' in first && first.rejected === 'too long')
      throw new UsageError(TOO_BIG);
    if (records.length > 0) isFirst = false;
    return records;
  };
  for await (const text of decoded(chunks, look)) {
    if (splitter !== undefined) {
      yield found(splitter.push(text));
      continue;
    }
    beginning += text;
    const lines = holdsLines(beginning);
    if (lines === undefined && beginning.length < LONGEST_RECORD) continue;
    splitter = lines === false ? createValueSplitter() : createLineSplitter();
    yield found(splitter.push(beginning));
    beginning = '';
  }
  // Too short to tell: a value reads the same either way, and blank lines are counted as lines.
  splitter ??= /^\s*[[{]/.test(beginning) ? createValueSplitter() : createLineSplitter();
  yield found([...splitter.push(beginning), ...splitter.end()]);
}

const TOO_BIG = `The input begins with one JSON document of more than ${LONGEST_RECORD / 1024 / 1024} MiB, which is too big to be read as a whole. Write one event a line, for example with jq -c '.events[]' or jq -c '.items[]'.`;

async function* decoded(chunks: Chunks, look: Look): AsyncGenerator<string> {
  let decoder: StringDecoder | undefined;
  // Whether the decoder may hold the beginning of a character. ASCII, in which most logs are written, is decoded much faster without.
  let [isUtf16, isWaiting] = [false, false];
  for await (const bytes of inflated(chunks)) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    look(chunk);
    if (decoder === undefined) {
      // PowerShell redirects in UTF-16 with a byte order mark.
      isUtf16 = chunk[0] === 0xff && chunk[1] === 0xfe;
      decoder = new StringDecoder(isUtf16 ? 'utf16le' : 'utf8');
      isWaiting = true;
      yield decoder.write(chunk).replace(/^\ufeff/, '');
      continue;
    }
    const isPlain = !isUtf16 && isAscii(chunk);
    yield isPlain && !isWaiting ? chunk.toString('latin1') : decoder.write(chunk);
    isWaiting = !isPlain;
  }
  const rest = decoder?.end() ?? '';
  if (rest !== '') yield rest;
}

/** Gzip is recognised by its first two bytes, wherever it comes from; members one after another are read as one. */
async function* inflated(chunks: Chunks): Chunks {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 2) {
    const { done, value } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  if (head[0] === 0x1f && head[1] === 0x8b) yield* through(whole());
  else yield* whole();
}

async function* through(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const { pipeline } = await import('node:stream/promises');
  const gunzip = createGunzip({ chunkSize: CHUNK });
  // The failure reaches the reader through the stream itself.
  const feeding = pipeline(chunks, gunzip).catch(() => {});
  yield* gunzip as AsyncIterable<Uint8Array>;
  await feeding;
}
