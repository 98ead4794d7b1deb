/** How a finding says any request, where a detection looks at requests of every verb and resource. */

import type { AuditHeader } from '../events/event.ts';
import { inNamespace, nameOfObject, said } from './phrases.ts';

/** Verbs of the API, as summaries say them. */
const VERBS = new Map<string, Parameters<typeof said>[1]>([
  ['create', 'create'],
  ['delete', 'delete'],
  ['deletecollection', 'delete'],
  ['get', 'read'],
  ['list', 'list'],
  ['patch', 'change'],
  ['update', 'change'],
  ['watch', 'read'],
]);

/**
 * `alice listed secrets in namespace shop`, `alice was denied using exec of pod shop/web-0`, `alice requested /metrics`.
 *
 * @param how what follows the object, with a space before it
 */
export const saidRequest = (event: AuditHeader, how = ''): string => {
  const { object, path } = event;
  if (object.resource === '') return said(event, 'request', `${path}${how}`);
  const target = object.name === '' ? `${object.resource}${inNamespace(object.namespace)}` : nameOfObject(object);
  if (object.subresource !== '') return said(event, 'use', `${object.subresource} of ${target}${how}`);
  return said(event, VERBS.get(event.verb) ?? 'request', `${target}${how}`);
};
