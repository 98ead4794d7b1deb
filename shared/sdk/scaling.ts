/** Requests that leave a workload without replicas. */
import type { AuditEvent } from '../events/event.ts';
import { at } from '../primitives/json.ts';

/**
 * True for a request that sets the replicas of a workload to zero. A Scale, unlike a Deployment, has no default and leaves out a zero:
 * an update to `spec: {}` means none, and so does a patch that removes the number or the whole spec.
 */
export const scalesToZero = ({ verb, object, requestObject, body }: AuditEvent): boolean => {
  const spec = at(requestObject ?? body, 'spec');
  const replicas = at(spec, 'replicas');
  if (object.subresource !== 'scale') return replicas === 0;
  // What a patch does not mention stays. An update, and the response to a patch that cannot be followed, hold everything.
  const isPart = verb === 'patch' && requestObject !== undefined;
  return isPart ? replicas === 0 || replicas === null || spec === null : spec !== undefined && (replicas ?? 0) === 0;
};
