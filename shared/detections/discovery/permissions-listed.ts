import { isControlPlane } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { audit, controller, human, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** Split from permissions-enumerated: one such request tells everything, so there is nothing to count. */
export default defineDetection({
  id: 'permissions-listed',
  title: 'Own permissions listed',
  description:
    'A principal asked for the list of all that it may do in a namespace (kubectl auth can-i --list). It is the first thing to do with credentials that one did not make.',
  tactic: 'discovery',
  attack: ['T1069', 'T1613'],
  impact: 50,
  confidence: 60,
  type: 'Hunting',
  falsePositives: 'People learn their rights this way, and some graphical clients ask at every start.',
  triage:
    'For a workload, look at its pod: hardly any software asks this of itself. For a person, look at the address and client.',
  references: [
    'https://attack.mitre.org/techniques/T1069/',
    'https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-rules-review-v1/',
  ],
  answers: [
    'elastic:discovery_suspicious_self_subject_review',
    'sigma:kubernetes_audit_rbac_permisions_listing',
    'google:Discovery: Can get sensitive Kubernetes object check',
  ],
  needs: 'header',
  on: {
    verbs: ['create'],
    resources: ['selfsubjectrulesreviews'],
    outcomes: ['succeeded'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: () => true,
  weight: ({ actor }) =>
    actor.serviceAccount === undefined && actor.node === undefined ? {} : { impact: 70, confidence: 70 },
  entities: (event) => ({ principal: principalOf(event.actor), sourceAddress: event.address }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} listed its own permissions`,
});

const review = { verb: 'create', resource: 'selfsubjectrulesreviews.authorization.k8s.io' };

export const examples = () => ({
  fires: {
    'mallory listed its own permissions': audit({ ...review, by: human('mallory') }),
    'service account shop/default listed its own permissions': audit({
      ...review,
      by: serviceAccount('shop', 'default'),
    }),
    'mallory as bob listed its own permissions': audit({
      ...review,
      by: human('mallory'),
      impersonated: { username: 'bob' },
    }),
  },
  silent: {
    'one question about one right': audit({
      verb: 'create',
      by: human(),
      resource: 'selfsubjectaccessreviews.authorization.k8s.io',
    }),
    'the control plane': audit({ ...review, by: controller('namespace-controller') }),
    'a refusal tells nothing': audit({ ...review, by: human('mallory'), code: 403 }),
  },
});
