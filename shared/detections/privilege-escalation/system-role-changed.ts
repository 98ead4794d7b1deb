import { isProvenControlPlane } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import { audit, component, controller, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';
import { BINDINGS, RBAC_GROUP, ROLES } from '../../sdk/rbac.ts';

/** Roles of Kubernetes that have no prefix. */
const PLAIN = new Set(['cluster-admin', 'admin', 'edit', 'view']);

export default defineDetection({
  id: 'system-role-changed',
  title: 'System role or binding changed',
  description:
    'A role or binding that belongs to Kubernetes or to Amazon EKS was changed or deleted by somebody else. It reaches everybody who holds the role, and no new name appears anywhere.',
  tactic: 'privilege-escalation',
  attack: ['T1098.006'],
  impact: 80,
  confidence: 80,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Add-ons that a team installs itself and whose chart uses a `system:` name. The usual ones are excepted by an option; add yours.',
  triage:
    'Compare the role with the same role of a fresh cluster of that version; the API server restores missing rules when it starts, but never removes added ones.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings'],
  answers: ['falco:System ClusterRole Modified/Deleted', 'panther:k8s_system_role_modified'],
  needs: 'header',
  on: {
    verbs: ['update', 'patch', 'delete'],
    resources: [...ROLES, ...BINDINGS],
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isProvenControlPlane(actor),
  },
  options: {
    except: [
      [
        'system:aggregated-metrics-reader',
        'system:coredns',
        'system:metrics-server',
        'system:metrics-server-aggregated-reader',
      ],
      'names of roles and bindings that charts install and may change',
    ],
  },
  match: ({ object, dryRun }, { except }) =>
    !dryRun &&
    object.group === RBAC_GROUP &&
    (PLAIN.has(object.name) || /^(?:system|eks):/.test(object.name)) &&
    !except.includes(object.name),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: ({ object, actor }) => ({
    role: `${object.resource.slice(0, -1)} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`,
    principal: principalOf(actor),
  }),
  summary: (event) => {
    const { resource, name } = event.object;
    const isGone = event.verb === 'delete';
    return `${whoDid(event, isGone ? 'deleted' : 'changed', isGone ? 'delete' : 'change')} ${resource.slice(0, -1)} ${name}`;
  },
});

const change = (verb: string, name: string, by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({ verb, by, resource: 'clusterroles.rbac.authorization.k8s.io', name, ...parts });

export const examples = () => ({
  fires: {
    'alice changed clusterrole system:node': change('patch', 'system:node'),
    'bob deleted clusterrole eks:addon-manager': change('delete', 'eks:addon-manager', human('bob')),
    'carol changed clusterrole view': change('update', 'view', human('carol')),
    'dave changed clusterrolebinding system:discovery': change('patch', 'system:discovery', human('dave'), {
      resource: 'clusterrolebindings.rbac.authorization.k8s.io',
    }),
    'mallory was refused to change clusterrole system:node': change('patch', 'system:node', human('mallory'), {
      code: 403,
    }),
    // An access entry may hand out any name but those that EKS keeps for itself.
    'eks:addon-manager-2 changed clusterrole system:node': change('patch', 'system:node', {
      ...human(),
      user: { username: 'eks:addon-manager-2', groups: ['system:masters'] },
    }),
  },
  silent: {
    'a role of the team': change('patch', 'reader'),
    'a name that only contains the prefix': change('patch', 'my-system:node'),
    'the controller aggregates': change('update', 'view', controller('clusterrole-aggregation-controller')),
    'the API server restores it': change('update', 'system:node', component('apiserver')),
    'a chart upgrades metrics-server': change('patch', 'system:metrics-server', pipeline()),
    'reading changes nothing': change('get', 'system:node'),
  },
});
