import { escalationsOf } from '../../sdk/dangerous-grants.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, carol, controller, deniedRules, rule, writeRole, writeRules } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { counted } from '../../sdk/pod-requests.ts';
import { nameOfRole, requestedRole } from '../../sdk/rbac.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';

export default defineDetection({
  id: 'role-dangerous-verbs',
  title: 'RBAC role with escalate, bind or impersonate',
  description:
    'A role grants a verb that bypasses RBAC: `escalate` lets its holder write roles with more rights than they have, `bind` lets them grant any role, and `impersonate` lets them act as somebody else.',
  tactic: 'privilege-escalation',
  techniques: ['T1098.006'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'GitOps controllers and operators that grant roles, access proxies. Suppress them by role.',
  triage:
    'Find out who is bound to the role: kubectl get clusterrolebindings,rolebindings -A -o wide | grep <role>. If it is not planned, delete the bindings first. If the verb is needed, limit it by resourceNames.',
  references: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/'],
  related: ['elastic:persistence_sensitive_role_creation_or_modification'],
  audit: ROLE_WRITES,
  find: (event) => {
    const role = requestedRole(event);
    const escalations = role ? role.rules.flatMap(escalationsOf) : [];
    const verbs = escalations.map(({ verb }) => verb);
    return role && verbs.length > 0 && { role, verbs, isNamed: escalations.some(({ isNamed }) => isNamed) };
  },
  // `*` on service accounts means impersonate too, but hardly anybody who writes it means that.
  weight: ({ isNamed }, { outcome }) => (isNamed ? {} : { impact: 60, confidence: outcome === 'denied' ? 30 : 50 }),
  entities: ({ role }) => ({ role: nameOfRole(role) }),
  summary: ({ role, verbs }, event) => said(event, 'grant', `${nameOfRole(role)} the ${counted('verb', verbs)}`),
});

const BIND = 'bind clusterroles rbac.authorization.k8s.io';

export const examples = () => ({
  fires: {
    'alice granted clusterrole reader the verb escalate': writeRules(alice, 'escalate * rbac.authorization.k8s.io'),
    'alice granted role team/reader the verb bind': writeRole(alice, [rule(BIND)], { namespace: 'team' }),
    'bob granted clusterrole reader the verb bind': writeRole(bob, [rule(BIND, 'view', 'cluster-admin')]),
    'mallory was denied granting clusterrole reader the verb bind': deniedRules(BIND),
    'alice granted clusterrole reader the verb impersonate': writeRules(alice, 'list pods', 'impersonate groups *'),
    'bob granted clusterrole reader the verb impersonate': writeRules(
      bob,
      'impersonate userextras/scopes authentication.k8s.io',
    ),
    'carol granted clusterrole reader the verb impersonate': writeRules(carol, '* configmaps,serviceaccounts'),
  },
  silent: {
    'the verb and the resource in two elements': writeRules(alice, 'bind pods', BIND.replace('bind', 'get')),
    'only view may be bound': writeRole(alice, [rule(BIND, 'view')]),
    'a controller': writeRules(controller('clusterrole-aggregation-controller'), 'impersonate serviceaccounts'),
    'a subresource does not include its parent': writeRules(alice, 'impersonate */users'),
  },
});
