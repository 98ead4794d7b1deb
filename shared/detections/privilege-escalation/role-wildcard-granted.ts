import { wildcardOf } from '../../sdk/dangerous-grants.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  bob,
  carol,
  component,
  DENIED_BY_ADMISSION,
  dave,
  element,
  erin,
  mallory,
  oscar,
  pipeline,
  writeRole,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRole, type Role, requestedRole } from '../../sdk/rbac.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';

const widthOf = (role: Role): 'all' | 'some' | undefined => {
  if (role.aggregatesAll) return 'all';
  const widths = role.rules.map(wildcardOf);
  return widths.find((width) => width === 'all') ?? widths.find((width) => width === 'some');
};

export default defineDetection({
  id: 'role-wildcard-granted',
  title: 'RBAC role with wildcard permissions (*)',
  description:
    'A role grants every verb on every resource, or aggregates the rules of every other role. It is as powerful as cluster-admin under another name. A wildcard in only the verbs or only the resources weighs less.',
  tactic: 'privilege-escalation',
  techniques: ['T1098.006'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Installers of operators that were written generously. An operator’s wildcard in an API group of its own is silent.',
  triage:
    'Find out who is bound to the role and what they did with it: kubectl get clusterrolebindings,rolebindings -A -o wide | grep <role>. If it is not planned, delete the bindings first. Otherwise replace the wildcard by a list of verbs and resources.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.persistence.create-admin-clusterrole/',
  ],
  related: [
    'falco:ClusterRole With Wildcard Created',
    'elastic:privilege_escalation_role_patch_wildcard_verbs_resources_response',
    'guardduty:PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated',
    'panther:k8s_role_wildcard',
  ],
  audit: ROLE_WRITES,
  find: (event) => {
    const role = requestedRole(event);
    const width = role && widthOf(role);
    return role && width && { role, width };
  },
  weight: ({ role, width }, { outcome }) => {
    const isSmall = role.kind === 'role' && role.namespace !== 'kube-system';
    const doubt = outcome === 'denied' ? 20 : 0;
    // Read-only on everything, or everything on one kind, is common in charts.
    if (width === 'some') return { impact: isSmall ? 40 : 50, confidence: 50 - doubt };
    return isSmall ? { impact: 60, confidence: 60 - doubt } : {};
  },
  entities: ({ role }) => ({ role: nameOfRole(role) }),
  summary: ({ role, width }, event) =>
    said(event, 'grant', `${nameOfRole(role)} ${width === 'all' ? 'full access' : 'wildcard permissions'}`),
});

const everything = /* @__PURE__ */ element(['*'], ['*'], ['*']);
const stored = { kind: 'ClusterRole', metadata: { name: 'reader' }, rules: [everything] };

export const examples = () => ({
  fires: {
    'alice granted clusterrole reader full access': writeRole(alice, [element(['get'], ['pods']), everything]),
    'bob granted role team/owner full access': writeRole(bob, [element(['*'], ['*'])], {
      namespace: 'team',
      name: 'owner',
    }),
    'oscar granted clusterrole reader full access': writeRole(oscar, [{ ...everything, resourceNames: [''] }]),
    'carol granted clusterrole reader full access': writeRole(carol, [everything], {
      verb: 'patch',
      request: [{ op: 'add', path: '/rules/0/verbs/-', value: '*' }],
      response: stored,
    }),
    'dave granted clusterrole sum full access': writeRole(dave, [], {
      name: 'sum',
      request: { kind: 'ClusterRole', aggregationRule: { clusterRoleSelectors: [{ matchLabels: {} }] }, rules: [] },
    }),
    'erin granted clusterrole reader wildcard permissions': writeRole(erin, [element(['get', 'list'], ['*'])]),
    'mallory was denied granting clusterrole reader full access': writeRole(mallory, [everything], DENIED_BY_ADMISSION),
  },
  silent: {
    'a wildcard in each of two elements': writeRole(alice, [
      element(['*'], ['widgets'], ['example.com']),
      element(['get'], ['pods', 'secrets']),
    ]),
    'one object by its name': writeRole(alice, [{ ...everything, resourceNames: ['own'] }]),
    'an operator in its own group': writeRole(pipeline(), [element(['*'], ['*'], ['operator.example.com'])]),
    'a patch of labels': writeRole(alice, [everything], {
      verb: 'patch',
      request: { metadata: { labels: { team: 'a' } } },
      response: stored,
    }),
    'the API server writes its own': writeRole(component('apiserver'), [everything], { name: 'cluster-admin' }),
    'a dry run changes nothing': writeRole(alice, [everything], { query: 'dryRun=All' }),
  },
});
