import { isProvenControlPlane } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { objectName } from '../../events/object-name.ts';
import { audit, controller, human } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** Identities that hardly anything is refused to. Here a prefix is enough: it accuses and excuses nobody. */
const isPrivileged = (actor: Actor): boolean =>
  actor.groups.some((group) => group === 'system:masters' || group === 'system:nodes') ||
  actor.serviceAccount?.namespace === 'kube-system' ||
  (actor.serviceAccount === undefined && /^(?:system|eks):/.test(actor.user) && actor.user !== 'system:anonymous');

const shownAs = ({ user, groups }: Actor): string =>
  groups.includes('system:masters') ? 'system:masters' : groups.includes('system:nodes') ? 'system:nodes' : user;

export default defineDetection({
  id: 'privileged-impersonation',
  title: 'Request in the name of a privileged identity',
  description:
    'Somebody made a request as a member of system:masters, a node, a controller or a service account of kube-system. What they may do then has nothing to do with their own roles.',
  tactic: 'privilege-escalation',
  attack: ['T1550'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Administrators who work without rights and take them when needed (`kubectl --as-group=system:masters`).',
  triage: 'Candidate the person behind the first name, and list what was done under the second.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation'],
  answers: ['elastic:privilege_escalation_kubernetes_api_request_impersonating_privileged_identity'],
  needs: 'header',
  on: {
    // A refusal to impersonate is logged without the name that was asked for; a refusal of what was asked in it has both.
    outcomes: ['succeeded', 'denied'],
    actor: (actor, impersonated) =>
      impersonated !== undefined && isPrivileged(impersonated) && !isProvenControlPlane(actor),
  },
  match: () => true,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 60 } : {}),
  entities: ({ actor, impersonated }) => ({
    principal: principalOf(actor),
    impersonated: impersonated === undefined ? '' : shownAs(impersonated),
  }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} asked to ${event.verb} ${objectName(event)}`,
});

const acting = (by: ReturnType<typeof human>, username: string, groups: readonly string[] = ['system:authenticated']) =>
  audit({ verb: 'list', by, resource: 'secrets', namespace: 'default', impersonated: { username, groups } });

export const examples = () => ({
  fires: {
    'alice as admin asked to list secrets default': acting(human(), 'admin', ['system:masters']),
    'bob as node ip-10-0-1-17 asked to list secrets default': acting(human('bob'), 'system:node:ip-10-0-1-17'),
    'carol as service account kube-system/replicaset-controller asked to list secrets default': acting(
      human('carol'),
      'system:serviceaccount:kube-system:replicaset-controller',
    ),
    'service account kube-system/replicaset-controller-2 as eks:addon-manager asked to list secrets default': acting(
      controller('replicaset-controller-2'),
      'eks:addon-manager',
    ),
  },
  silent: {
    'in the name of a colleague': acting(human(), 'bob', ['developers', 'system:authenticated']),
    'in the name of a workload': acting(human(), 'system:serviceaccount:shop:api', ['system:serviceaccounts']),
    'a controller in its own name': audit({
      verb: 'list',
      by: controller('replicaset-controller'),
      resource: 'secrets',
    }),
    'a name that only contains one': acting(human(), 'my-system:node:x'),
    'to become nobody is to give rights up': acting(human(), 'system:anonymous', ['system:unauthenticated']),
  },
});
