/** From a piece of a file to log records: everything that CloudWatch Logs, collectors and people wrap around audit events. */
import type { TextRecord } from '../../../shared/engine/scan.ts';
import { decodePayload, UnreadablePayload } from '../../../shared/logs/decode.ts';
import { type Opened, openText, type PayloadReader, type Provenance } from '../../../shared/logs/envelopes.ts';
import { createValueSplitter, TOO_LONG } from './splitting.ts';

export interface FoundRecord extends TextRecord {
  readonly from: Provenance;
}

/** A piece that holds no record, and why. */
export interface Unreadable {
  readonly rejected: 'too long' | 'unreadable payload' | 'empty';
}

export type Found = FoundRecord | Unreadable;

/** The records in one piece of a file. A piece that holds none gives one entry that says why, so that every piece is counted. */
export const recordsOf = (piece: string | typeof TOO_LONG): readonly Found[] => {
  if (piece === TOO_LONG) return [{ rejected: 'too long' }];
  const opened = openText(piece, payloadRecords);
  const payloads = opened.every(isNotJson) ? payloadsIn(piece) : undefined;
  return payloads?.flatMap(recordsOf) ?? opened.map(found);
};

const isNotJson = (opened: Opened): boolean => !('rejected' in opened) && opened.value === undefined;

/** Firehose writes payloads one after another without a line break between them. Undefined for a piece that is something else. */
const payloadsIn = (piece: string): readonly (string | typeof TOO_LONG)[] | undefined => {
  if (!/^\s*\{"messageType"/.test(piece.slice(0, 64))) return undefined;
  const splitter = createValueSplitter();
  const pieces = [...splitter.push(piece), ...splitter.end()];
  return pieces.length < 2 ? undefined : pieces;
};

const found = (opened: Opened): Found => {
  if ('rejected' in opened) return opened;
  // What was parsed is let go: of a large file hardly a record is parsed again.
  const { value: _, ...record } = opened;
  return record;
};

const payloadRecords: PayloadReader = (data) => {
  try {
    const { owner, logGroup, logStream, records } = decodePayload(data);
    const from = { ...(owner && { account: owner }), ...(logGroup && { logGroup }), ...(logStream && { logStream }) };
    if (records.length === 0) return [{ rejected: 'empty' }];
    return records.map(({ id, timestamp, message }) => ({ id, timestamp, message, from }));
  } catch (error) {
    if (error instanceof UnreadablePayload) return [{ rejected: 'unreadable payload' }];
    throw error;
  }
};
