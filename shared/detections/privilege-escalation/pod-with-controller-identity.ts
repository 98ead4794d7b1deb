import { isControlPlane } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { textAt } from '../../primitives/json.ts';
import { audit, createPod, human, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { nameOfRequested, POD_WRITES, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

/** The service account that pods of a request run as, if it is a controller's. `serviceAccount` is the field's old name, still taken. */
const controllerIn = (event: AuditEvent): string | undefined =>
  requestedPodSpecs(event)
    .flatMap((spec) => [textAt(spec.raw, 'serviceAccountName'), textAt(spec.raw, 'serviceAccount')])
    .find((name) => isControlPlane({ user: `system:serviceaccount:kube-system:${name}`, groups: [] }));

export default defineDetection({
  id: 'pod-with-controller-identity',
  title: 'Pod with the identity of a controller',
  description:
    'A pod in kube-system, or a workload’s template, runs as the service account of a controller inside kube-controller-manager. No pod ever needs one: on EKS these controllers run outside the cluster, and their accounts can read every secret or hand out any role.',
  tactic: 'privilege-escalation',
  attack: ['T1078'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'None is known. A cloud controller that a team runs itself may use the account of that name.',
  triage:
    'Delete the pod, then look for what the account did: its user name is in the audit log with the pod’s address.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles'],
  answers: ['elastic:privilege_escalation_suspicious_assignment_of_controller_service_account'],
  needs: 'body',
  on: POD_WRITES,
  match: (event) => !event.dryRun && event.object.namespace === 'kube-system' && controllerIn(event) !== undefined,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: (event) => ({ workload: nameOfRequested(event), serviceAccount: `kube-system/${controllerIn(event)}` }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)} as ${controllerIn(event)}`,
});

const as = (serviceAccountName: string) => ({ serviceAccountName });
const inSystem = { namespace: 'kube-system' };

export const examples = () => ({
  fires: {
    'alice ran pod kube-system/web as clusterrole-aggregation-controller': createPod(
      human(),
      pod(as('clusterrole-aggregation-controller'), inSystem),
    ),
    'bob ran pod kube-system/web as replicaset-controller': createPod(
      human('bob'),
      pod({ serviceAccount: 'replicaset-controller' }, inSystem),
    ),
    'deploy-pipeline ran deployment kube-system/web as generic-garbage-collector': audit({
      verb: 'patch',
      by: pipeline(),
      resource: 'deployments.apps',
      namespace: 'kube-system',
      name: 'web',
      request: { spec: { template: { spec: as('generic-garbage-collector') } } },
      response: workload('Deployment', as('generic-garbage-collector')),
    }),
  },
  silent: {
    'an account of an add-on': createPod(human(), pod(as('aws-node'), inSystem)),
    'an account of that name in another namespace is only a name': createPod(human(), pod(as('replicaset-controller'))),
    'a name that begins like one': createPod(human(), pod(as('replicaset-controller-2'), inSystem)),
  },
});
