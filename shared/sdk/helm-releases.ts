/** Secrets in which Helm keeps its releases. Source: the storage driver `secrets` of Helm 3. */
import type { AuditHeader } from '../events/event.ts';

/** Whether a request is about records of Helm releases and nothing else: by name, or by a selector that the API server applies. */
export const isOfHelmRelease = ({ object, query }: AuditHeader): boolean =>
  object.name === ''
    ? query.get('labelSelector')?.[0]?.split(',').includes('owner=helm') === true
    : object.name.startsWith('sh.helm.release.v1.');
