import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WORKLOADS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  bob,
  carol,
  component,
  controller,
  createPod,
  node,
  pod,
  serviceAccount,
  workload,
  writeWorkload,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRequested } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

const isBinding = ({ object }: AuditEvent): boolean =>
  object.resource === 'bindings' || (object.resource === 'pods' && object.subresource === 'binding');

/** The node that a request names. An existing pod has its node from the scheduler, so of pods only new ones count. */
const nodeOf = (event: AuditEvent): string | undefined => {
  // A scheduler that a team runs itself is a service account, and binding pods is its work.
  if (isBinding(event)) return event.actor.serviceAccount ? undefined : textAt(event.requestObject, 'target', 'name');
  if (event.object.resource === 'pods' && event.verb !== 'create') return undefined;
  return requestedPodSpecs(event)
    .map(({ raw }) => textAt(raw, 'nodeName'))
    .find((name) => name !== '');
};

const nameOfPinned = (event: AuditEvent): string =>
  isBinding(event) ? `pod ${event.object.namespace}/${event.object.name}` : nameOfRequested(event);

export default defineDetection({
  id: 'pod-pinned-to-node',
  title: 'Pod pinned to a node by hand (nodeName)',
  description:
    'Somebody chose the node of a pod by name instead of leaving it to the scheduler. Taints and quotas do not apply then, and an attacker can run next to a workload that is worth stealing from.',
  tactic: 'privilege-escalation',
  techniques: ['T1543.005'],
  impact: 50,
  confidence: 50,
  denied: { confidence: 40 },
  type: 'Hunting',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: '`kubectl debug node/…`, and tools that test every node in turn.',
  triage:
    'List what else runs on that node: kubectl get pods -A --field-selector spec.nodeName=<node>. Check whether the pod reaches the node (hostPath, hostPID, privileged); if it does and is not known, delete it.',
  references: ['https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename'],
  related: [],
  audit: {
    level: 'request',
    verbs: WRITE_VERBS,
    resources: [...WORKLOADS, 'pods/binding', 'bindings'],
    actor: isUserOrWorkload,
  },
  find: (event) => {
    const name = nodeOf(event);
    return name ? { workload: nameOfPinned(event), node: name } : undefined;
  },
  entities: (found) => found,
  summary: (found, event) => said(event, 'pin', `${found.workload} to node ${found.node}`),
});

const pinned = { nodeName: 'ip-10-0-1-17' };
const bind = (by = alice) =>
  audit({
    verb: 'create',
    by,
    resource: 'pods/binding',
    namespace: 'default',
    name: 'web',
    request: { kind: 'Binding', target: { kind: 'Node', name: 'ip-10-0-1-17' } },
  });

export const examples = () => ({
  fires: {
    'alice pinned pod default/web to node ip-10-0-1-17': createPod(alice, pod(pinned)),
    'bob pinned job default/web to node ip-10-0-1-17': writeWorkload(bob, workload('Job', pinned)),
    'carol pinned pod default/web to node ip-10-0-1-17': bind(carol),
    'service account shop/api pinned pod default/web to node ip-10-0-1-17': createPod(
      serviceAccount('shop', 'api'),
      pod(pinned),
    ),
  },
  silent: {
    'a label that many nodes have': createPod(alice, pod({ nodeSelector: { zone: 'a' } })),
    'the scheduler binds': bind(component('kube-scheduler')),
    'a new label on a pod that runs': createPod(alice, pod(pinned), { verb: 'update' }),
    'a kubelet mirrors its static pod': createPod(node(), pod(pinned)),
    'the DaemonSet controller': createPod(controller('daemon-set-controller'), pod(pinned)),
  },
});
