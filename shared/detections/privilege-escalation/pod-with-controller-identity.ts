import { isControlPlane } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, createPod, patch, pipeline, pod, workload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRequested, POD_WRITES } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

/** The controller's service account that the pods of a request run as. `serviceAccount` is the field's former name and still valid. */
const controllerIn = (event: AuditEvent): string | undefined => {
  if (event.object.namespace !== 'kube-system') return undefined;
  const name = requestedPodSpecs(event)
    .flatMap(({ raw }) => [textAt(raw, 'serviceAccountName'), textAt(raw, 'serviceAccount')])
    .find((account) => isControlPlane({ user: `system:serviceaccount:kube-system:${account}`, groups: [] }));
  return name === undefined ? undefined : `kube-system/${name}`;
};

export default defineDetection({
  id: 'pod-with-controller-identity',
  title: 'Pod with the service account of a Kubernetes controller',
  description:
    'A pod in kube-system runs as the service account of a controller of kube-controller-manager. On EKS these controllers run outside the cluster, so no pod needs such an account. It can read every secret or grant any role.',
  tactic: 'privilege-escalation',
  techniques: ['T1078'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'None is known. A cloud controller that a team runs itself may use the account of that name.',
  triage:
    'Delete the workload first: kubectl -n kube-system delete <kind> <name>. Then search the audit log for requests of the service account from the address of the pod.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles'],
  related: ['elastic:privilege_escalation_suspicious_assignment_of_controller_service_account'],
  audit: POD_WRITES,
  find: controllerIn,
  entities: (serviceAccount, event) => ({ workload: nameOfRequested(event), serviceAccount }),
  principal: false,
  summary: (serviceAccount, event) =>
    said(event, 'run', `${nameOfRequested(event)} as service account ${serviceAccount}`),
});

const as = (serviceAccountName: string) => ({ serviceAccountName });
const inSystem = { namespace: 'kube-system' };

export const examples = () => ({
  fires: {
    'alice ran pod kube-system/web as service account kube-system/clusterrole-aggregation-controller': createPod(
      alice,
      pod(as('clusterrole-aggregation-controller'), inSystem),
    ),
    'alice ran pod kube-system/web as service account kube-system/replicaset-controller': createPod(
      alice,
      pod({ serviceAccount: 'replicaset-controller' }, inSystem),
    ),
    'deploy-pipeline ran deployment kube-system/web as service account kube-system/generic-garbage-collector': patch(
      'deployments.apps',
      { spec: { template: { spec: as('generic-garbage-collector') } } },
      { by: pipeline(), ...inSystem, response: workload('Deployment', as('generic-garbage-collector')) },
    ),
  },
  silent: {
    'an account of an add-on': createPod(alice, pod(as('aws-node'), inSystem)),
    'an account of that name in another namespace is only a name': createPod(alice, pod(as('replicaset-controller'))),
    'a name that begins like one': createPod(alice, pod(as('replicaset-controller-2'), inSystem)),
  },
});
