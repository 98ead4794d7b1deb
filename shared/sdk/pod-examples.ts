/** Builders of raw records that write pods and workloads, for the examples of the detections. */

import type { JsonObject } from '../primitives/json.ts';
import { type Caller, controller, human } from './caller-examples.ts';
import { audit, createPod, ownedBy, pod, type RequestParts } from './record-examples.ts';
import { DENIED_BY_ADMISSION } from './request-examples.ts';

type Parts = Partial<RequestParts>;

/** Somebody creates a workload, or updates it where `parts` say so: `writeWorkload(human(), workload('Job', spec))`. */
export const writeWorkload = (by: Caller, body: JsonObject, parts: Parts = {}): JsonObject => {
  const kind = String(body['kind']).toLowerCase();
  const { name, namespace } = body['metadata'] as { readonly name: string; readonly namespace: string };
  const group = body['apiVersion'] === 'batch/v1' ? 'batch' : 'apps';
  return audit({ verb: 'create', by, resource: `${kind}s.${group}`, namespace, name, request: body, ...parts });
};

/** Admission denies mallory a pod. */
export const deniedPod = (body: JsonObject): JsonObject => createPod(human('mallory'), body, DENIED_BY_ADMISSION);

/** Somebody adds an ephemeral container to the running pod default/web (`kubectl debug`). */
export const debugPod = (container: JsonObject, running: JsonObject = pod({})): JsonObject =>
  audit({
    verb: 'patch',
    by: human(),
    resource: 'pods/ephemeralcontainers',
    namespace: 'default',
    name: 'web',
    request: { spec: { ephemeralContainers: [container] } },
    response: running,
  });

/** The DaemonSet controller starts a pod of an add-on that EKS installs in kube-system. */
export const addOnPod = (daemonSet: string, spec: JsonObject): JsonObject =>
  createPod(
    controller('daemon-set-controller'),
    pod(spec, { namespace: 'kube-system', ...ownedBy('DaemonSet', daemonSet) }),
  );

/** The ReplicaSet controller starts a pod of this Deployment. */
export const replicaPod = (deployment: string, spec: JsonObject = {}, namespace = 'default'): JsonObject => {
  const replicaSet = `${deployment}-7d4b9c6f8`;
  const metadata = { name: `${replicaSet}-x2x4z`, namespace, ...ownedBy('ReplicaSet', replicaSet) };
  return createPod(controller('replicaset-controller'), pod(spec, metadata));
};
