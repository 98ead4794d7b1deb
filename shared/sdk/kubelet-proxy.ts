/** What a request through `nodes/…/proxy` asks of the kubelet, whose own API knows neither RBAC on pods nor an audit log. */

import type { AuditHeader } from '../events/event.ts';
import { stepsOf } from '../primitives/path-steps.ts';

export interface KubeletCall {
  /** First step of the kubelet's path: `run`, `exec`, `pods`, `metrics`; empty for its root. */
  readonly action: string;
  /** `namespace/name` where the path names a pod; empty elsewhere. */
  readonly pod: string;
}

/** Kubelet endpoints below which the path goes on with namespace and pod. Source: kubernetes/kubernetes, pkg/kubelet/server/server.go. */
const OF_A_POD = new Set(['run', 'exec', 'attach', 'portForward', 'containerLogs']);

const PROXIED = /\/nodes\/+[^/]+\/+proxy(\/.*)?$/s;

/** Undefined for every request that is none. Empty and dotted steps are resolved as the kubelet's own router resolves them. */
export const kubeletCallOf = ({ object, path }: AuditHeader): KubeletCall | undefined => {
  if (object.resource !== 'nodes' || object.subresource !== 'proxy' || object.group !== '') return undefined;
  const [action = '', namespace = '', name = ''] = stepsOf(PROXIED.exec(path)?.[1] ?? '');
  return { action, pod: OF_A_POD.has(action) && name !== '' ? `${namespace}/${name}` : '' };
};
