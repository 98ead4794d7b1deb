/** Which Services and Ingresses lead to an interface that belongs inside the cluster, and from where it can be reached. */

import type { AuditEvent } from '../events/event.ts';
import { objectAt, textAt } from '../primitives/json.ts';
import { backendsOf, type Reach, reachOfIngress, reachOfService, storedObject } from './exposure.ts';

/** A sensitive interface, by the name on the list, that can or may be reached from outside. */
export interface ExposedInterface {
  readonly name: string;
  readonly reach: Exclude<Reach, 'internal'>;
}

/**
 * The sensitive interface that a written Service or Ingress exposes.
 *
 * @param names names of Services, or parts of their names between hyphens
 */
export const exposedInterface = (event: AuditEvent, names: readonly string[]): ExposedInterface | undefined => {
  if (!writesTarget(event)) return undefined;
  const name = interfaceOf(event, names);
  const reach = reachOf(event);
  return name === undefined || reach === 'internal' ? undefined : { name, reach };
};

/** Finalizers and labels come and go without changing what leads where. */
const writesTarget = ({ verb, requestObject }: AuditEvent): boolean =>
  verb !== 'patch' ||
  requestObject === undefined ||
  requestObject['spec'] !== undefined ||
  objectAt(requestObject, 'metadata')?.['annotations'] !== undefined;

const reachOf = (event: AuditEvent): Reach => {
  const body = storedObject(event);
  if (event.object.resource === 'ingresses') return reachOfIngress(body);
  const type = textAt(body, 'spec', 'type');
  if (type === 'LoadBalancer') return reachOfService(body);
  return type === 'NodePort' ? 'unknown' : 'internal';
};

/** By the names of Services, and the labels that they select. */
const interfaceOf = (event: AuditEvent, names: readonly string[]): string | undefined => {
  const body = storedObject(event);
  const selector = Object.values(objectAt(body, 'spec', 'selector') ?? {});
  const targets = event.object.resource === 'ingresses' ? backendsOf(body) : [event.object.name, ...selector];
  const words = targets.filter((text) => typeof text === 'string').map((text) => `-${text.toLowerCase()}-`);
  return names.find((name) => words.some((word) => word.includes(`-${name}-`)));
};
