/** Where an image is used: in a request that writes a pod, in a kubelet's report, or in a Kubernetes Event about a pull. */

import type { Event } from '../events/event.ts';

/** Namespace of the pod. */
export const namespaceOfUse = (event: Event): string =>
  event.source === 'audit' ? event.object.namespace : event.involved.namespace;

/** Node of the pod, or an empty text as long as the scheduler has not chosen one. */
export const nodeOfUse = (event: Event): string => {
  if (event.source === 'kubernetes-event') return event.host;
  const assigned = event.spec?.raw['nodeName'];
  return event.actor.node ?? (typeof assigned === 'string' ? assigned : '');
};
