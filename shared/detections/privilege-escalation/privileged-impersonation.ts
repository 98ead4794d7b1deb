import { isProvenControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  bob,
  type Caller,
  carol,
  controller,
  dave,
  erin,
  human,
  type RequestParts,
} from '../../sdk/examples.ts';
import { saidRequest } from '../../sdk/said-request.ts';

/** Identities that may do nearly everything. A prefix is enough here: it only raises findings, and silences none. */
const isPrivileged = (actor: Actor): boolean =>
  actor.groups.some((group) => group === 'system:masters' || group === 'system:nodes') ||
  actor.serviceAccount?.namespace === 'kube-system' ||
  (actor.serviceAccount === undefined && /^(?:system|eks):/.test(actor.user) && actor.user !== 'system:anonymous');

const privilegedGroupOf = ({ groups }: Actor): string | undefined =>
  ['system:masters', 'system:nodes'].find((group) => groups.includes(group));

export default defineDetection({
  id: 'privileged-impersonation',
  title: 'Impersonation of a privileged identity (system:masters, node, kube-system)',
  description:
    'Somebody made a request as a member of system:masters, a node, a controller or a service account of kube-system. The rights of that identity apply, not those of the caller.',
  tactic: 'privilege-escalation',
  techniques: ['T1548.005'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 60 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Administrators who work without rights and take them when needed (`kubectl --as-group=system:masters`).',
  triage:
    'Ask the caller whether they made the request, and list what was done under the impersonated name. To contain it, take the verb impersonate from the roles of the caller, then check: kubectl auth can-i impersonate groups --as=<user>.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation'],
  related: ['elastic:privilege_escalation_kubernetes_api_request_impersonating_privileged_identity'],
  audit: {
    level: 'metadata',
    // A dry run changes nothing, but shows that the caller has these rights.
    dryRun: true,
    // A denied impersonation is logged without the name; a denied request of an impersonated user has both names.
    actor: (actor: Actor, impersonated: Actor | undefined) =>
      impersonated !== undefined && isPrivileged(impersonated) && !isProvenControlPlane(actor),
  },
  find: ({ impersonated }) => impersonated && { user: impersonated.user, group: privilegedGroupOf(impersonated) },
  entities: ({ user, group }) => ({ impersonated: group ?? user }),
  summary: ({ group }, event) => saidRequest(event, group === undefined ? '' : ` with the rights of ${group}`),
});

const acting = (
  by: Caller,
  username: string,
  groups: readonly string[] = ['system:authenticated'],
  parts: Partial<RequestParts> = {},
) =>
  audit({ verb: 'list', by, resource: 'secrets', namespace: 'default', impersonated: { username, groups }, ...parts });

export const examples = () => ({
  fires: {
    'alice as admin listed secrets in namespace default with the rights of system:masters': acting(alice, 'admin', [
      'system:masters',
    ]),
    'bob as node ip-10-0-1-17 listed secrets in namespace default': acting(bob, 'system:node:ip-10-0-1-17'),
    'carol as service account kube-system/replicaset-controller listed secrets in namespace default': acting(
      carol,
      'system:serviceaccount:kube-system:replicaset-controller',
    ),
    'service account kube-system/replicaset-controller-2 as eks:addon-manager listed secrets in namespace default':
      acting(controller('replicaset-controller-2'), 'eks:addon-manager'),
    'dave as node ip-1 was denied using exec of pod shop/web-0': acting(dave, 'system:node:ip-1', [], {
      verb: 'create',
      resource: 'pods/exec',
      namespace: 'shop',
      name: 'web-0',
      code: 403,
    }),
    'erin as node ip-1 requested /metrics': acting(erin, 'system:node:ip-1', [], {
      verb: 'get',
      resource: '',
      namespace: '',
      uri: '/metrics',
    }),
    'frank as node ip-1 created secrets in namespace default': acting(human('frank'), 'system:node:ip-1', [], {
      verb: 'create',
      query: 'dryRun=All',
    }),
  },
  silent: {
    'in the name of a colleague': acting(alice, 'bob', ['developers', 'system:authenticated']),
    'in the name of a workload': acting(alice, 'system:serviceaccount:shop:api', ['system:serviceaccounts']),
    'a controller in its own name': audit({
      verb: 'list',
      by: controller('replicaset-controller'),
      resource: 'secrets',
    }),
    'a name that only contains one': acting(alice, 'my-system:node:x'),
    'to become anonymous gives rights up': acting(alice, 'system:anonymous', ['system:unauthenticated']),
  },
});
