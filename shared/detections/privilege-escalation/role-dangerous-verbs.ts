import { escalationsOf } from '../../sdk/dangerous-grants.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  bob,
  carol,
  controller,
  DENIED_BY_ADMISSION,
  element,
  mallory,
  oscar,
  pipeline,
  writeRole,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { counted } from '../../sdk/pod-requests.ts';
import { nameOfRole, RBAC_GROUP, requestedRole } from '../../sdk/rbac.ts';
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
  falsePositives:
    'GitOps controllers and platform operators that hand out roles; access proxies that impersonate their users. Suppress them by role.',
  triage:
    'Find out who is bound to the role: kubectl get clusterrolebindings,rolebindings -A -o wide | grep <role>. If it is not planned, delete the bindings first. If the verb is needed, limit it by resourceNames.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  ],
  related: ['elastic:persistence_sensitive_role_creation_or_modification'],
  audit: ROLE_WRITES,
  find: (event) => {
    const role = requestedRole(event);
    const escalations = role === undefined ? [] : role.rules.flatMap(escalationsOf);
    return role !== undefined && escalations.length > 0 && { role, escalations };
  },
  // `*` on service accounts means impersonate too, but hardly anybody who writes it means that.
  weight: ({ escalations }, { outcome }) =>
    escalations.some(({ isNamed }) => isNamed) ? {} : { impact: 60, confidence: outcome === 'denied' ? 30 : 50 },
  entities: ({ role }) => ({ role: nameOfRole(role) }),
  summary: ({ role, escalations }, event) => {
    const verbs = escalations.map(({ verb }) => verb);
    return said(event, 'grant', `${nameOfRole(role)} the ${counted('verb', verbs)}`);
  },
});

const RBAC = [RBAC_GROUP];
const binding = (...resourceNames: readonly string[]) => ({
  ...element(['bind'], ['clusterroles'], RBAC),
  ...(resourceNames.length > 0 && { resourceNames }),
});

export const examples = () => ({
  fires: {
    'alice granted clusterrole reader the verb escalate': writeRole(alice, [element(['get', 'escalate'], ['*'], RBAC)]),
    'bob granted role team/owner the verb bind': writeRole(bob, [binding()], { namespace: 'team', name: 'owner' }),
    'carol granted clusterrole reader the verb impersonate': writeRole(carol, [
      element(['list'], ['pods']),
      element(['impersonate'], ['groups'], ['*']),
    ]),
    'oscar granted clusterrole reader the verb impersonate': writeRole(oscar, [
      element(['impersonate'], ['userextras/scopes'], ['authentication.k8s.io']),
    ]),
    'deploy-pipeline granted clusterrole operator the verb impersonate': writeRole(
      pipeline(),
      [element(['*'], ['configmaps', 'serviceaccounts'])],
      { name: 'operator' },
    ),
    'mallory was denied granting clusterrole reader the verb bind': writeRole(
      mallory,
      [binding('view', 'cluster-admin')],
      DENIED_BY_ADMISSION,
    ),
  },
  silent: {
    'the verb in one element and the resource in another': writeRole(alice, [
      element(['bind'], ['pods']),
      element(['get'], ['clusterroles'], RBAC),
    ]),
    'only view may be handed on': writeRole(alice, [binding('view')]),
    'the controllers aggregate': writeRole(controller('clusterrole-aggregation-controller'), [
      element(['impersonate'], ['serviceaccounts']),
    ]),
    'a subresource does not take in its parent': writeRole(alice, [element(['impersonate'], ['*/users'])]),
  },
});
