import { isEksUser } from '../../eks/identities.ts';
import type { Json } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { account, alice, bind, bob, component, mallory, session, user } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { type Binding, nameOfRole, nameOfSubject, powerOf, requestedBinding } from '../../sdk/rbac.ts';
import { BINDING_WRITES } from '../../sdk/rbac-requests.ts';

/** In the whole cluster or kube-system a role gives more than in the namespace of a team. */
const weightOf = ({ namespace, role, subjects }: Binding) => {
  // EKS binds its own users when it makes a cluster. Only aws-auth can give such a name to somebody else, which is a finding of its own.
  if (subjects.every(({ kind, name }) => kind === 'user' && isEksUser(name))) return { impact: 90, confidence: 50 };
  const isWide = namespace === '' || namespace === 'kube-system';
  if (powerOf(role) === 'all') return isWide ? { impact: 90, confidence: 80 } : { impact: 60, confidence: 60 };
  // Binding `edit` for a team in its namespace is what the role is for.
  return isWide ? { impact: 80, confidence: 70 } : { impact: 40, confidence: 50 };
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
    'Check whether the subject is meant to have the role: kubectl get clusterrolebinding,rolebinding -A -o wide. If not: kubectl delete clusterrolebinding <name>, or kubectl -n <namespace> delete rolebinding <name>. Then list what the subject did since.',
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
  find: (event) => {
    const binding = requestedBinding(event);
    return binding !== undefined && powerOf(binding.role) !== undefined && binding;
  },
  weight: (binding, { outcome }) => {
    const { impact, confidence } = weightOf(binding);
    return { impact, confidence: outcome === 'denied' ? confidence - 20 : confidence };
  },
  entities: (binding) => ({ binding: nameOfRole(binding), role: binding.role.name }),
  summary: (binding, event) => {
    const subjects = listed(binding.subjects.map(nameOfSubject));
    return said(event, 'bind', `${binding.role.name}${inNamespace(binding.namespace)} to ${subjects}`);
  },
});

const AGGREGATOR = 'system:controller:clusterrole-aggregation-controller';
const theirs = { account: '444455556666', user: 'eks:addon-manager' };
const manager = /* @__PURE__ */ session('AWSWesleyClusterManagerLambda-x', 'y', theirs);
const patched = (request: Json) => {
  const subjects = [user('eve'), account('ci', 'deployer')];
  const response = { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects };
  return bind(alice, 'cluster-admin', { verb: 'patch', request, response });
};
const added = { op: 'add', path: '/subjects/-', value: /* @__PURE__ */ account('ci', 'deployer') };

export const examples = () => ({
  fires: {
    'alice bound cluster-admin to service account ci/deployer': bind(alice, 'cluster-admin to account ci/deployer'),
    'bob bound edit in namespace team to user eve': bind(bob, 'team/edit to user eve'),
    'bob bound admin in namespace kube-system to user eve': bind(bob, 'kube-system/admin to user eve'),
    'alice bound cluster-admin to user eks:addon-manager': bind(alice, 'cluster-admin to user eks:addon-manager'),
    [`bob bound ${AGGREGATOR} to user eve`]: bind(bob, `${AGGREGATOR} to user eve`),
    // A role with the name of a manager of Amazon EKS, in an account that is not Amazon’s.
    'eks:addon-manager bound cluster-admin to user eve': bind(manager, 'cluster-admin to user eve'),
    // The patch only adds a subject; the stored binding names the role.
    'alice bound cluster-admin to user eve, service account ci/deployer': patched([added]),
    'mallory was denied binding admin to service account ci/deployer': bind(
      mallory,
      'admin to user system:serviceaccount:ci:deployer',
      { code: 403 },
    ),
  },
  silent: {
    'a role of the team': bind(alice, 'reader to user eve'),
    'a Role of that name in a namespace': bind(alice, 'team/cluster-admin to user eve', { roleKind: 'Role' }),
    'what every webhook binds': bind(alice, 'system:auth-delegator to account cert-manager/webhook'),
    'the API server writes its own when it starts': bind(component('apiserver'), 'cluster-admin to user system:admin'),
    'a binding that gives nobody anything': bind(alice, 'cluster-admin'),
    'a label on a binding': patched({ metadata: { labels: { team: 'a' } } }),
  },
});
