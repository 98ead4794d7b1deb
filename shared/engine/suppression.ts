/** The user-editable filter for false positives. A suppressed sighting is counted and not remembered. */

import { principalOf } from '../events/actor.ts';
import { objectName } from '../events/object-name.ts';
import { globTest } from '../primitives/glob.ts';
import type { Sighting } from './engine.ts';

/**
 * Fields that a suppression can look at; any entity of the detection can be named too, as `entity.<name>`.
 * There is no `image`: of a pod's images, one that is suppressed must not hide another; `entity.image` is the one that matched.
 */
export const SUPPRESSIBLE = [
  'cluster',
  'user',
  'group',
  'principal',
  'address',
  'userAgent',
  'namespace',
  'name',
  'resource',
  'object',
  'verb',
] as const;

export interface Suppression {
  /** Detection ids; `*` for all. */
  readonly detections: readonly string[];
  /** Every named field must match one of its patterns; `*` stands for any run of characters, case counts. */
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
    conditions: Object.entries(suppression.where).map(([field, patterns]) => ({
      field,
      tests: patterns.map(globTest),
    })),
  }));
  return (sighting) =>
    compiled.find(
      ({ suppression: { detections, until }, conditions }) =>
        (detections.includes('*') || detections.includes(sighting.rule.detection.id)) &&
        (until === undefined || sighting.event.time < until) &&
        conditions.every(({ field, tests }) =>
          valuesOf(sighting, field).some((value) => tests.some((test) => test(value))),
        ),
    )?.suppression;
};

const valuesOf = ({ event, entities }: Sighting, field: string): readonly string[] => {
  if (field.startsWith('entity.')) return [entities[field.slice('entity.'.length)] ?? ''];
  if (field === 'cluster') return [event.origin.cluster];
  if (event.source === 'kubernetes-event') {
    const { namespace, name, kind } = event.involved;
    return [{ namespace, name, resource: kind.toLowerCase() }[field] ?? ''];
  }
  const { actor, object } = event;
  if (field === 'group') return actor.groups;
  const values: Readonly<Record<string, string>> = {
    user: actor.user,
    principal: principalOf(actor),
    address: event.address,
    userAgent: event.userAgent,
    namespace: object.namespace,
    name: object.name,
    resource: object.subresource === '' ? object.resource : `${object.resource}/${object.subresource}`,
    object: objectName(event),
    verb: event.verb,
  };
  return [values[field] ?? ''];
};
