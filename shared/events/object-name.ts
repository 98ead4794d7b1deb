import type { AuditHeader } from './event.ts';

/** `pods/exec default/web`, or the path for a request outside the API. */
export const objectName = (event: AuditHeader): string => {
  const { resource, subresource, namespace, name } = event.object;
  if (resource === '') return event.path;
  const kind = subresource === '' ? resource : `${resource}/${subresource}`;
  const place = [namespace, name].filter((part) => part !== '').join('/');
  return place === '' ? kind : `${kind} ${place}`;
};
