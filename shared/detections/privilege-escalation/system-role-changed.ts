import { isProvenControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, carol, component, controller, dave, mallory, pipeline } from '../../sdk/examples.ts';
import { nameOfObject, said } from '../../sdk/phrases.ts';
import { BINDINGS, RBAC_GROUP, ROLES } from '../../sdk/rbac.ts';

const BUILT_IN = /^(?:system:|eks:|(?:cluster-admin|admin|edit|view)$)/;

const CHART_ROLES = [
  'system:aggregated-metrics-reader',
  'system:coredns',
  'system:metrics-server',
  'system:metrics-server-aggregated-reader',
];

export default defineDetection({
  id: 'system-role-changed',
  title: 'Built-in RBAC role or binding changed (system:, eks:, cluster-admin)',
  description:
    'Somebody changed or deleted a role or binding that belongs to Kubernetes or to Amazon EKS. New rights reach everybody who holds the role, without a new name that would be noticed.',
  tactic: 'privilege-escalation',
  techniques: ['T1098.006'],
  impact: 80,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Charts that a team installs and that use a `system:` name. Add such names to the option `except`.',
  triage:
    'Compare the role with that of a fresh cluster of the same version: kubectl get clusterrole <name> -o yaml. Remove added rules by hand, since the API server restores only missing ones when it starts.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings'],
  related: ['falco:System ClusterRole Modified/Deleted', 'panther:k8s_system_role_modified'],
  audit: {
    level: 'metadata',
    verbs: ['update', 'patch', 'delete'],
    resources: [...ROLES, ...BINDINGS],
    actor: (actor: Actor) => !isProvenControlPlane(actor),
  },
  options: { except: [CHART_ROLES, 'names of roles and bindings that charts install and may change'] },
  find: ({ object: { group, name } }, { except }) =>
    group === RBAC_GROUP && BUILT_IN.test(name) && !except.includes(name),
  entities: (_found, { object }) => ({ role: nameOfObject(object) }),
  summary: (_found, event) => said(event, event.verb === 'delete' ? 'delete' : 'change', nameOfObject(event.object)),
});

const ROLE = 'clusterroles.rbac.authorization.k8s.io';
const BINDING = 'clusterrolebindings.rbac.authorization.k8s.io';
// An access entry may use any name but those that EKS reserves.
const imitator = () => ({ ...alice, user: { username: 'eks:addon-manager-2', groups: ['system:masters'] } });

export const examples = () => ({
  fires: {
    'alice changed clusterrole system:node': call(alice, `patch ${ROLE} system:node`),
    'bob deleted clusterrole eks:addon-manager': call(bob, `delete ${ROLE} eks:addon-manager`),
    'carol changed clusterrole view': call(carol, `update ${ROLE} view`),
    'dave changed clusterrolebinding system:discovery': call(dave, `patch ${BINDING} system:discovery`),
    'mallory was denied changing clusterrole system:node': call(mallory, `patch ${ROLE} system:node`, { code: 403 }),
    'eks:addon-manager-2 changed clusterrole system:node': call(imitator(), `patch ${ROLE} system:node`),
  },
  silent: {
    'a role of the team': call(alice, `patch ${ROLE} reader`),
    'a custom resource of that name': call(alice, 'patch roles.example.com view'),
    'a name that only contains the prefix': call(alice, `patch ${ROLE} my-system:node`),
    'a controller aggregates': call(controller('clusterrole-aggregation-controller'), `update ${ROLE} view`),
    'the API server restores it': call(component('apiserver'), `update ${ROLE} system:node`),
    'a chart upgrades metrics-server': call(pipeline(), `patch ${ROLE} system:metrics-server`),
    'reading changes nothing': call(alice, `get ${ROLE} system:node`),
  },
});
