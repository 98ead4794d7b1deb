import { isUserOrWorkload, makesPods } from '../../eks/identities.ts';
import { EKS_DEPLOYMENTS, SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import type { Actor, AuditEvent } from '../../events/event.ts';
import { WORKLOADS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  addOnPod,
  alice,
  audit,
  type Caller,
  controller,
  createPod,
  human,
  mallory,
  node,
  ownedBy,
  patch,
  pipeline,
  pod,
  workload,
} from '../../sdk/examples.ts';
import { isNew, said } from '../../sdk/phrases.ts';
import { nameOfRequested } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

/** What controllers make for a workload counts when a pod of it appears, unless the workload is one that EKS installs. */
const isOfTheSystem = (event: AuditEvent): boolean =>
  makesPods(event.actor) && (requestedPodSpecs(event).length === 0 || EKS_DEPLOYMENTS.has(nameOfRequested(event)));

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
  falsePositives:
    'Charts that are installed into kube-system by hand or by a pipeline: autoscalers, load balancer controllers, log shippers. Suppress them by workload.',
  triage:
    'Compare the name and the image with what the chart of that name installs: kubectl -n <namespace> get <kind> <name> -o yaml. If nobody can explain it, delete it and look for what else the caller created.',
  references: [
    'https://attack.mitre.org/techniques/T1610/',
    'https://research.splunk.com/cloud/3d6b1a81-367b-42d5-a925-6ef90b6b9f1e/',
  ],
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
  find: (event) =>
    SYSTEM_NAMESPACES.includes(event.object.namespace) &&
    isNew(event) &&
    !isOfTheSystem(event) &&
    nameOfRequested(event),
  // The pod of a workload whose own creation was not seen may be years old and only have been restarted.
  weight: (_workload, { actor }) => (makesPods(actor) ? { confidence: 30 } : {}),
  entities: (workload) => ({ workload }),
  principal: false,
  summary: (workload, event) => said(event, 'run', `${workload} in a system namespace`),
});

const IN_SYSTEM = { namespace: 'kube-system', name: 'x' } as const;
const create = (by: Caller, metadata: Parameters<typeof pod>[1] = {}) =>
  createPod(by, pod({}, { ...IN_SYSTEM, ...metadata }));
const ofDeployment = (name: string) =>
  create(controller('replicaset-controller'), {
    name: `${name}-7d4b9c6f8-x2x4z`,
    ...ownedBy('ReplicaSet', `${name}-7d4b9c6f8`),
  });

export const examples = () => ({
  fires: {
    'alice ran pod kube-system/x in a system namespace': create(alice),
    'deploy-pipeline ran daemonset kube-public/agent in a system namespace': patch(
      'daemonsets.apps',
      workload('DaemonSet', {}, 'agent'),
      { by: pipeline(), namespace: 'kube-public', name: 'agent', query: 'fieldManager=helm', code: 201 },
    ),
    'mallory was denied running pods kube-system/x in a system namespace': audit({
      verb: 'create',
      resource: 'pods',
      ...IN_SYSTEM,
      by: mallory,
      code: 403,
    }),
    'service account kube-system/replicaset-controller ran deployment kube-system/agent in a system namespace':
      ofDeployment('agent'),
    'eks:addon-manager ran pod kube-system/x in a system namespace': create(human('eks:addon-manager')),
  },
  silent: {
    'a namespace that only begins so': create(alice, { namespace: 'kube-system-tools' }),
    'the controllers start what EKS asked for': [addOnPod('kube-proxy', {}), ofDeployment('coredns')],
    'a kubelet shows its static pods': create(node()),
    'a change of what is there': patch(
      'deployments.apps',
      { spec: { replicas: 3 } },
      { ...IN_SYSTEM, name: 'coredns' },
    ),
    'an eviction is no pod': audit({ verb: 'create', by: alice, resource: 'pods/eviction', ...IN_SYSTEM }),
  },
});
