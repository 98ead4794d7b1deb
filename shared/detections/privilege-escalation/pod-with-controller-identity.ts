import { isControllerAccount } from '../../eks/identities.ts';
import { type JsonObject, textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, createPod, pod } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRequested, POD_WRITES } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

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
  find: (event) => {
    if (event.object.namespace !== 'kube-system') return undefined;
    // `serviceAccount` is the former name of the field and still valid.
    const name = requestedPodSpecs(event)
      .flatMap(({ raw }) => [textAt(raw, 'serviceAccountName'), textAt(raw, 'serviceAccount')])
      .find(isControllerAccount);
    return name && `kube-system/${name}`;
  },
  entities: (serviceAccount, event) => ({ workload: nameOfRequested(event), serviceAccount }),
  principal: false,
  summary: (serviceAccount, event) =>
    said(event, 'run', `${nameOfRequested(event)} as service account ${serviceAccount}`),
});

const as = (serviceAccountName: string) => ({ serviceAccountName });
const formerField = { serviceAccount: 'ttl-controller' };
const runs = (spec: JsonObject, namespace = 'kube-system') => createPod(alice, pod(spec, { namespace }));

export const examples = () => ({
  fires: {
    'alice ran pod kube-system/web as service account kube-system/token-cleaner': runs(as('token-cleaner')),
    'alice ran pod kube-system/web as service account kube-system/ttl-controller': runs(formerField),
    'bob ran deployment kube-system/web as service account kube-system/generic-garbage-collector': call(
      bob,
      'patch deployments.apps kube-system/web',
      { request: { spec: { template: { spec: as('generic-garbage-collector') } } } },
    ),
  },
  silent: {
    'an account of an add-on': runs(as('aws-node')),
    'an account of that name in another namespace': runs(as('token-cleaner'), 'default'),
    'a name that begins like one': runs(as('token-cleaner-2')),
  },
});
