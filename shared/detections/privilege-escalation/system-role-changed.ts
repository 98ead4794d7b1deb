import { isProvenControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  bob,
  carol,
  component,
  controller,
  dave,
  mallory,
  pipeline,
  type RequestParts,
} from '../../sdk/examples.ts';
import { nameOfObject, said } from '../../sdk/phrases.ts';
import { BINDINGS, RBAC_GROUP, ROLES } from '../../sdk/rbac.ts';

/** Roles of Kubernetes that have no prefix. */
const PLAIN = new Set(['cluster-admin', 'admin', 'edit', 'view']);

export default defineDetection({
  id: 'system-role-changed',
  title: 'Built-in RBAC role or binding changed (system:, eks:, cluster-admin)',
  description:
    'Somebody changed or deleted a role or binding that belongs to Kubernetes or to Amazon EKS. New rights reach everybody who holds the role, without a new name that would be noticed.',
  tactic: 'privilege-escalation',
  techniques: ['T1098.006'],
  impact: 80,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Add-ons that a team installs itself and whose chart uses a `system:` name. The usual ones are excepted by an option; add yours.',
  triage:
    'Compare the role with that of a fresh cluster of the same version: kubectl get clusterrole <name> -o yaml. Remove added rules by hand, since the API server restores only missing ones when it starts.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings'],
  related: ['falco:System ClusterRole Modified/Deleted', 'panther:k8s_system_role_modified'],
  audit: {
    level: 'metadata',
    verbs: ['update', 'patch', 'delete'],
    resources: [...ROLES, ...BINDINGS],
    actor: (actor: Actor) => !isProvenControlPlane(actor),
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
  find: ({ object: { group, name } }, { except }) =>
    group === RBAC_GROUP && (PLAIN.has(name) || /^(?:system|eks):/.test(name)) && !except.includes(name),
  entities: (_found, { object }) => ({ role: nameOfObject(object) }),
  summary: (_found, event) => said(event, event.verb === 'delete' ? 'delete' : 'change', nameOfObject(event.object)),
});

const change = (verb: string, name: string, by = alice, parts: Partial<RequestParts> = {}) =>
  audit({ verb, by, resource: 'clusterroles.rbac.authorization.k8s.io', name, ...parts });

export const examples = () => ({
  fires: {
    'alice changed clusterrole system:node': change('patch', 'system:node'),
    'bob deleted clusterrole eks:addon-manager': change('delete', 'eks:addon-manager', bob),
    'carol changed clusterrole view': change('update', 'view', carol),
    'dave changed clusterrolebinding system:discovery': change('patch', 'system:discovery', dave, {
      resource: 'clusterrolebindings.rbac.authorization.k8s.io',
    }),
    'mallory was denied changing clusterrole system:node': change('patch', 'system:node', mallory, { code: 403 }),
    // An access entry may use any name but those that EKS reserves.
    'eks:addon-manager-2 changed clusterrole system:node': change('patch', 'system:node', {
      ...alice,
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
