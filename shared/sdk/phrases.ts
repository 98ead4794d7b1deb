/** How a finding says who did what, and to which object. */

import { nameOf } from '../events/actor.ts';
import type { AuditHeader } from '../events/event.ts';
import type { ObjectReference } from '../kubernetes/request-uri.ts';

/** `alice did`, or `alice was refused to do`. */
export const whoDid = (event: AuditHeader, did: string, toDo: string): string =>
  `${nameOf(event.actor, event.impersonated)} ${event.outcome === 'denied' ? `was refused to ${toDo}` : did}`;

/** `cronjob default/sweep`; a name that the server makes up is not in the request. */
export const nameOfObject = ({ resource, namespace, name }: ObjectReference): string =>
  `${singular(resource)} ${namespace === '' ? '' : `${namespace}/`}${name || '(unnamed)'}`;

const singular = (resource: string): string =>
  resource.endsWith('ies')
    ? `${resource.slice(0, -3)}y`
    : resource.endsWith('sses')
      ? resource.slice(0, -2)
      : resource.replace(/s$/, '');

/** A request that made something new: a create, or a server-side apply of what was not there. */
export const isNew = (event: AuditHeader): boolean => event.verb === 'create' || event.code === 201;

/** Verbs of requests that may make something new. */
export const CREATE_VERBS: readonly string[] = ['create', 'patch'];
