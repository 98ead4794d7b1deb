import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { escalationsOf } from '../../sdk/dangerous-grants.ts';
import { controller, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { nameOfRole, requestedRole } from '../../sdk/rbac.ts';
import { element, writeRole } from '../../sdk/rbac-examples.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';

const escalationsIn = (event: AuditEvent) => (requestedRole(event)?.rules ?? []).flatMap(escalationsOf);

export default defineDetection({
  id: 'role-dangerous-verbs',
  title: 'Role that may bind, escalate or impersonate',
  description:
    'A role grants a verb that only exists to go around the rules: `escalate` writes roles with more than one has, `bind` hands out any role, `impersonate` acts as somebody else. Verb and resource have to stand in one rule element.',
  tactic: 'privilege-escalation',
  attack: ['T1098.006'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'GitOps controllers and platform operators that hand out roles; access proxies that impersonate their users. Suppress them by role.',
  triage: 'See who is bound to the role. If the verb is needed, limit it by resourceNames.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  ],
  answers: ['elastic:persistence_sensitive_role_creation_or_modification'],
  needs: 'body',
  on: ROLE_WRITES,
  match: (event) => !event.dryRun && escalationsIn(event).length > 0,
  weight: (event) => {
    // `*` on service accounts means impersonate too, but hardly anybody who writes it means that.
    const isNamed = escalationsIn(event).some((escalation) => escalation.isNamed);
    const doubt = event.outcome === 'denied' ? 20 : 0;
    return isNamed ? { confidence: 70 - doubt } : { impact: 60, confidence: 50 - doubt };
  },
  entities: (event) => {
    const role = requestedRole(event);
    return { role: role === undefined ? '' : nameOfRole(role), principal: principalOf(event.actor) };
  },
  summary: (event) => {
    const role = requestedRole(event);
    const verbs = listed(escalationsIn(event).map(({ verb }) => verb));
    return `${whoDid(event, 'granted', 'grant')} ${verbs} to ${role === undefined ? 'a role' : nameOfRole(role)}`;
  },
});

const RBAC = ['rbac.authorization.k8s.io'];

export const examples = () => ({
  fires: {
    'alice granted escalate to clusterrole reader': writeRole(human(), [element(['get', 'escalate'], ['*'], RBAC)]),
    'bob granted bind to role team/owner': writeRole(human('bob'), [element(['bind'], ['clusterroles'], RBAC)], {
      namespace: 'team',
      name: 'owner',
    }),
    'carol granted impersonate to clusterrole reader': writeRole(human('carol'), [
      element(['list'], ['pods']),
      element(['impersonate'], ['groups'], ['*']),
    ]),
    'oscar granted impersonate to clusterrole reader': writeRole(human('oscar'), [
      element(['impersonate'], ['userextras/scopes'], ['authentication.k8s.io']),
    ]),
    'deploy-pipeline granted impersonate to clusterrole operator': writeRole(
      pipeline(),
      [element(['*'], ['configmaps', 'serviceaccounts'])],
      { name: 'operator' },
    ),
    'mallory was refused to grant bind to clusterrole reader': writeRole(
      human('mallory'),
      [{ ...element(['bind'], ['clusterroles'], RBAC), resourceNames: ['view', 'cluster-admin'] }],
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'the verb in one element and the resource in another': writeRole(human(), [
      element(['bind'], ['pods']),
      element(['get'], ['clusterroles'], RBAC),
    ]),
    'only view may be handed on': writeRole(human(), [
      { ...element(['bind'], ['clusterroles'], RBAC), resourceNames: ['view'] },
    ]),
    'the controllers aggregate': writeRole(controller('clusterrole-aggregation-controller'), [
      element(['impersonate'], ['serviceaccounts']),
    ]),
    'a subresource does not take in its parent': writeRole(human(), [element(['impersonate'], ['*/users'])]),
  },
});
