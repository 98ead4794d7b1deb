import { wildcardOf } from '../../sdk/dangerous-grants.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, carol, component, deniedRules, rule, writeRole, writeRules } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { isSmall, nameOfRole, requestedRole } from '../../sdk/rbac.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';

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
  falsePositives: 'Operators that ask for more than they need. A wildcard in an operator’s own API group is silent.',
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
    if (role === undefined) return undefined;
    const widths = role.rules.map(wildcardOf);
    if (role.aggregatesAll || widths.includes('all')) return { role, isFull: true };
    return widths.includes('some') && { role, isFull: false };
  },
  weight: ({ role, isFull }, { outcome }) => {
    const doubt = outcome === 'denied' ? 20 : 0;
    // Read-only on everything, or everything on one kind, is common in charts.
    if (!isFull) return { impact: isSmall(role) ? 40 : 50, confidence: 50 - doubt };
    return isSmall(role) ? { impact: 60, confidence: 60 - doubt } : {};
  },
  entities: ({ role }) => ({ role: nameOfRole(role) }),
  summary: ({ role, isFull }, event) =>
    said(event, 'grant', `${nameOfRole(role)} ${isFull ? 'full access' : 'wildcard permissions'}`),
});

const patched = {
  verb: 'patch',
  response: { kind: 'ClusterRole', metadata: { name: 'reader' }, rules: [/* @__PURE__ */ rule('* * *')] },
};
const addVerb = [{ op: 'add', path: '/rules/0/verbs/-', value: '*' }];
const aggregation = { aggregationRule: { clusterRoleSelectors: [{ matchLabels: {} }] } };

export const examples = () => ({
  fires: {
    'alice granted clusterrole reader full access': writeRules(alice, 'get pods', '* * *'),
    'alice granted role team/reader full access': writeRole(alice, [rule('* *')], { namespace: 'team' }),
    // Requests that name no object have the name "".
    'bob granted clusterrole reader full access': writeRole(bob, [rule('* * *', '')]),
    'carol granted clusterrole reader full access': writeRole(carol, [], { ...patched, request: addVerb }),
    'alice granted clusterrole sum full access': writeRole(alice, [], { name: 'sum', request: aggregation }),
    'alice granted clusterrole reader wildcard permissions': writeRules(alice, 'get,list *'),
    'mallory was denied granting clusterrole reader full access': deniedRules('* * *'),
  },
  silent: {
    'a wildcard in each of two elements': writeRules(alice, '* widgets example.com', 'get pods,secrets'),
    'one object by its name': writeRole(alice, [rule('* * *', 'own')]),
    'an operator in its own group': writeRules(alice, '* * operator.example.com'),
    'a patch of labels': writeRole(alice, [], { ...patched, request: { metadata: { labels: { team: 'a' } } } }),
    'the API server writes its own': writeRules(component('apiserver'), '* * *'),
    'a dry run changes nothing': writeRole(alice, [rule('* * *')], { query: 'dryRun=All' }),
  },
});
