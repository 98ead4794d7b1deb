/** The pod specs that a request writes, as far as a detection judges them. */

import { componentsOfKind } from '../eks/components.ts';
import { makesPods } from '../eks/identities.ts';
import type { AuditEvent } from '../events/event.ts';
import { type PodSpec, workloadOf } from '../kubernetes/workload.ts';
import { isObject, type JsonObject, parseJson, textAt } from '../primitives/json.ts';
import { perObject } from '../primitives/memo.ts';

/** Annotation in which `kubectl apply` keeps the object that it was given. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const lastAppliedOf = (metadata: JsonObject): JsonObject | undefined => {
  const applied = parseJson(textAt(metadata, 'annotations', LAST_APPLIED));
  return isObject(applied) ? applied : undefined;
};

/**
 * The pod specs that a request writes: of the stored object, of the requested one, and of the one in kubectl's annotation. A patch is
 * judged by what it changes, so that a new label on a workload is not a new workload. Of what controllers write, only new pods count,
 * without the agents that EKS runs on every node.
 */
export const requestedPodSpecs = perObject((event: AuditEvent): readonly PodSpec[] => {
  if (makesPods(event.actor) && (event.verb !== 'create' || event.object.resource !== 'pods' || isAddOnPod(event)))
    return [];
  const written = event.verb === 'patch' && event.asked !== undefined ? [event.asked] : [event.workload, event.asked];
  const specs: PodSpec[] = [];
  for (const workload of written) {
    if (workload === undefined) continue;
    if (workload.spec !== undefined) specs.push(workload.spec);
    const applied = workloadOf(event.object, lastAppliedOf(workload.metadata))?.spec;
    if (applied !== undefined) specs.push(applied);
  }
  return specs;
});

/** Agents that EKS installs on every node, several of them privileged and on the host network. */
const EKS_DAEMON_SETS = componentsOfKind('daemonset');

const isAddOnPod = ({ workload }: AuditEvent): boolean => {
  const [kind, name = ''] = workload?.owner.split('/') ?? [];
  return EKS_DAEMON_SETS.has(`${kind} ${workload?.namespace}/${name}`);
};
