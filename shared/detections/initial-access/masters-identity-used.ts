import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { audit, component, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

const isMaster = (actor: Actor): boolean => actor.groups.includes('system:masters');

export default defineDetection({
  id: 'masters-identity-used',
  title: 'Member of system:masters at work',
  description:
    'A person or pipeline used an identity of the group system:masters. Nothing is denied to it, no binding that could be removed grants it, and no webhook on authorization can stop it.',
  tactic: 'initial-access',
  attack: ['T1078'],
  impact: 60,
  confidence: 60,
  type: 'Hunting',
  falsePositives:
    'The creator of a cluster belongs to the group where its bootstrap admin permissions are on, and many teams keep an admin role in it for emergencies. Suppress that role by principal while it is in use.',
  triage:
    'Candidate what needed doing. Replace aws-auth mappings to the group by access entries with a narrower access policy.',
  references: [
    'https://attack.mitre.org/techniques/T1078/',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege',
    'https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html',
  ],
  answers: ['falco:Full K8s Administrative Access'],
  needs: 'header',
  on: { outcomes: ['succeeded'], actor: (actor) => isMaster(actor) && isUserOrWorkload(actor) },
  match: () => true,
  entities: (event) => ({ principal: principalOf(event.actor) }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} used the rights of system:masters`,
});

const get = { verb: 'get', resource: 'pods', namespace: 'default', name: 'web' };
const master = /* @__PURE__ */ human('kubernetes-admin', { groups: ['system:masters'] });

export const examples = () => ({
  fires: {
    'kubernetes-admin used the rights of system:masters': audit({ ...get, by: master }),
    'eks:addon-manager used the rights of system:masters': audit({
      ...get,
      by: human('eks:addon-manager', { groups: ['viewers', 'system:masters'] }),
    }),
  },
  silent: {
    'the API server calls itself': audit({
      ...get,
      by: { ...component('apiserver'), user: { username: 'system:apiserver', groups: ['system:masters'] } },
    }),
    'a group that only sounds like it': audit({ ...get, by: human('alice', { groups: ['system:masters:readonly'] }) }),
    'a pipeline with rights of its own': audit({ ...get, by: pipeline() }),
    'the group of whom somebody would like to be': audit({
      ...get,
      by: human('mallory'),
      impersonated: { username: 'x', groups: ['system:masters'] },
      code: 403,
    }),
  },
});
