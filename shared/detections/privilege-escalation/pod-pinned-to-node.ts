import { isUserOrWorkload } from '../../eks/identities.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import { textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, component, controller, createPod, node, pod, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRequested } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-pinned-to-node',
  title: 'Pod pinned to a node by hand (nodeName)',
  description:
    'Somebody chose the node of a pod by name instead of leaving it to the scheduler. NoSchedule taints do not apply then, and an attacker can run next to a workload that is worth stealing from.',
  tactic: 'privilege-escalation',
  techniques: ['T1543.005'],
  impact: 50,
  confidence: 50,
  denied: { confidence: 40 },
  type: 'Hunting',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: '`kubectl debug node/…`, and tools that test every node in turn.',
  triage:
    'List what else runs on that node: kubectl get pods -A --field-selector spec.nodeName=<node>. Check whether the pod reaches the node (hostPath, hostPID, privileged). If it does and is not known, delete it: kubectl -n <namespace> delete pod <name>.',
  references: ['https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename'],
  related: [],
  audit: {
    level: 'request',
    verbs: WRITE_VERBS,
    resources: [...WORKLOADS, 'pods/binding', 'bindings'],
    actor: isUserOrWorkload,
  },
  find: (event) => {
    const { object, actor, verb } = event;
    if (object.resource === 'bindings' || object.subresource === 'binding') {
      const node = textAt(event.requestObject, 'target', 'name');
      // A scheduler that a team runs itself is a service account, and binding pods is its work.
      return node !== '' && !actor.serviceAccount && { workload: `pod ${object.namespace}/${object.name}`, node };
    }
    // An existing pod has its node from the scheduler, so of pods only new ones count.
    if (object.resource === 'pods' && verb !== 'create') return undefined;
    const nodes = requestedPodSpecs(event).map(({ raw }) => textAt(raw, 'nodeName'));
    const node = nodes.find((name) => name !== '');
    return node !== undefined && { workload: nameOfRequested(event), node };
  },
  entities: (found) => found,
  summary: ({ workload, node }, event) => said(event, 'pin', `${workload} to node ${node}`),
});

const api = /* @__PURE__ */ serviceAccount('shop', 'api');
const pinned = { nodeName: 'ip-1' };
const template = { request: { spec: { template: { spec: pinned } } } };
const binding = { request: { kind: 'Binding', target: { kind: 'Node', name: 'ip-1' } } };

export const examples = () => ({
  fires: {
    'alice pinned pod default/web to node ip-1': createPod(alice, pod(pinned)),
    'alice pinned deployment shop/api to node ip-1': call(alice, 'update deployments.apps shop/api', template),
    'alice pinned pod default/api to node ip-1': call(alice, 'create pods/binding default/api', binding),
    'alice pinned pod default/db to node ip-1': call(alice, 'create bindings default/db', binding),
    'service account shop/api pinned pod default/web to node ip-1': createPod(api, pod(pinned)),
  },
  silent: {
    'a label that many nodes have': createPod(alice, pod({ nodeSelector: { zone: 'a' } })),
    'the scheduler binds': call(component('kube-scheduler'), 'create pods/binding default/web', binding),
    'a scheduler that a team runs binds': call(api, 'create pods/binding default/web', binding),
    'a new label on a pod that runs': createPod(alice, pod(pinned), { verb: 'update' }),
    'a kubelet mirrors its static pod': createPod(node(), pod(pinned)),
    'the DaemonSet controller': createPod(controller('daemon-set-controller'), pod(pinned)),
  },
});
