import { isAddOn, isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { audit, controller, human, nobody, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'principal-first-seen',
  title: 'Principal not seen in the cluster before',
  description:
    'An IAM role, user or service account used the API that has not done so on any of the last 30 days. IAM principals count as the role or user behind the session, so a new session name is no new principal.',
  tactic: 'initial-access',
  attack: ['T1078'],
  impact: 40,
  confidence: 50,
  type: 'Anomaly',
  falsePositives: 'Every new colleague, pipeline and operator is new once.',
  triage: 'See who let it in (an access entry, aws-auth, a binding) and what it did first.',
  references: [
    'https://attack.mitre.org/techniques/T1078/',
    'https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html',
  ],
  answers: [
    'guardduty:Discovery:Kubernetes/AnomalousBehavior.PermissionChecked',
    'elastic:execution_unusual_request_response_by_user_agent',
  ],
  needs: 'header',
  on: { outcomes: ['succeeded'], actor: (actor) => isUserOrWorkload(actor) && !isAddOn(actor) },
  options: { lookbackDays: [30, 'days without the principal after which it counts as new again'] },
  // What an operator does all day (its leases and watches) says nothing that its first list did not say.
  match: ({ verb, object }) => verb !== 'watch' && object.resource !== 'leases' && object.resource !== 'events',
  state: { kind: 'first-seen', lookback: (options) => options.lookbackDays },
  about: 'caller',
  entities: (event) => ({ principal: principalOf(event.actor) }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} is new to the cluster, first from ${event.address}`,
});

const list = { verb: 'list', resource: 'pods', namespace: 'default' };

export const examples = () => ({
  fires: {
    'alice is new to the cluster, first from 203.0.113.20': [
      audit({ ...list, by: human() }),
      audit({ ...list, by: human('alice', { ip: '198.51.100.9' }), at: '2026-03-02T11:45:00Z' }),
    ],
    'service account shop/default is new to the cluster, first from 10.0.2.31': audit({
      verb: 'create',
      by: serviceAccount('shop', 'default'),
      resource: 'selfsubjectrulesreviews.authorization.k8s.io',
    }),
    'mallory as alice is new to the cluster, first from 203.0.113.20': audit({
      ...list,
      by: human('mallory'),
      impersonated: { username: 'alice' },
    }),
  },
  silent: {
    'a node joins': audit({ ...list, by: node() }),
    'controllers are part of Kubernetes': audit({ ...list, by: controller('job-controller') }),
    'the network plug-in starts on a new cluster': audit({ ...list, by: serviceAccount('kube-system', 'aws-node') }),
    'an operator renews its lease': audit({
      verb: 'update',
      by: serviceAccount('cert-manager', 'cert-manager'),
      resource: 'leases.coordination.k8s.io',
      namespace: 'kube-system',
      name: 'cert-manager-controller',
    }),
    'whoever was refused is not in': audit({ ...list, by: human('mallory'), code: 403 }),
    'nobody is no principal': audit({ ...list, by: nobody(), code: 401 }),
  },
});
