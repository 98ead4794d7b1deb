/** From what Lambda is called with to log records: base64 of gzip of JSON. */
import { isAscii } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { parseJson, textAt } from '../primitives/json.ts';
import {
  headOf,
  type LogRecord,
  type PayloadHead,
  type PayloadText,
  payloadText,
  recordsOf,
} from './cloudwatch-payload.ts';

export interface Payload extends PayloadHead {
  /** Empty for a CONTROL_MESSAGE, by which CloudWatch Logs checks that the destination answers. */
  readonly records: readonly LogRecord[];
}

/**
 * Bytes that a payload may inflate to. CloudWatch Logs sends at most 1 MB compressed, and audit events compress about nine times;
 * 64 MiB leaves room for a flood of equal records and stays within the function's memory.
 */
export const LARGEST_INFLATED = 64 * 1024 * 1024;

/** A payload that can't be read. It is no use to try it again, and it must not get lost: the function fails, and Lambda keeps it. */
export class UnreadablePayload extends Error {
  override readonly name = 'UnreadablePayload';
}

/**
 * Decodes the `awslogs.data` of a subscription event.
 *
 * @throws UnreadablePayload when the text is not base64 of gzip, inflates beyond LARGEST_INFLATED, or holds no payload
 */
export const decodePayload = (data: string): Payload => parsePayload(inflatedText(data));

/** The text of the payload, whatever it says. */
export const inflatedText = (data: string): string => textOf(inflated(data));

/** The same without parsing, where the payload is written as CloudWatch Logs writes it. */
export const openPayload = (data: string): PayloadText | Payload => {
  const content = inflated(data);
  return payloadText(content) ?? parsePayload(textOf(content));
};

export const parsePayload = (text: string): Payload => {
  const parsed = parseJson(text);
  const type = textAt(parsed, 'messageType');
  if (type !== 'DATA_MESSAGE' && type !== 'CONTROL_MESSAGE') {
    throw new UnreadablePayload(
      `A subscription payload must have messageType DATA_MESSAGE or CONTROL_MESSAGE, but this one has "${type}". Check what else invokes the function.`,
    );
  }
  return { ...headOf(parsed), records: type === 'CONTROL_MESSAGE' ? [] : recordsOf(parsed) };
};

const inflated = (data: string): Buffer => inflate(Buffer.from(data, 'base64'));

/** For ASCII the two encodings are one, and latin1 is decoded ten times faster. */
const textOf = (content: Buffer): string => content.toString(isAscii(content) ? 'latin1' : 'utf8');

/** Bytes of the trailer of gzip; the last four say how long the content is, modulo 2^32. */
const TRAILER = 8;

/**
 * The size to inflate into: what the trailer says and one byte more, so that zlib sees the end without a second buffer. It is the
 * sender's word, so it is bounded, and only a hint: a larger content is inflated all the same.
 */
const chunkSizeFor = (compressed: Buffer): number => {
  const size = compressed.length < TRAILER ? 0 : compressed.readUInt32LE(compressed.length - 4);
  return Math.min(Math.max(size + 1, SMALLEST_CHUNK), LARGEST_INFLATED);
};

/** The least that zlib takes. */
const SMALLEST_CHUNK = 64;

const inflate = (compressed: Buffer): Buffer => {
  try {
    return gunzipSync(compressed, { chunkSize: chunkSizeFor(compressed), maxOutputLength: LARGEST_INFLATED });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new UnreadablePayload(
      isTooLarge
        ? `A subscription payload of ${compressed.length} bytes inflates beyond ${LARGEST_INFLATED} bytes and was rejected. It is kept in the on-failure bucket.`
        : `A subscription payload of ${compressed.length} bytes is not gzip and was rejected. It is kept in the on-failure bucket.`,
      { cause: error },
    );
  }
};
