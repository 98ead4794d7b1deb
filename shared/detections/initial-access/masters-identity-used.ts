import { isUserOrWorkload } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { component, human, listPods, mallory, pipeline } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'masters-identity-used',
  title: 'Identity of system:masters used (unrestricted cluster admin)',
  description:
    'A person or pipeline used an identity of the group system:masters. It may do everything: no RBAC rule and no authorization webhook limits it, and no binding can be removed to stop it.',
  tactic: 'initial-access',
  techniques: ['T1078'],
  impact: 60,
  confidence: 60,
  type: 'Hunting',
  falsePositives:
    'The creator of a cluster belongs to the group where its bootstrap admin permissions are on, and many teams keep an admin role in it for emergencies. Suppress that role by principal while it is needed.',
  triage:
    'Ask the principal what it was for. When there is no good reason, end its sessions in IAM and remove it from the group: kubectl -n kube-system edit configmap aws-auth. Give people access entries with a narrower access policy instead.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege',
    'https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html',
  ],
  related: ['falco:Full K8s Administrative Access'],
  audit: {
    level: 'metadata',
    actor: (actor: Actor) => actor.groups.includes('system:masters') && isUserOrWorkload(actor),
    dryRun: true,
  },
  summary: (_found, event) => said(event, 'use', 'the rights of group system:masters'),
});

const masters = ['system:masters'];
const listBy = (name: string, groups: string[]) => listPods(human(name, { groups }));

export const examples = () => ({
  fires: {
    'kubernetes-admin used the rights of group system:masters': listBy('kubernetes-admin', masters),
    'eks:addon-manager used the rights of group system:masters': listBy('eks:addon-manager', ['viewers', ...masters]),
  },
  silent: {
    'the API server calls itself': listPods({
      ...component('apiserver'),
      user: { username: 'system:apiserver', groups: masters },
    }),
    'another group with a similar name': listBy('alice', ['system:masters:readonly']),
    'a pipeline with rights of its own': listPods(pipeline()),
    'a denied attempt to impersonate the group': listPods(mallory, {
      impersonated: { username: 'x', groups: masters },
      code: 403,
    }),
  },
});
