import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, mallory, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';

/** Apart from permissions-enumerated: one such request lists all rights, so there is nothing to count. */
export default defineDetection({
  id: 'permissions-listed',
  title: 'Own RBAC permissions listed (kubectl auth can-i --list)',
  description: 'A principal listed all that it may do in a namespace. Attackers do so first with stolen credentials.',
  tactic: 'discovery',
  techniques: ['T1069', 'T1613'],
  impact: 50,
  confidence: 60,
  type: 'Hunting',
  falsePositives: 'People look up their rights, and some graphical clients do so at every start.',
  triage:
    'For a workload, look at its pod, since hardly any software lists its rights: kubectl -n <namespace> get pods -o wide. For a person, look at the address and client, and ask them. If it was not them, revoke the credentials.',
  references: [
    'https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-rules-review-v1/',
    'https://attack.mitre.org/techniques/T1069/',
  ],
  related: [
    'elastic:discovery_suspicious_self_subject_review',
    'sigma:kubernetes_audit_rbac_permisions_listing',
    'google:Discovery: Can get sensitive Kubernetes object check',
  ],
  audit: {
    level: 'metadata',
    verbs: ['create'],
    resources: ['selfsubjectrulesreviews'],
    actor: isNotControlPlane,
    dryRun: true, // The answer is the same.
  },
  weight: (_found, { actor }) =>
    actor.serviceAccount === undefined && actor.node === undefined ? {} : { impact: 70, confidence: 70 },
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, event) => said(event, 'list', 'their own permissions'),
});

const review = (by = mallory, parts = {}) => call(by, 'create selfsubjectrulesreviews.authorization.k8s.io', parts);

export const examples = () => ({
  fires: {
    'mallory listed their own permissions': review(),
    'service account shop/default listed their own permissions': review(serviceAccount('shop', 'default')),
    'mallory as bob listed their own permissions': review(mallory, { impersonated: { username: 'bob' } }),
  },
  silent: {
    'a check of one right': call(alice, 'create selfsubjectaccessreviews.authorization.k8s.io'),
    'the control plane': review(controller('namespace-controller')),
    'a denied request': review(mallory, { code: 403 }),
  },
});
