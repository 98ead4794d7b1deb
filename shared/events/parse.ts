/** From the text of one log record to an event, or to the reason why it is none. */

import { type OpenedRecord, openStamped, openValue } from '../logs/envelopes.ts';
import { isObject, type JsonObject, parseJson, textAt } from '../primitives/json.ts';
import { auditEvent, type RecordInfo } from './audit.ts';
import type { Event, Origin } from './event.ts';
import { kubernetesEventIn, kubernetesEventOf } from './kubernetes-event.ts';
import { salvage } from './truncated.ts';

/** Why a record is no event. Counted and reported; never fatal. */
export type Rejection = 'empty' | 'not JSON' | 'truncated beyond use' | 'not an event' | 'failed to read';

export interface Rejected {
  readonly source: 'rejected';
  readonly reason: Rejection;
}

const rejected = (reason: Rejection): Rejected => ({ source: 'rejected', reason });

/** Lines of the other control-plane logs (API server, scheduler, authenticator) are no JSON and share the log group. */
const looksCut = (text: string): boolean => /^\s*\{\s*"kind"\s*:\s*"Event"/.test(text.slice(0, 64));

type Unsure<T> = { readonly [K in keyof T]: T[K] | undefined };

/** Normalises the text of one record, at least one entry: an envelope may hold several. Never throws. */
export const parseRecords = (text: string, origin: Origin, record: RecordInfo = {}): readonly (Event | Rejected)[] => {
  if (text.trim() === '') return [rejected('empty')];
  const value = parseJson(text);
  const event = eventOf(value, text, origin, record);
  if (event !== undefined) return [event];
  const opened = value === undefined ? openStamped(text) : openValue({ message: text, value, from: {} });
  const { timestamp } = record;
  if (opened === undefined) return [rejected(looksCut(text) ? 'truncated beyond use' : 'not JSON')];
  return opened.map((found) => {
    if ('rejected' in found) return rejected(found.rejected === 'empty' ? 'empty' : 'not an event');
    return openedEvent(found, origin, opened.length === 1 ? { ...found, ...record } : { timestamp, ...found });
  });
};

/** The event in an opened envelope. What identifies the record identifies what is in it, unless that is several. */
const openedEvent = (
  { message, value }: OpenedRecord,
  origin: Origin,
  { id, timestamp }: Unsure<RecordInfo>,
): Event | Rejected => {
  const parsed = value ?? parseJson(message);
  const info = { ...(id !== undefined && { id }), ...(timestamp !== undefined && { timestamp }) };
  const event = eventOf(parsed, message, origin, info);
  if (event !== undefined) return event;
  return rejected(parsed !== undefined ? 'not an event' : looksCut(message) ? 'truncated beyond use' : 'not JSON');
};

/** The same for a record that holds one event: of several, the first. */
export const parseRecord = (text: string, origin: Origin, record: RecordInfo = {}): Event | Rejected =>
  parseRecords(text, origin, record)[0] ?? rejected('empty');

/** The event that a text without envelopes is. */
const eventOf = (value: unknown, text: string, origin: Origin, record: RecordInfo): Event | undefined => {
  if (value === undefined) {
    const beginning = salvage(text);
    return beginning && auditEvent(beginning, text, origin, record, true);
  }
  if (isAudit(value)) return auditEvent(value, text, origin, record);
  const object = kubernetesEventIn(value);
  return object && kubernetesEventOf(object, text, origin, record);
};

/** Some collectors drop `apiVersion`; a stage and an audit id are enough to tell an audit event from a core Event. */
const isAudit = (raw: unknown): raw is JsonObject =>
  isObject(raw) &&
  (textAt(raw, 'apiVersion').startsWith('audit.k8s.io/') || textAt(raw, 'auditID') !== '') &&
  textAt(raw, 'stage') !== '' &&
  textAt(raw, 'verb') !== '';
