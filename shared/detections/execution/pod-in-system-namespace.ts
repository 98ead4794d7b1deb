import { isUserOrWorkload, makesPods } from '../../eks/identities.ts';
import { EKS_DEPLOYMENTS, SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import type { Actor } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { addOnPod, alice, bob, call, createPod, human, mallory, node, pod, replicaPod } from '../../sdk/examples.ts';
import { isNew, said } from '../../sdk/phrases.ts';
import { nameOfRequested } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-in-system-namespace',
  title: 'Pod or workload created in a system namespace (kube-system)',
  description:
    'Somebody other than Kubernetes and Amazon EKS created a pod or workload in a system namespace. It hides there among privileged pods that nobody looks at, and can use powerful service accounts.',
  tactic: 'execution',
  techniques: ['T1610'],
  impact: 60,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  falsePositives: 'Charts that a team installs into kube-system, such as log shippers. Suppress them by workload.',
  triage:
    'Compare the name and the image with what the chart of that name installs: kubectl -n <namespace> get <kind> <name> -o yaml. If nobody can explain it, delete it and look for what else the caller created.',
  references: ['https://research.splunk.com/cloud/3d6b1a81-367b-42d5-a925-6ef90b6b9f1e/'],
  related: [
    'falco:Pod Created in Kube Namespace',
    'panther:k8s_pod_created_in_system_namespace',
    'sigma:kubernetes_audit_pod_in_system_namespace',
    'sumo:Kubernetes Pod Created in Kube Namespace',
  ],
  audit: {
    level: 'any',
    verbs: WRITE_VERBS,
    resources: WORKLOADS,
    actor: (actor: Actor) => isUserOrWorkload(actor) || makesPods(actor),
  },
  find: (event) => {
    if (!SYSTEM_NAMESPACES.includes(event.object.namespace) || !isNew(event)) return false;
    const name = nameOfRequested(event);
    // What controllers make for a workload counts when a pod of it appears, unless EKS installs the workload.
    const isOfEks = makesPods(event.actor) && (requestedPodSpecs(event).length === 0 || EKS_DEPLOYMENTS.has(name));
    return !isOfEks && name;
  },
  // A pod of a controller may be new because an old workload was restarted.
  weight: (_workload, { actor }) => (makesPods(actor) ? { confidence: 30 } : {}),
  entities: (workload) => ({ workload }),
  principal: false,
  summary: (workload, event) => said(event, 'run', `${workload} in a system namespace`),
});

const create = (by = alice, namespace = 'kube-system', code = 201) =>
  createPod(by, pod({}, { name: 'x', namespace }), { code });
const applied = { request: { kind: 'DaemonSet', metadata: { name: 'x' } }, code: 201 };

export const examples = () => ({
  fires: {
    'alice ran pod kube-system/x in a system namespace': create(),
    'bob ran daemonset kube-public/x in a system namespace': call(bob, 'patch daemonsets.apps kube-public/x', applied),
    'mallory was denied running pods kube-system/x in a system namespace': create(mallory, 'kube-system', 403),
    'service account kube-system/replicaset-controller ran deployment kube-system/agent in a system namespace':
      replicaPod('agent', {}, 'kube-system'),
    'eks:addon-manager ran pod kube-system/x in a system namespace': create(human('eks:addon-manager')),
  },
  silent: {
    'a namespace that only begins so': create(alice, 'kube-system-tools'),
    'controllers start what EKS installs': [addOnPod('kube-proxy', {}), replicaPod('coredns', {}, 'kube-system')],
    'a kubelet shows its static pods': create(node()),
    'a change of what is there': call(alice, 'patch deployments.apps kube-system/coredns'),
    'an eviction is no pod': call(alice, 'create pods/eviction kube-system/x'),
  },
});
