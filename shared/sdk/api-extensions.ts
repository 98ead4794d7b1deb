/** Where the API server sends requests and objects that something else answers for: APIServices, and conversion of custom resources. */
import type { AuditEvent } from '../events/event.ts';
import { objectAt, textAt } from '../primitives/json.ts';
import { isInternal } from './admission.ts';
import { writtenOf } from './written-part.ts';

interface Extension {
  /** A Service or a URL; empty where the record does not show it. */
  readonly target: string;
  /**
   * `own`: requests of an API group of Kubernetes itself; `metrics`: of one that autoscalers read; `other`: of any other group;
   * `outside`: objects that leave the cluster for conversion.
   */
  readonly reach: 'own' | 'metrics' | 'other' | 'outside';
}

/** What a request has the API server send elsewhere; undefined for one that leaves this as it was. */
export const extensionOf = (event: AuditEvent): Extension | undefined => {
  if (event.object.group === 'apiregistration.k8s.io') return aggregationOf(event);
  return event.object.group === 'apiextensions.k8s.io' ? conversionOf(event) : undefined;
};

const aggregationOf = (event: AuditEvent): Extension | undefined => {
  const written = writtenOf(event);
  const reach = reachOf(event.object.name);
  if (written === undefined) return { target: '', reach };
  if (objectAt(written, 'spec', 'service') === undefined) return undefined;
  const service = objectAt(event.body, 'spec', 'service');
  return { target: `service ${textAt(service, 'namespace')}/${textAt(service, 'name')}`, reach };
};

/** Groups that autoscalers read. Charts bring servers of them, which neither store nor decide anything else. */
const METRICS = ['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io'];

/** The name of an APIService is its version and its group. Groups of Kubernetes have no dot, or end in `.k8s.io`. */
const reachOf = (name: string): Extension['reach'] => {
  const group = name.slice(name.indexOf('.') + 1);
  if (name === '') return 'other';
  if (METRICS.includes(group)) return 'metrics';
  return !group.includes('.') || group.endsWith('.k8s.io') ? 'own' : 'other';
};

const conversionOf = (event: AuditEvent): Extension | undefined => {
  const url = textAt(writtenOf(event), 'spec', 'conversion', 'webhook', 'clientConfig', 'url');
  return url === '' || isInternal(url) ? undefined : { target: url, reach: 'outside' };
};
