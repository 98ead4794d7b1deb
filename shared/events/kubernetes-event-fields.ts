/** The fields of Kubernetes Events. Names are those of core/v1, whichever API version a record is of. */
import type { KubernetesEvent } from './event.ts';
import { type FieldTable, ORIGIN_FIELDS } from './fields.ts';

const kindOf = ({ involved }: KubernetesEvent): string => involved.kind.toLowerCase();

// No field is one that a Logs Insights query can address: collectors wrap the object, each in its own way.
export const KUBERNETES_EVENT_FIELDS = {
  ...ORIGIN_FIELDS,
  'eks.resource': { read: kindOf, alias: 'resource' },
  'eks.object': {
    read: (event) => `${kindOf(event)} ${event.involved.namespace}/${event.involved.name}`,
    alias: 'object',
    observed: 'objects',
    evidence: 'object',
  },
  'eks.images': {
    read: ({ images }) => images.map(({ text }) => text),
    unsuppressible: 'a pod has several, and one that is suppressed must not hide another. Use entity.image',
    observed: 'images',
  },
  reason: { read: ({ reason }) => reason, observed: 'reasons', evidence: 'reason' },
  message: { read: ({ message }) => message, observed: 'messages', evidence: 'message' },
  type: { read: ({ type }) => type },
  count: { read: ({ count }) => count, isFixed: true },
  'source.component': { read: ({ component }) => component },
  'source.host': { read: ({ host }) => host, observed: 'hosts', evidence: 'host' },
  'involvedObject.kind': { read: ({ involved }) => involved.kind },
  'involvedObject.namespace': { read: ({ involved }) => involved.namespace, alias: 'namespace' },
  'involvedObject.name': { read: ({ involved }) => involved.name, alias: 'name' },
} as const satisfies FieldTable<KubernetesEvent>;
