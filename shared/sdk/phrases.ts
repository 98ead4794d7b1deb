/** How a finding says who did what, and to which object. */

import { nameOf } from '../events/actor.ts';
import type { AuditHeader } from '../events/event.ts';
import type { ObjectReference } from '../kubernetes/request-uri.ts';

/** Verbs of summaries: what was done, and what was denied. */
const VERBS = {
  add: ['added', 'adding'],
  approve: ['approved', 'approving'],
  ask: ['asked', 'asking'],
  attach: ['attached', 'attaching'],
  bind: ['bound', 'binding'],
  change: ['changed', 'changing'],
  check: ['checked', 'checking'],
  copy: ['copied', 'copying'],
  create: ['created', 'creating'],
  decide: ['decided', 'deciding'],
  delete: ['deleted', 'deleting'],
  deny: ['denied', 'denying'],
  empty: ['emptied', 'emptying'],
  enter: ['entered', 'entering'],
  evict: ['evicted', 'evicting'],
  expose: ['exposed', 'exposing'],
  forward: ['forwarded', 'forwarding'],
  grant: ['granted', 'granting'],
  impersonate: ['impersonated', 'impersonating'],
  issue: ['issued', 'issuing'],
  list: ['listed', 'listing'],
  make: ['made', 'making'],
  mint: ['minted', 'minting'],
  open: ['opened', 'opening'],
  pin: ['pinned', 'pinning'],
  put: ['put', 'putting'],
  reach: ['reached', 'reaching'],
  read: ['read', 'reading'],
  register: ['registered', 'registering'],
  relax: ['relaxed', 'relaxing'],
  remove: ['removed', 'removing'],
  request: ['requested', 'requesting'],
  run: ['ran', 'running'],
  send: ['sent', 'sending'],
  set: ['set', 'setting'],
  stop: ['stopped', 'stopping'],
  'switch off': ['switched off', 'switching off'],
  use: ['used', 'using'],
  write: ['wrote', 'writing'],
} as const satisfies Readonly<Record<string, readonly [done: string, gerund: string]>>;

/** `alice created …`, `alice was denied creating …`, or `alice tried to create …` for a request that failed. */
export const said = (event: AuditHeader, verb: keyof typeof VERBS, object: string): string => {
  const [done, gerund] = VERBS[verb];
  const what = { denied: `was denied ${gerund}`, failed: `tried to ${verb}` }[event.outcome as string] ?? done;
  return `${nameOf(event.actor, event.impersonated)} ${what} ${object}`;
};

/** ` in namespace shop`, or nothing for what is in none. */
export const inNamespace = (namespace: string): string => (namespace === '' ? '' : ` in namespace ${namespace}`);

/** `cronjob default/sweep`; a name that the server makes up is not in the request. */
export const nameOfObject = ({ resource, namespace, name }: ObjectReference): string =>
  `${singular(resource)} ${namespace === '' ? '' : `${namespace}/`}${name || '(unnamed)'}`;

/** The same, or `all cronjobs in namespace default` for a request without a name, which is about a whole collection. */
export const nameOrAll = (object: ObjectReference): string =>
  object.name === '' ? `all ${object.resource}${inNamespace(object.namespace)}` : nameOfObject(object);

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
