/** Subscription payloads of CloudWatch Logs: base64 of gzip of JSON. */
import { gunzipSync } from 'node:zlib';
import { listAt, numberAt, parseJson, textAt } from '../../shared/json.ts';

/** One log event of a payload. */
export interface LogRecord {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

export interface Payload {
  /** The account that owns the log group. */
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
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
export const decodePayload = (data: string): Payload => {
  const text = inflate(Buffer.from(data, 'base64'));
  const parsed = parseJson(text);
  const type = textAt(parsed, 'messageType');
  if (type !== 'DATA_MESSAGE' && type !== 'CONTROL_MESSAGE') {
    throw new UnreadablePayload(
      `A subscription payload must have messageType DATA_MESSAGE or CONTROL_MESSAGE, but this one has "${type}". Check what else invokes the function.`,
    );
  }
  return {
    owner: textAt(parsed, 'owner'),
    logGroup: textAt(parsed, 'logGroup'),
    logStream: textAt(parsed, 'logStream'),
    records: type === 'CONTROL_MESSAGE' ? [] : listAt(parsed, 'logEvents').map(recordOf),
  };
};

const recordOf = (entry: unknown): LogRecord => ({
  id: textAt(entry, 'id'),
  timestamp: numberAt(entry, 'timestamp'),
  message: textAt(entry, 'message'),
});

const inflate = (compressed: Buffer): string => {
  try {
    return gunzipSync(compressed, { maxOutputLength: LARGEST_INFLATED }).toString('utf8');
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new UnreadablePayload(
      isTooLarge
        ? `A subscription payload of ${compressed.length} bytes inflates beyond ${LARGEST_INFLATED} bytes and was refused. It is kept in the on-failure bucket.`
        : `A subscription payload of ${compressed.length} bytes is not gzip and was refused. It is kept in the on-failure bucket.`,
      { cause: error },
    );
  }
};
