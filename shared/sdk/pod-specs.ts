/** What a request would run: the pod specs that it writes, and those of them that are worth judging. */

import { componentsOfKind } from '../eks/components.ts';
import { makesPods } from '../eks/identities.ts';
import type { AuditEvent } from '../events/event.ts';
import { type PodSpec, workloadOf } from '../kubernetes/workload.ts';
import { isObject, type JsonObject, parseJson, textAt } from '../primitives/json.ts';
import { perObject } from '../primitives/memo.ts';

/** Where `kubectl apply` remembers the object that it was given. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const lastAppliedOf = (metadata: JsonObject): JsonObject | undefined => {
  const applied = parseJson(textAt(metadata, 'annotations', LAST_APPLIED));
  return isObject(applied) ? applied : undefined;
};

/**
 * The pod specs that a request writes: the stored object's, what was asked for, and what kubectl's annotation says was applied. A
 * patch is judged by what it changes, so that a new label on a workload is no new workload. Of what controllers write only new pods
 * count, and of those not the agents that every EKS node runs.
 */
export const requestedPodSpecs = perObject((event: AuditEvent): readonly PodSpec[] => {
  if (makesPods(event.actor) && (event.verb !== 'create' || event.object.resource !== 'pods' || isAddOnPod(event)))
    return [];
  const written = event.verb === 'patch' && event.asked !== undefined ? [event.asked] : [event.workload, event.asked];
  const specs: PodSpec[] = [];
  for (const workload of written) {
    if (workload === undefined) continue;
    if (workload.spec !== undefined) specs.push(workload.spec);
    const remembered = workloadOf(event.object, lastAppliedOf(workload.metadata))?.spec;
    if (remembered !== undefined) specs.push(remembered);
  }
  return specs;
});

/** Agents that EKS installs on every node, several of them privileged and on the host network. */
const EKS_DAEMON_SETS = componentsOfKind('daemonset');

const isAddOnPod = ({ workload }: AuditEvent): boolean => {
  const [kind, name = ''] = workload?.owner.split('/') ?? [];
  return EKS_DAEMON_SETS.has(`${kind} ${workload?.namespace}/${name}`);
};
