/** From the text of one log record to an event, or to the reason why it is none. */

import { isObject, type JsonObject, parseJson, textAt } from '../primitives/json.ts';
import { auditEvent, type RecordInfo } from './audit.ts';
import type { Event, Origin } from './event.ts';
import { kubernetesEventOf, unwrapKubernetesEvent } from './kubernetes-event.ts';
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

/** Normalises the text of one record. Never throws. */
export const parseRecord = (text: string, origin: Origin, record: RecordInfo = {}): Event | Rejected => {
  if (text.trim() === '') return rejected('empty');
  const raw = parseJson(text);
  if (raw !== undefined) return parseJsonRecord(raw, text, origin, record);
  const prefix = salvage(text);
  if (prefix !== undefined) return auditEvent(prefix, text, origin, record, true);
  return rejected(looksCut(text) ? 'truncated beyond use' : 'not JSON');
};

/** The same for a record that is parsed already (an element of a JSON array). */
export const parseJsonRecord = (
  raw: unknown,
  text: string,
  origin: Origin,
  record: RecordInfo = {},
): Event | Rejected => {
  if (isAudit(raw)) return auditEvent(raw, text, origin, record);
  const inner = unwrapKubernetesEvent(raw);
  return inner === undefined ? rejected('not an event') : kubernetesEventOf(inner, text, origin, record);
};

/** Some collectors drop `apiVersion`; a stage and an audit id are enough to tell an audit event from a core Event. */
const isAudit = (raw: unknown): raw is JsonObject =>
  isObject(raw) &&
  (textAt(raw, 'apiVersion').startsWith('audit.k8s.io/') || textAt(raw, 'auditID') !== '') &&
  textAt(raw, 'stage') !== '' &&
  textAt(raw, 'verb') !== '';
