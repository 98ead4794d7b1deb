/** From a piece of a file to log records: everything that CloudWatch Logs, collectors and people wrap around audit events. */
import type { TextRecord } from '../../../shared/engine/scan.ts';
import { decodePayload, UnreadablePayload } from '../../../shared/logs/decode.ts';
import { at, isObject, listAt, numberAt, parseJson, textAt } from '../../../shared/primitives/json.ts';
import { createValueSplitter, TOO_LONG } from './splitting.ts';

/** Where a record came from, as far as what was wrapped around it says. */
export interface Provenance {
  readonly account?: string;
  readonly logGroup?: string;
  readonly logStream?: string;
}

export interface FoundRecord extends TextRecord {
  readonly from: Provenance;
}

/** A piece that holds no record, and why. */
export interface Unreadable {
  readonly rejected: 'too long' | 'unreadable payload' | 'empty';
}

export type Found = FoundRecord | Unreadable;

const NOWHERE: Provenance = {};

/** How deep wrappers are opened. */
const DEEPEST = 6;

/**
 * Keys that collectors put a record under: Splunk's HTTP collector and exports, Fluent Bit, OpenTelemetry, CloudWatch Logs and
 * Logs Insights.
 */
const WRAPPERS = ['message', '@message', 'event', 'log', 'body', '_raw', 'result', 'object'] as const;

/** A line of an export to S3, `2026-03-02T10:15:00.000Z {…}`; `aws logs tail` puts the log stream between the two. */
const STAMPED = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))[ \t]+(?:([^\s{]+)[ \t]+)?(?=\{)/;

/** The records in one piece of a file. A piece that holds none gives one entry that says why, so that every piece is counted. */
export const recordsOf = (piece: string | typeof TOO_LONG): readonly Found[] => {
  if (piece === TOO_LONG) return [{ rejected: 'too long' }];
  if (piece.startsWith('{"kind":"Event",')) return [{ message: piece, from: NOWHERE }];
  const stamp = STAMPED.exec(piece);
  if (stamp !== null) {
    const timestamp = Date.parse(stamp[1] as string);
    const from = stamp[2] === undefined ? NOWHERE : { logStream: stamp[2] };
    return [{ message: piece.slice(stamp[0].length), timestamp, from }];
  }
  const value = parseJson(piece);
  if (value === undefined) return unparsed(piece);
  return opened(value, { message: piece, from: NOWHERE }, 0);
};

/** Firehose writes payloads one after another without a line break between them. */
const unparsed = (piece: string): readonly Found[] => {
  const asIs = [{ message: piece, from: NOWHERE }];
  if (!/^\s*\{"messageType"/.test(piece.slice(0, 64))) return asIs;
  const splitter = createValueSplitter();
  const pieces = [...splitter.push(piece), ...splitter.end()];
  return pieces.length < 2 ? asIs : pieces.flatMap(recordsOf);
};

/** Opens what is around records. `outer` is the record that the value came from, with its text. */
const opened = (value: unknown, outer: FoundRecord, depth: number): readonly Found[] => {
  if (Array.isArray(value)) return each(value, outer, depth);
  if (!isObject(value) || depth > DEEPEST || isLeaf(value)) return [outer];
  const data = textAt(value, 'awslogs', 'data');
  if (data !== '') return ofPayload(data);
  if (textAt(value, 'messageType') !== '') {
    const from = filled({
      account: textAt(value, 'owner'),
      logGroup: textAt(value, 'logGroup'),
      logStream: textAt(value, 'logStream'),
    });
    return each(listAt(value, 'logEvents'), { ...outer, from }, depth);
  }
  for (const list of ['events', 'items', 'logEvents', 'results']) {
    const entries = at(value, list);
    if (Array.isArray(entries)) return each(entries, outer, depth);
  }
  return unwrapped(value, outer, depth) ?? [outer];
};

const each = (values: readonly unknown[], outer: FoundRecord, depth: number): readonly Found[] =>
  values.length === 0
    ? [{ rejected: 'empty' }]
    : values.flatMap((value) => {
        const message = typeof value === 'string' ? value : JSON.stringify(value);
        return opened(value, { message, from: outer.from }, depth + 1);
      });

/** The record under the first key that holds one; undefined when none does, as for a record that is something else. */
const unwrapped = (value: object, outer: FoundRecord, depth: number): readonly Found[] | undefined => {
  for (const key of WRAPPERS) {
    const inner = at(value, key);
    const text = typeof inner === 'string' ? inner : isObject(inner) ? JSON.stringify(inner) : '';
    if (!/^\s*\{/.test(text)) continue;
    const timestamp = numberAt(value, 'timestamp');
    const id = textAt(value, 'eventId') || textAt(value, 'id');
    const logStream = textAt(value, 'logStreamName');
    const record: FoundRecord = {
      message: text,
      ...(timestamp > 0 && { timestamp }),
      ...(id !== '' && { id }),
      from: logStream === '' ? outer.from : { ...outer.from, logStream },
    };
    return opened(typeof inner === 'string' ? parseJson(text) : inner, record, depth + 1);
  }
  return undefined;
};

/** A record that needs no opening: an audit event, or an Event object. */
const isLeaf = (value: object): boolean =>
  textAt(value, 'auditID') !== '' || isObject(at(value, 'involvedObject')) || isObject(at(value, 'regarding'));

const ofPayload = (data: string): readonly Found[] => {
  try {
    const { owner, logGroup, logStream, records } = decodePayload(data);
    const from = filled({ account: owner, logGroup, logStream });
    if (records.length === 0) return [{ rejected: 'empty' }];
    return records.map(({ id, timestamp, message }) => ({ id, timestamp, message, from }));
  } catch (error) {
    if (error instanceof UnreadablePayload) return [{ rejected: 'unreadable payload' }];
    throw error;
  }
};

const filled = (fields: Readonly<Record<string, string>>): Provenance =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
