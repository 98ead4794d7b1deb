/** Parts of a subscription payload: each is a payload of the same form, with some of the records. */
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { headOf, type PayloadHead, recordOf } from '../../../shared/logs/cloudwatch-payload.ts';
import { inflatedText } from '../../../shared/logs/decode.ts';
import { isObject, type JsonObject, listAt, parseJson } from '../../../shared/primitives/json.ts';

/** A payload without a record, by which CloudWatch Logs checks that its destination answers. */
export const CONTROL = encoded({ messageType: 'CONTROL_MESSAGE', logEvents: [] });

/** The two halves of a payload, of which each record is in one; undefined when it has less than two records, or can't be read. */
export const halvesOf = (data: string): readonly [string, string] | undefined => {
  const payload = opened(data);
  const records = listAt(payload, 'logEvents');
  if (payload === undefined || records.length < 2) return undefined;
  const middle = Math.ceil(records.length / 2);
  const half = (from: number, to: number) => encoded({ ...payload, logEvents: records.slice(from, to) });
  return [half(0, middle), half(middle, records.length)];
};

/** Where a payload comes from, and which records are in it. */
export interface PieceDescription extends PayloadHead {
  /** Number of records; undefined when the payload can't be read. */
  readonly records?: number;
  /** Of the one record that is in it: CloudWatch Logs' own id, and milliseconds since the epoch. */
  readonly eventId?: string;
  readonly timestamp?: number;
}

export const describe = (data: string): PieceDescription => {
  const payload = opened(data);
  if (payload === undefined) return headOf(parseJson(beginningOf(data)));
  const [first, ...more] = listAt(payload, 'logEvents');
  const records = first === undefined ? 0 : 1 + more.length;
  if (records !== 1) return { ...headOf(payload), records };
  const { id, timestamp } = recordOf(first);
  return { ...headOf(payload), records, eventId: id, timestamp };
};

const opened = (data: string): JsonObject | undefined => {
  try {
    const payload = parseJson(inflatedText(data));
    return isObject(payload) ? payload : undefined;
  } catch {
    return undefined;
  }
};

function encoded(payload: object): string {
  return gzipSync(JSON.stringify(payload)).toString('base64');
}

/** Bytes of a compressed payload in which its head is. They inflate to 4 MB at most. */
const BEGINNING = 4_096;

const RECORDS = ',"logEvents":[';

/** The head of a payload that is too large to be inflated, as JSON; empty when there is none. */
const beginningOf = (data: string): string => {
  const compressed = Buffer.from(data.slice(0, BEGINNING * 2), 'base64').subarray(0, BEGINNING);
  try {
    const text = gunzipSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');
    const end = text.indexOf(RECORDS);
    return end < 0 ? '' : `${text.slice(0, end)}}`;
  } catch {
    return '';
  }
};
