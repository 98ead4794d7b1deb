import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { session } from '../../sdk/aws-service-examples.ts';
import type { Weight } from '../../sdk/detection.ts';
import { component, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { nameOfRole, nameOfSubject, powerOf, requestedBinding } from '../../sdk/rbac.ts';
import { account, user, writeBinding } from '../../sdk/rbac-examples.ts';
import { BINDING_WRITES } from '../../sdk/rbac-requests.ts';

/** How much a role gives where it is bound: in the whole cluster or kube-system, or in one namespace of a team. */
const WEIGHTS: Readonly<Record<string, Weight>> = {
  'all everywhere': { impact: 90, confidence: 80 },
  'much everywhere': { impact: 80, confidence: 70 },
  'all in a namespace': { impact: 60, confidence: 60 },
  // Handing `edit` to a team in its namespace is what the role is for.
  'much in a namespace': { impact: 40, confidence: 50 },
};

const weightOf = (event: AuditEvent): Weight => {
  const binding = requestedBinding(event);
  if (binding === undefined) return {};
  const where = binding.namespace === '' || binding.namespace === 'kube-system' ? 'everywhere' : 'in a namespace';
  return WEIGHTS[`${powerOf(binding.role)} ${where}`] ?? {};
};

export default defineDetection({
  id: 'cluster-admin-bound',
  title: 'Powerful role bound',
  description:
    'Somebody bound cluster-admin, admin, edit, or a role of the control plane, or added subjects to such a binding. Bound in the whole cluster or in kube-system it weighs most; `edit` for a team in its own namespace hardly anything.',
  tactic: 'persistence',
  attack: ['T1098.006'],
  impact: 90,
  confidence: 80,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'Administrators at work, and installers of GitOps controllers and backup tools, which ask for cluster-admin.',
  triage:
    'Candidate whether the subject is meant to have it. Delete the binding, then list what the subject did since.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  ],
  answers: [
    'falco:Attach to cluster-admin Role',
    'panther:k8s_clusterrolebinding_privileged',
    'elastic:persistence_cluster_admin_rolebinding_created',
    'elastic:persistence_service_account_bound_to_clusterrole',
    'sigma:kubernetes_audit_rolebinding_modification',
    'guardduty:PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated',
    'defender:K8S_ClusterAdminBinding',
  ],
  needs: 'body',
  on: BINDING_WRITES,
  match: (event) => {
    const binding = requestedBinding(event);
    return !event.dryRun && binding !== undefined && powerOf(binding.role) !== undefined;
  },
  weight: (event) => {
    const { impact = 90, confidence = 80 } = weightOf(event);
    return { impact, confidence: event.outcome === 'denied' ? confidence - 20 : confidence };
  },
  entities: (event) => {
    const binding = requestedBinding(event);
    return {
      binding: binding === undefined ? '' : nameOfRole(binding),
      role: binding?.role.name ?? '',
      principal: principalOf(event.actor),
    };
  },
  summary: (event) => {
    const binding = requestedBinding(event);
    const where = binding === undefined || binding.namespace === '' ? '' : ` in ${binding.namespace}`;
    const whom = listed(binding?.subjects.map(nameOfSubject) ?? []);
    return `${whoDid(event, 'bound', 'bind')} ${binding?.role.name}${where} to ${whom}`;
  },
});

export const examples = () => ({
  fires: {
    'alice bound cluster-admin to service account ci/deployer': writeBinding(human(), 'cluster-admin', [
      account('ci', 'deployer'),
    ]),
    'bob bound edit in team to user eve': writeBinding(human('bob'), 'edit', [user('eve')], { namespace: 'team' }),
    'carol bound system:controller:clusterrole-aggregation-controller to user eve': writeBinding(
      human('carol'),
      'system:controller:clusterrole-aggregation-controller',
      [user('eve')],
    ),
    // A role with the name of a manager of Amazon EKS, in somebody's account.
    'eks:addon-manager bound cluster-admin to user eve': writeBinding(
      session('AWSWesleyClusterManagerLambda-x', 'y', { account: '444455556666', user: 'eks:addon-manager' }),
      'cluster-admin',
      [user('eve')],
    ),
    // The patch only adds a subject; the role stands in what was stored.
    'dave bound cluster-admin to user alice, user eve': writeBinding(human('dave'), 'cluster-admin', [], {
      verb: 'patch',
      request: [{ op: 'add', path: '/subjects/-', value: user('eve') }],
      response: {
        kind: 'ClusterRoleBinding',
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [user('alice'), user('eve')],
      },
    }),
    'mallory was refused to bind cluster-admin to service account ci/deployer': writeBinding(
      human('mallory'),
      'cluster-admin',
      [user('system:serviceaccount:ci:deployer')],
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'a role of the team': writeBinding(human(), 'reader', [user('eve')]),
    'a role in a namespace that is called like the cluster’s': writeBinding(human(), 'cluster-admin', [user('eve')], {
      namespace: 'team',
      roleKind: 'Role',
    }),
    'what every webhook binds': writeBinding(pipeline(), 'system:auth-delegator', [account('cert-manager', 'webhook')]),
    'the API server writes its own when it starts': writeBinding(component('apiserver'), 'cluster-admin', [
      user('system:admin'),
    ]),
    'a binding that gives nobody anything': writeBinding(human(), 'cluster-admin', []),
    'a label on a binding': writeBinding(human(), 'cluster-admin', [], {
      verb: 'patch',
      request: { metadata: { labels: { team: 'a' } } },
      response: { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [user('alice')] },
    }),
  },
});
