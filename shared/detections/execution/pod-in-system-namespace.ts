import { isUserOrWorkload, makesPods } from '../../eks/identities.ts';
import { EKS_DEPLOYMENTS, SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WORKLOADS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { audit, controller, createPod, human, node, ownedBy, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { nameOfRequested, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-in-system-namespace',
  title: 'Pod or workload created in a system namespace',
  description:
    'Somebody other than Kubernetes and Amazon EKS started something in a namespace of the system, where it is among privileged pods that nobody looks at, and where powerful service accounts are at hand.',
  tactic: 'execution',
  attack: ['T1610'],
  impact: 60,
  confidence: 60,
  type: 'TTP',
  falsePositives:
    'Charts that are installed into kube-system by hand or by a pipeline: autoscalers, load balancer controllers, log shippers. Suppress them by workload.',
  triage: 'Compare the name and the image with what the chart of that name would install.',
  references: [
    'https://attack.mitre.org/techniques/T1610/',
    'https://research.splunk.com/cloud/3d6b1a81-367b-42d5-a925-6ef90b6b9f1e/',
  ],
  answers: [
    'falco:Pod Created in Kube Namespace',
    'panther:k8s_pod_created_in_system_namespace',
    'sigma:kubernetes_audit_pod_in_system_namespace',
    'elastic:execution_pod_created_in_kube_namespace',
    'sumo:Kubernetes Pod Created in Kube Namespace',
  ],
  needs: 'header or body',
  on: {
    verbs: WRITE_VERBS,
    resources: WORKLOADS,
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => isUserOrWorkload(actor) || makesPods(actor),
  },
  // Server-side apply and a PUT may create too, and answer 201 then.
  match: (event) =>
    !event.dryRun &&
    SYSTEM_NAMESPACES.includes(event.object.namespace) &&
    (event.verb === 'create' || event.code === 201) &&
    !(makesPods(event.actor) && isOfTheSystem(event)),
  // The pod of a workload whose own making was not seen may be years old and only have been restarted.
  weight: (event) => {
    if (makesPods(event.actor)) return { confidence: 30 };
    return event.outcome === 'denied' ? { confidence: 40 } : {};
  },
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)} in a system namespace`,
});

/** What controllers make for a workload counts when a pod of it appears, unless the workload is one that EKS installs. */
const isOfTheSystem = (event: AuditEvent): boolean =>
  requestedPodSpecs(event).length === 0 || EKS_DEPLOYMENTS.has(nameOfRequested(event));

const inSystem = (parts: object) => ({ resource: 'pods', namespace: 'kube-system', name: 'x', ...parts });

export const examples = () => ({
  fires: {
    'alice ran pod kube-system/x in a system namespace': createPod(
      human(),
      pod({}, { namespace: 'kube-system', name: 'x' }),
    ),
    'deploy-pipeline ran daemonset kube-public/agent in a system namespace': audit({
      verb: 'patch',
      by: pipeline(),
      ...inSystem({ resource: 'daemonsets.apps', namespace: 'kube-public', name: 'agent' }),
      request: workload('DaemonSet', {}, 'agent'),
      query: 'fieldManager=helm',
      code: 201,
    }),
    'mallory was refused to run pods kube-system/x in a system namespace': audit({
      verb: 'create',
      by: human('mallory'),
      ...inSystem({ code: 403 }),
    }),
    'service account kube-system/replicaset-controller ran deployment kube-system/agent in a system namespace':
      createPod(
        controller('replicaset-controller'),
        pod(
          {},
          { namespace: 'kube-system', name: 'agent-7d4b9c6f8-x2x4z', ...ownedBy('ReplicaSet', 'agent-7d4b9c6f8') },
        ),
      ),
    'eks:addon-manager ran pod kube-system/x in a system namespace': createPod(
      human('eks:addon-manager'),
      pod({}, { namespace: 'kube-system', name: 'x' }),
    ),
  },
  silent: {
    'a namespace that only begins so': createPod(human(), pod({}, { namespace: 'kube-system-tools' })),
    'the controllers start what EKS asked for': [
      createPod(
        controller('daemon-set-controller'),
        pod({}, { namespace: 'kube-system', name: 'kube-proxy-x2x4z', ...ownedBy('DaemonSet', 'kube-proxy') }),
      ),
      createPod(
        controller('replicaset-controller'),
        pod(
          {},
          { namespace: 'kube-system', name: 'coredns-7d4b9c6f8-x2x4z', ...ownedBy('ReplicaSet', 'coredns-7d4b9c6f8') },
        ),
      ),
    ],
    'a kubelet shows its static pods': createPod(node(), pod({}, { namespace: 'kube-system' })),
    'a change of what is there': audit({
      verb: 'patch',
      by: human(),
      ...inSystem({ resource: 'deployments.apps', name: 'coredns' }),
      request: { spec: { replicas: 3 } },
    }),
    'an eviction is no pod': audit({ verb: 'create', by: human(), ...inSystem({ resource: 'pods/eviction' }) }),
  },
});
