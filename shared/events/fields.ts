/**
 * Fields of events. Each log source has one table: what its values are called, how they are read, and what the rest of the program does
 * with them. A name is the record's own path (`objectRef.namespace`); what is computed is below `eks.` (`eks.sourceIP`).
 */
import { clean } from '../primitives/clean-text.ts';
import type { Event } from './event.ts';

/** What an event has under a name. An empty text, 0 and an empty list mean that it has nothing. */
type FieldValue = string | number | readonly string[];

/** Kinds of distinct values that a finding lists. */
type ObservedKind =
  | 'addresses'
  | 'codes'
  | 'groups'
  | 'hosts'
  | 'images'
  | 'messages'
  | 'objects'
  | 'principals'
  | 'reasons'
  | 'uris'
  | 'userAgents'
  | 'users'
  | 'verbs';

/** What an analyst looks for in other logs. */
export type Pivot = 'address' | 'user name' | 'user id' | 'credential' | 'user agent';

/** Where a piece of evidence keeps a field; below `actor` and `impersonated` are blocks of their own. */
export type EvidenceKey =
  | 'address'
  | 'auditId'
  | 'code'
  | 'host'
  | 'logStream'
  | 'message'
  | 'object'
  | 'reason'
  | 'stage'
  | 'uri'
  | 'userAgent'
  | 'verb'
  | `actor.${string}`
  | `impersonated.${'user' | 'groups'}`;

/** One field of a log source. */
export interface Field<E extends Event> {
  readonly read: (event: E) => FieldValue;
  /** A short name that suppressions may use. */
  readonly alias?: string;
  /** Why no suppression may look at it, and what to use. Default: any may. */
  readonly unsuppressible?: string;
  /**
   * True for what can hold nothing that has to be cleaned or cut, as the API server or AWS writes it in one of a few forms. Default:
   * false, since nearly everything in a record is chosen by its client.
   */
  readonly isFixed?: true;
  /** Characters that are shown of a value. Default: 256. */
  readonly longest?: number;
  /** Values of one event that are shown. Default: all. */
  readonly most?: number;
  /** What the field reads where the record names nothing; such a value is not shown. */
  readonly placeholder?: string;
  /** The kind of observed value that it is. Default: none. */
  readonly observed?: ObservedKind;
  /** Where evidence keeps it. Default: nowhere. */
  readonly evidence?: EvidenceKey;
  readonly pivot?: Pivot;
  /** What a Logs Insights query calls it. Absent for what no query can address. */
  readonly query?: string;
}

/** The fields of a log source by their names. */
export type FieldTable<E extends Event> = Readonly<Record<string, Field<E>>>;

/** What every event has: where its record came from. */
export const ORIGIN_FIELDS = {
  'eks.cluster': { read: ({ origin }) => origin.cluster, alias: 'cluster', isFixed: true },
  'eks.account': { read: ({ origin }) => origin.account ?? '', alias: 'account', isFixed: true },
  'eks.region': { read: ({ origin }) => origin.region ?? '', alias: 'region', isFixed: true },
  'eks.logGroup': { read: ({ origin }) => origin.logGroup ?? '', query: '@log' },
  'eks.logStream': { read: ({ origin }) => origin.logStream ?? '', evidence: 'logStream', query: '@logStream' },
} as const satisfies FieldTable<Event>;

const NONE: readonly string[] = [];

const textsOf = (value: FieldValue): readonly string[] => {
  if (typeof value === 'object') return value;
  return value === '' || value === 0 ? NONE : [String(value)];
};

/** The values of an event under a name, as the record has them; none where it has nothing. */
export const valuesOf = <E extends Event>(field: Field<E>, event: E): readonly string[] => textsOf(field.read(event));

/** The values of an event as they may be shown to people: as many, as long and as clean as the table says. */
export const shownValues = <E extends Event>(field: Field<E>, event: E): readonly string[] => {
  const { isFixed, longest, most, placeholder } = field;
  const shown: string[] = [];
  for (const text of valuesOf(field, event)) {
    if (shown.length === most) break;
    if (text !== '' && text !== placeholder) shown.push(isFixed ? text : clean(text, longest));
  }
  return shown;
};
