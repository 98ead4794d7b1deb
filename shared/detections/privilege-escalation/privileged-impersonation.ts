import { isProvenControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, type Caller, call, controller } from '../../sdk/examples.ts';
import { saidRequest } from '../../sdk/said-request.ts';

const powerfulGroupOf = ({ groups }: Actor): string | undefined =>
  ['system:masters', 'system:nodes'].find((group) => groups.includes(group));

/** Identities that may do nearly everything. A prefix is enough here: it only raises findings, and silences none. */
const isPrivileged = (actor: Actor): boolean =>
  powerfulGroupOf(actor) !== undefined ||
  actor.serviceAccount?.namespace === 'kube-system' ||
  (actor.serviceAccount === undefined && /^(?:system|eks):/.test(actor.user) && actor.user !== 'system:anonymous');

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
  falsePositives: 'Administrators who take more rights when needed (`kubectl --as-group=system:masters`).',
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
  find: ({ impersonated }) => impersonated && { user: impersonated.user, group: powerfulGroupOf(impersonated) },
  entities: ({ user, group }) => ({ impersonated: group ?? user }),
  summary: ({ group }, event) => saidRequest(event, group === undefined ? '' : ` with the rights of ${group}`),
});

const as = (username: string, group = 'system:authenticated') => ({ impersonated: { username, groups: [group] } });
const account = /* @__PURE__ */ as('system:serviceaccount:kube-system:aws-node');
const node = /* @__PURE__ */ as('system:node:ip-1');
const imitator = /* @__PURE__ */ controller('ttl-controller-2');
const lists = (by: Caller, parts = {}) => call(by, 'list pods', parts);

export const examples = () => ({
  fires: {
    'alice as joe listed pods with the rights of system:masters': lists(alice, as('joe', 'system:masters')),
    'alice as jim listed pods with the rights of system:nodes': lists(alice, as('jim', 'system:nodes')),
    'alice as service account kube-system/aws-node listed pods': lists(alice, account),
    'alice as eks:addon-manager listed pods': lists(alice, as('eks:addon-manager')),
    'service account kube-system/ttl-controller-2 as node ip-1 listed pods': lists(imitator, node),
    'bob as node ip-1 was denied reading secret shop/key': call(bob, 'get secrets shop/key', { ...node, code: 403 }),
    'bob as node ip-1 requested /metrics': call(bob, 'get', { ...node, uri: '/metrics' }),
    'bob as node ip-1 created pod shop/web': call(bob, 'create pods shop/web', { ...node, query: 'dryRun=All' }),
  },
  silent: {
    'in the name of a colleague': lists(alice, as('bob')),
    'in the name of a workload': lists(alice, as('system:serviceaccount:shop:api', 'system:serviceaccounts')),
    'a controller in its own name': lists(controller('replicaset-controller')),
    'a name that only contains one': lists(alice, as('my-system:node:x')),
    'to become anonymous gives rights up': lists(alice, as('system:anonymous', 'system:unauthenticated')),
  },
});
