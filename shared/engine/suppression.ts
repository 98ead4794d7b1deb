/** The user-editable filter for false positives. A suppressed sighting is counted and not remembered. */

import { AUDIT_FIELDS } from '../events/audit-fields.ts';
import type { AuditEvent, Event, KubernetesEvent } from '../events/event.ts';
import type { Field, FieldTable } from '../events/fields.ts';
import { KUBERNETES_EVENT_FIELDS } from '../events/kubernetes-event-fields.ts';
import { globTest } from '../primitives/glob.ts';
import type { Sighting } from './engine.ts';

const TABLES: readonly FieldTable<never>[] = [AUDIT_FIELDS, KUBERNETES_EVENT_FIELDS];

const fieldsOf = <E extends Event>(table: FieldTable<E>): ReadonlyMap<string, Field<E>> =>
  new Map(
    Object.entries(table)
      .filter(([, { unsuppressible }]) => unsuppressible === undefined)
      .flatMap(([name, field]) =>
        [name, ...(field.alias === undefined ? [] : [field.alias])].map((key) => [key, field]),
      ),
  );

const OF_AUDIT = fieldsOf<AuditEvent>(AUDIT_FIELDS);
const OF_KUBERNETES_EVENTS = fieldsOf<KubernetesEvent>(KUBERNETES_EVENT_FIELDS);

/** Short names of the fields that people suppress by; each is another name of one field of each table. */
export const SUPPRESSION_ALIASES: readonly string[] = [
  ...new Set(TABLES.flatMap((table) => Object.values(table).flatMap(({ alias }) => alias ?? []))),
];

/**
 * Fields that a suppression can look at, by their short names and by those of the field tables. An entity of the detection can be named
 * too, as `entity.<name>`.
 */
export const SUPPRESSIBLE: readonly string[] = [
  ...new Set([...SUPPRESSION_ALIASES, ...OF_AUDIT.keys(), ...OF_KUBERNETES_EVENTS.keys()]),
];

/** Why a field that events have is none that a suppression can look at. Undefined for any other name. */
export const whyUnsuppressible = (name: string): string | undefined =>
  TABLES.map((table) => (Object.hasOwn(table, name) ? table[name]?.unsuppressible : undefined)).find(
    (why) => why !== undefined,
  );

export interface Suppression {
  /** Detection ids; `*` for all. */
  readonly detections: readonly string[];
  /** By the names in SUPPRESSIBLE. Every named field must match one of its patterns; `*` stands for any run of characters, case counts. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  readonly reason: string;
  /** Milliseconds since the epoch; events from then on are not suppressed. */
  readonly until?: number;
}

type Suppressor = (sighting: Sighting) => Suppression | undefined;

/** Compiles suppressions; the result gives the first one that applies to a sighting. */
export const createSuppressor = (suppressions: readonly Suppression[]): Suppressor => {
  const compiled = suppressions.map((suppression) => ({
    suppression,
    conditions: Object.entries(suppression.where).map(([name, patterns]) => ({
      read: readerOf(name),
      tests: patterns.map(globTest),
    })),
  }));
  return (sighting) =>
    compiled.find(
      ({ suppression: { detections, until }, conditions }) =>
        (detections.includes('*') || detections.includes(sighting.rule.detection.id)) &&
        (until === undefined || sighting.event.time < until) &&
        conditions.every(({ read, tests }) => read(sighting).some((value) => tests.some((test) => test(value)))),
    )?.suppression;
};

/** What a sighting has under a name. A text that is missing is an empty one; a list may have nothing in it. */
const readerOf = (name: string): ((sighting: Sighting) => readonly string[]) => {
  if (name.startsWith(ENTITY)) {
    const entity = name.slice(ENTITY.length);
    return ({ entities }) => [entities[entity] ?? ''];
  }
  const [ofAudit, ofKubernetesEvents] = [OF_AUDIT.get(name), OF_KUBERNETES_EVENTS.get(name)];
  return ({ event }) => (event.source === 'audit' ? textsOf(ofAudit, event) : textsOf(ofKubernetesEvents, event));
};

const ENTITY = 'entity.';

const textsOf = <E extends Event>(field: Field<E> | undefined, event: E): readonly string[] => {
  if (field === undefined) return MISSING;
  const value = field.read(event);
  return typeof value === 'object' ? value : [String(value || '')];
};

const MISSING: readonly string[] = [''];
