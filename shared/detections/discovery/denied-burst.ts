import { isControlPlane, isNode } from '../../eks/identities.ts';
import { isUnauthenticated } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { MINUTE, SECOND } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { call, controller, mallory, nobody, node, oscar, series, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'denied-burst',
  title: 'Many different requests denied (RBAC)',
  description:
    'One principal was denied many different requests in a short time. Software that lacks a right repeats the same request. An attacker with stolen credentials tries many requests to find out what the credentials allow.',
  tactic: 'discovery',
  techniques: ['T1613'],
  impact: 70,
  confidence: 70,
  type: 'Anomaly',
  falsePositives:
    'A user with few rights opens a graphical client, which lists everything in every namespace. An operator starts before its role is bound.',
  triage:
    'Look at the source address, and at what the principal was allowed at the same time. List its rights: kubectl auth can-i --list --as <user>. If nobody can explain the requests, revoke its credentials.',
  references: [
    'https://attack.mitre.org/techniques/T1613/',
    'https://docs.datadoghq.com/security/default_rules/bz1-7ay-vqj/',
  ],
  related: [
    'datadog:A Kubernetes user attempted to perform a high number of actions that were denied',
    'panther:k8s_multiple_403_public_ip',
    'panther:source_ip_multiple_403',
    'splunk:Kubernetes Unauthorized Access',
    'elastic:discovery_endpoint_permission_enumeration_by_user_and_srcip',
    'elastic:discovery_denied_service_account_request',
    'sigma:kubernetes_audit_unauthorized_unauthenticated_actions',
  ],
  audit: {
    level: 'metadata',
    outcomes: ['denied'],
    actor: (actor: Actor) => !isUnauthenticated(actor) && !isControlPlane(actor),
    dryRun: true,
  },
  window: threshold({ limit: 10, of: 'different denied requests', minutes: 10 }),
  // Names do not count: software that lacks a right on a resource may try every object of it.
  distinct: (_found, { verb, path, actor, object: { group, resource, subresource, namespace } }) => {
    if (resource === '') return `${verb} ${path}`;
    // The node authorizer denies a kubelet what belongs to pods that have just ended, in any namespace.
    return `${verb} ${group}/${resource}/${subresource} ${isNode(actor) ? '' : namespace}`;
  },
  // All nodes share one IAM role, so each node counts for itself.
  entities: (_found, { actor }) => (isNode(actor) ? { node: actor.node as string } : {}),
  summary: (_found, event) => said(event, 'make', 'many different requests'),
});

const requests = (count: number, by = mallory, parts = {}, every = MINUTE / 2) => {
  const request = (at: string, index: number) =>
    call(by, `list ${index % 2 ? 'secrets' : 'pods'} team-${index >> 1}/`, { code: 403, at, ...parts });
  return series(count, request, every);
};
const AS_BOB = { impersonated: { username: 'bob' } };

export const examples = () => ({
  fires: {
    'mallory was denied making many different requests': requests(11),
    'service account shop/web was denied making many different requests': requests(22, serviceAccount('shop', 'web')),
    'mallory as bob was denied making many different requests': requests(11, mallory, AS_BOB),
    'oscar was denied making many different requests': series(11, (_, index) =>
      call(oscar, 'get', { code: 403, uri: `/apis/example-${index}` }),
    ),
  },
  silent: {
    'ten different requests': requests(10),
    'one right on a hundred objects': series(100, (_, i) => call(mallory, `get secrets shop/${i}`, { code: 403 })),
    'forty over hours': requests(40, mallory, {}, 5 * MINUTE),
    'requests without credentials': requests(40, nobody(), { code: 401 }, 6 * SECOND),
    'kubelets ask for what belongs to pods that have ended': requests(40, node()),
    'the control plane': requests(40, controller('namespace-controller')),
  },
});
