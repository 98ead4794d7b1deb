/** Requests that leave a workload without replicas. */
import type { AuditEvent } from '../events/event.ts';
import { at } from '../primitives/json.ts';

/**
 * True for a request that sets the replicas of a workload to zero. Scale, unlike a Deployment, has no default: it leaves out a zero, so
 * an update to `spec: {}` means none, and so does a patch that takes the number or the whole spec away.
 */
export const scalesToZero = ({ verb, object, requestObject, body }: AuditEvent): boolean => {
  const spec = at(requestObject ?? body, 'spec');
  const replicas = at(spec, 'replicas');
  if (replicas === 0 || object.subresource !== 'scale') return replicas === 0;
  // A key that a patch does not mention stays as it is.
  const isRemoved = replicas === null || spec === null;
  return isRemoved || (verb === 'update' && spec !== undefined && replicas === undefined);
};
