/**
 * What collectors, exports and people wrap around a record. The terminal and the deployment open the same envelopes with this code, so
 * what is found in a file is found in a log group too.
 */
import { at, isObject, type Json, type JsonObject, listAt, numberAt, parseJson, textAt } from '../primitives/json.ts';

/** Where a record came from, as far as its envelopes say. */
export interface Provenance {
  readonly account?: string;
  readonly logGroup?: string;
  readonly logStream?: string;
}

/** A record without its envelopes. */
export interface OpenedRecord {
  readonly message: string;
  /** The message parsed; undefined when it is not JSON, or was not looked at. */
  readonly value?: Json | undefined;
  /** CloudWatch Logs event id, where an envelope has one; `timestamp` likewise, in milliseconds since the epoch. */
  readonly id?: string;
  readonly timestamp?: number;
  readonly from: Provenance;
}

/** An envelope that holds no record, and why. */
export interface Unopened {
  readonly rejected: 'unreadable payload' | 'empty';
}

export type Opened = OpenedRecord | Unopened;

/** Reads the compressed payload of a subscription, which is no envelope of a record but how many of them travel. */
export type PayloadReader = (data: string) => readonly Opened[];

const NOWHERE: Provenance = {};

/** How deep envelopes are opened. */
const DEEPEST = 6;

/**
 * Keys that collectors put a record under: Splunk's HTTP collector and exports, Fluent Bit, OpenTelemetry's exporter around what its
 * k8sobjects receiver makes of a watch (`{body: {type, object}}`), CloudWatch Logs and Logs Insights.
 */
const WRAPPERS = ['message', '@message', 'event', 'log', 'log_processed', 'body', '_raw', 'result', 'object'] as const;

/** Keys of lists of records: answers of the AWS CLI, `kubectl get -o json`, an audit webhook's batch. */
const LISTS = ['events', 'items', 'logEvents', 'results'] as const;

/** A line of an export to S3, `2026-03-02T10:15:00.000Z {…}`; `aws logs tail` puts the log stream between the two. */
const STAMPED = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))[ \t]+(?:([^\s{]+)[ \t]+)?(?=\{)/;

/** How the API server begins a record, and most collectors an Event: there is nothing around it. */
const BARE = '{"kind":"Event",';

/**
 * The records in a text, at least one entry. Text in which nothing is recognised is its own record: whether it is one, its reader says.
 *
 * @param payload reads compressed payloads. Default: they are not opened, since a small one can hold very much
 */
export const openText = (text: string, payload?: PayloadReader): readonly Opened[] => {
  if (text.startsWith(BARE)) return [{ message: text, from: NOWHERE }];
  return openStamped(text, payload) ?? openValue({ message: text, value: parseJson(text), from: NOWHERE }, payload);
};

/** The same for a line that begins with a time, which is not JSON. Undefined for any other. */
export const openStamped = (text: string, payload?: PayloadReader): readonly Opened[] | undefined => {
  const stamp = STAMPED.exec(text);
  if (stamp === null) return undefined;
  const message = text.slice(stamp[0].length);
  const from = stamp[2] === undefined ? NOWHERE : { logStream: stamp[2] };
  const record = { message, timestamp: Date.parse(stamp[1] as string), from };
  return message.startsWith(BARE) ? [record] : openValue({ ...record, value: parseJson(message) }, payload);
};

/** The same for a text that is parsed already. */
export const openValue = (record: OpenedRecord, payload?: PayloadReader): readonly Opened[] => open(record, 0, payload);

const open = (outer: OpenedRecord, depth: number, payload?: PayloadReader): readonly Opened[] => {
  const { value } = outer;
  if (depth > DEEPEST) return [outer];
  if (Array.isArray(value)) return each(value, outer, depth, payload);
  if (!isObject(value) || isRecord(value)) return [outer];
  const data = textAt(value, 'awslogs', 'data');
  if (data !== '' && payload !== undefined) return payload(data);
  if (textAt(value, 'messageType') !== '') {
    const from = provenanceOf(value);
    return each(listAt(value, 'logEvents'), { ...outer, from }, depth, payload);
  }
  for (const list of LISTS) {
    const entries = at(value, list);
    if (Array.isArray(entries)) return each(entries as readonly Json[], outer, depth, payload);
  }
  return unwrap(value, outer, depth, payload) ?? [outer];
};

const provenanceOf = (payload: JsonObject): Provenance => {
  const [account, logGroup, logStream] = ['owner', 'logGroup', 'logStream'].map((key) => textAt(payload, key));
  return { ...(account && { account }), ...(logGroup && { logGroup }), ...(logStream && { logStream }) };
};

/** An id is that of the whole list, and of no entry. */
const each = (
  values: readonly Json[],
  { timestamp, from }: OpenedRecord,
  depth: number,
  payload?: PayloadReader,
): readonly Opened[] =>
  values.length === 0
    ? [{ rejected: 'empty' }]
    : values.flatMap((value) => {
        const [message, parsed] = typeof value === 'string' ? [value, parseJson(value)] : [jsonOf(value), value];
        return open({ message, value: parsed, ...(timestamp && { timestamp }), from }, depth + 1, payload);
      });

/**
 * What is under the first key that holds a record; under the first that holds an object when none does, as for a record that was cut.
 * Undefined for something else.
 */
const unwrap = (
  value: JsonObject,
  outer: OpenedRecord,
  depth: number,
  payload?: PayloadReader,
): readonly Opened[] | undefined => {
  let first: readonly Opened[] | undefined;
  for (const key of WRAPPERS) {
    const inner = at(value, key);
    const message = typeof inner === 'string' ? inner : isObject(inner) ? jsonOf(inner) : '';
    if (!/^\s*\{/.test(message)) continue;
    const parsed = typeof inner === 'string' ? parseJson(inner) : (inner as JsonObject);
    const opened = open({ message, value: parsed, ...detailsOf(value, outer) }, depth + 1, payload);
    if (opened.some(isRecognised)) return opened;
    first ??= opened;
  }
  return first;
};

/** What a wrapper says of the record in it, or what is around the wrapper. */
const detailsOf = (wrapper: JsonObject, outer: OpenedRecord): Omit<OpenedRecord, 'message'> => {
  const timestamp = numberAt(wrapper, 'timestamp') || outer.timestamp;
  const id = textAt(wrapper, 'eventId') || textAt(wrapper, 'id') || outer.id;
  const logStream = textAt(wrapper, 'logStreamName');
  return {
    ...(timestamp && timestamp > 0 && { timestamp }),
    ...(id && { id }),
    from: logStream === '' ? outer.from : { ...outer.from, logStream },
  };
};

const isRecognised = (opened: Opened): boolean =>
  'rejected' in opened || (isObject(opened.value) && isRecord(opened.value));

/** What needs no opening: an audit event, an Event object, or one that OpenTelemetry's k8s_events receiver has taken apart. */
const isRecord = (value: JsonObject): boolean =>
  textAt(value, 'auditID') !== '' ||
  (textAt(value, 'apiVersion').startsWith('audit.k8s.io/') && textAt(value, 'stage') !== '') ||
  isObject(at(value, 'involvedObject')) ||
  isObject(at(value, 'regarding')) ||
  textAt(value, 'resource', 'k8s.object.kind') !== '';

/** JSON of a part; empty for one that is nested too deeply to be written. */
const jsonOf = (value: Json): string => {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
};
