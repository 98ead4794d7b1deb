import type { AuditEvent } from '../../events/event.ts';
import { defineDetection, type Weight } from '../../sdk/detection.ts';
import {
  account,
  alice,
  bob,
  carol,
  component,
  DENIED_BY_ADMISSION,
  dave,
  mallory,
  pipeline,
  session,
  user,
  writeBinding,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { type Binding, nameOfRole, nameOfSubject, powerOf, requestedBinding } from '../../sdk/rbac.ts';
import { BINDING_WRITES } from '../../sdk/rbac-requests.ts';

/** How much a role gives where it is bound: in the whole cluster or kube-system, or in one namespace of a team. */
const WEIGHTS: Readonly<Record<string, Required<Weight>>> = {
  'all everywhere': { impact: 90, confidence: 80 },
  'much everywhere': { impact: 80, confidence: 70 },
  'all in a namespace': { impact: 60, confidence: 60 },
  // Binding `edit` for a team in its namespace is what the role is for.
  'much in a namespace': { impact: 40, confidence: 50 },
};

const weightOf = ({ namespace, role }: Binding): Required<Weight> => {
  const where = namespace === '' || namespace === 'kube-system' ? 'everywhere' : 'in a namespace';
  return WEIGHTS[`${powerOf(role)} ${where}`] ?? { impact: 90, confidence: 80 };
};

const powerfulBinding = (event: AuditEvent): Binding | undefined => {
  const binding = requestedBinding(event);
  return binding !== undefined && powerOf(binding.role) !== undefined ? binding : undefined;
};

export default defineDetection({
  id: 'cluster-admin-bound',
  title: 'Powerful role bound (cluster-admin, admin, edit)',
  description:
    'Somebody bound cluster-admin, admin, edit, or a role of the control plane, or added subjects to such a binding. Bound in the whole cluster or in kube-system it weighs most, and `edit` for a team in its own namespace least.',
  tactic: 'persistence',
  techniques: ['T1098.006'],
  impact: 90,
  confidence: 80,
  denied: { confidence: 60 },
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'Administrators at work, and installers of GitOps controllers and backup tools, which ask for cluster-admin.',
  triage:
    'Ask whether the subject is meant to have the role. If not: kubectl delete clusterrolebinding <name>, or kubectl -n <namespace> delete rolebinding <name>. Then list what the subject did since.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  ],
  related: [
    'falco:Attach to cluster-admin Role',
    'panther:k8s_clusterrolebinding_privileged',
    'elastic:persistence_cluster_admin_rolebinding_created',
    'elastic:persistence_service_account_bound_to_clusterrole',
    'sigma:kubernetes_audit_rolebinding_modification',
    'guardduty:PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated',
    'defender:K8S_ClusterAdminBinding',
  ],
  audit: BINDING_WRITES,
  find: powerfulBinding,
  weight: (binding, { outcome }) => {
    const { impact, confidence } = weightOf(binding);
    return { impact, confidence: outcome === 'denied' ? confidence - 20 : confidence };
  },
  entities: (binding) => ({ binding: nameOfRole(binding), role: binding.role.name }),
  summary: (binding, event) => {
    const where = binding.namespace === '' ? '' : ` in ${binding.namespace}`;
    return said(event, 'bind', `${binding.role.name}${where} to ${listed(binding.subjects.map(nameOfSubject))}`);
  },
});

export const examples = () => ({
  fires: {
    'alice bound cluster-admin to service account ci/deployer': writeBinding(alice, 'cluster-admin', [
      account('ci', 'deployer'),
    ]),
    'bob bound edit in team to user eve': writeBinding(bob, 'edit', [user('eve')], { namespace: 'team' }),
    'carol bound system:controller:clusterrole-aggregation-controller to user eve': writeBinding(
      carol,
      'system:controller:clusterrole-aggregation-controller',
      [user('eve')],
    ),
    // A role with the name of a manager of Amazon EKS, in somebody's account.
    'eks:addon-manager bound cluster-admin to user eve': writeBinding(
      session('AWSWesleyClusterManagerLambda-x', 'y', { account: '444455556666', user: 'eks:addon-manager' }),
      'cluster-admin',
      [user('eve')],
    ),
    // The patch only adds a subject; the stored binding names the role.
    'dave bound cluster-admin to user alice, user eve': writeBinding(dave, 'cluster-admin', [], {
      verb: 'patch',
      request: [{ op: 'add', path: '/subjects/-', value: user('eve') }],
      response: {
        kind: 'ClusterRoleBinding',
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [user('alice'), user('eve')],
      },
    }),
    'mallory was denied binding cluster-admin to service account ci/deployer': writeBinding(
      mallory,
      'cluster-admin',
      [user('system:serviceaccount:ci:deployer')],
      DENIED_BY_ADMISSION,
    ),
  },
  silent: {
    'a role of the team': writeBinding(alice, 'reader', [user('eve')]),
    'a role in a namespace that is called like the cluster’s': writeBinding(alice, 'cluster-admin', [user('eve')], {
      namespace: 'team',
      roleKind: 'Role',
    }),
    'what every webhook binds': writeBinding(pipeline(), 'system:auth-delegator', [account('cert-manager', 'webhook')]),
    'the API server writes its own when it starts': writeBinding(component('apiserver'), 'cluster-admin', [
      user('system:admin'),
    ]),
    'a binding that gives nobody anything': writeBinding(alice, 'cluster-admin', []),
    'a label on a binding': writeBinding(alice, 'cluster-admin', [], {
      verb: 'patch',
      request: { metadata: { labels: { team: 'a' } } },
      response: { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [user('alice')] },
    }),
  },
});
