import { isControlPlane } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { at } from '../../primitives/json.ts';
import { MINUTE } from '../../primitives/time.ts';
import { audit, controller, human, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'permissions-enumerated',
  title: 'Own permissions tried out',
  description:
    'One principal asked the API server about many different rights of its own in a few minutes. That is how tools find out what stolen credentials are good for; software that checks a right checks the same one every time.',
  tactic: 'discovery',
  attack: ['T1069', 'T1613'],
  impact: 50,
  confidence: 60,
  type: 'Anomaly',
  falsePositives: 'Graphical clients and dashboards grey out what their user may not do, and ask for each button.',
  triage: 'Look at the client and the address. A workload that asks about itself deserves a look at its pod.',
  references: [
    'https://attack.mitre.org/techniques/T1069/',
    'https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access',
  ],
  answers: [
    'guardduty:Discovery:Kubernetes/AnomalousBehavior.PermissionChecked',
    'datadog:Permission enumeration attempt',
    'google:Discovery: Can get sensitive Kubernetes object check',
    'elastic:discovery_suspicious_self_subject_review',
    'sigma:kubernetes_audit_rbac_permisions_listing',
  ],
  needs: 'header or body',
  on: {
    verbs: ['create'],
    resources: ['selfsubjectaccessreviews'],
    outcomes: ['succeeded'],
    actor: (actor) => !isControlPlane(actor),
  },
  options: {
    limit: [10, 'different rights that may be asked for within the window'],
    windowMinutes: [5, 'length of the sliding window, in minutes'],
  },
  match: () => true,
  // What a pod may do is decided when it is deployed; only a stranger inside it has to ask.
  weight: (event) => (event.actor.serviceAccount === undefined ? {} : { impact: 70 }),
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowMinutes * MINUTE,
    distinct: (event) => rightOf(event),
  },
  entities: (event) => ({ principal: principalOf(event.actor) }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} tried out many permissions`,
});

/** The right that was asked for; a request without a body counts as one of its own. */
const rightOf = (event: AuditEvent): string => {
  const spec = at(event.requestObject, 'spec');
  return spec === undefined ? event.ref : JSON.stringify(spec);
};

const asks = (count: number, by = human('mallory'), resource = (index: number) => `resource-${index}`) =>
  Array.from({ length: count }, (_, index) =>
    audit({
      verb: 'create',
      by,
      resource: 'selfsubjectaccessreviews.authorization.k8s.io',
      request: {
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'get', resource: resource(index) } },
      },
      at: new Date(Date.UTC(2026, 2, 2, 10) + index * 1000).toISOString(),
    }),
  );

export const examples = () => ({
  fires: {
    'mallory tried out many permissions': asks(11),
    'service account shop/web tried out many permissions': asks(30, serviceAccount('shop', 'web')),
  },
  silent: {
    'kubectl auth can-i, ten times': asks(10),
    'one right before every action': asks(200, serviceAccount('argocd', 'argocd-server'), () => 'applications'),
    'the control plane asks for others': asks(50, controller('namespace-controller')),
  },
});
