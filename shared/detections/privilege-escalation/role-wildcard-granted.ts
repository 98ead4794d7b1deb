import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { wildcardOf } from '../../sdk/dangerous-grants.ts';
import { component, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';
import { nameOfRole, type Role, requestedRole } from '../../sdk/rbac.ts';
import { element, writeRole } from '../../sdk/rbac-examples.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';

const widthOf = (role: Role): 'all' | 'some' | undefined => {
  if (role.aggregatesAll) return 'all';
  const widths = role.rules.map(wildcardOf);
  return widths.find((width) => width === 'all') ?? widths.find((width) => width === 'some');
};

const reachOf = (event: AuditEvent): string => {
  const role = requestedRole(event);
  return role !== undefined && widthOf(role) === 'all' ? 'everything' : 'wildcards';
};

export default defineDetection({
  id: 'role-wildcard-granted',
  title: 'Role with a wildcard',
  description:
    'A role grants every verb on every resource in one and the same rule element, or takes in the rules of every other role: cluster-admin by another name. A wildcard in only one of the two weighs less.',
  tactic: 'privilege-escalation',
  attack: ['T1098.006'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Installers of operators that were written generously. An operator’s wildcard in an API group of its own is silent.',
  triage:
    'Find out who is bound to the role and what they did with it; then ask for a list of verbs and resources instead.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.persistence.create-admin-clusterrole/',
  ],
  answers: [
    'falco:ClusterRole With Wildcard Created',
    'elastic:privilege_escalation_role_patch_wildcard_verbs_resources_response',
    'guardduty:PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated',
    'panther:k8s_role_wildcard',
  ],
  needs: 'body',
  on: ROLE_WRITES,
  match: (event) => {
    const role = requestedRole(event);
    return !event.dryRun && role !== undefined && widthOf(role) !== undefined;
  },
  weight: (event) => {
    const role = requestedRole(event);
    const isSmall = role?.kind === 'role' && role.namespace !== 'kube-system';
    const doubt = event.outcome === 'denied' ? 20 : 0;
    // Read-only on everything, or everything on one kind: what many charts do, and what Falco's rule is for.
    if (role === undefined || widthOf(role) === 'some') return { impact: isSmall ? 40 : 50, confidence: 50 - doubt };
    return isSmall ? { impact: 60, confidence: 60 - doubt } : { impact: 80, confidence: 70 - doubt };
  },
  entities: (event) => {
    const role = requestedRole(event);
    return { role: role === undefined ? '' : nameOfRole(role), principal: principalOf(event.actor) };
  },
  summary: (event) => {
    const role = requestedRole(event);
    return `${whoDid(event, 'granted', 'grant')} ${reachOf(event)} to ${role === undefined ? 'a role' : nameOfRole(role)}`;
  },
});

const everything = /* @__PURE__ */ element(['*'], ['*'], ['*']);

export const examples = () => ({
  fires: {
    'alice granted everything to clusterrole reader': writeRole(human(), [element(['get'], ['pods']), everything]),
    'bob granted everything to role team/owner': writeRole(human('bob'), [element(['*'], ['*'])], {
      namespace: 'team',
      name: 'owner',
    }),
    'oscar granted everything to clusterrole reader': writeRole(human('oscar'), [
      { ...everything, resourceNames: [''] },
    ]),
    'carol granted everything to clusterrole reader': writeRole(human('carol'), [everything], {
      verb: 'patch',
      request: [{ op: 'add', path: '/rules/0/verbs/-', value: '*' }],
      response: { kind: 'ClusterRole', metadata: { name: 'reader' }, rules: [everything] },
    }),
    'dave granted everything to clusterrole sum': writeRole(human('dave'), [], {
      name: 'sum',
      request: { kind: 'ClusterRole', aggregationRule: { clusterRoleSelectors: [{ matchLabels: {} }] }, rules: [] },
    }),
    'erin granted wildcards to clusterrole reader': writeRole(human('erin'), [element(['get', 'list'], ['*'])]),
    'mallory was refused to grant everything to clusterrole reader': writeRole(human('mallory'), [everything], {
      code: 403,
      refusedBy: 'admission',
    }),
  },
  silent: {
    'two halves in two elements are no whole': writeRole(human(), [
      element(['*'], ['widgets'], ['example.com']),
      element(['get'], ['pods', 'secrets']),
    ]),
    'one object by its name': writeRole(human(), [{ ...everything, resourceNames: ['own'] }]),
    'an operator in its own group': writeRole(pipeline(), [element(['*'], ['*'], ['operator.example.com'])]),
    'a patch of labels': writeRole(human(), [everything], {
      verb: 'patch',
      request: { metadata: { labels: { team: 'a' } } },
      response: { kind: 'ClusterRole', metadata: { name: 'reader' }, rules: [everything] },
    }),
    'the API server writes its own roles when it starts': writeRole(component('apiserver'), [everything], {
      name: 'cluster-admin',
    }),
    'a dry run changes nothing': writeRole(human(), [everything], { query: 'dryRun=All' }),
  },
});
