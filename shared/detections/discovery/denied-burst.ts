import { isControlPlane, isNode } from '../../eks/identities.ts';
import { isUnauthenticated } from '../../events/actor.ts';
import type { Actor, AuditHeader } from '../../events/event.ts';
import { MINUTE, SECOND } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { audit, mallory, nobody, node, type RequestParts, series, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

/** What was asked for: verb, resource and namespace, or the path of what is no resource. */
const requestOf = ({ verb, path, object, actor }: AuditHeader): string => {
  if (object.resource === '') return `${verb} ${path}`;
  const what = `${verb} ${object.group}/${object.resource}/${object.subresource}`;
  // The node authorizer denies a kubelet what belongs to pods that have just ended, in any namespace.
  return isNode(actor) ? what : `${what} ${object.namespace}`;
};

export default defineDetection({
  id: 'denied-burst',
  title: 'Many different requests denied (RBAC)',
  description:
    'One principal was denied many different requests in a short time. Software that lacks a right asks for the same thing again and again; somebody with stolen credentials tries one thing after another to find out what they are good for.',
  tactic: 'discovery',
  techniques: ['T1613'],
  impact: 70,
  confidence: 70,
  type: 'Anomaly',
  falsePositives:
    'A new colleague with few rights who opens a graphical client, which asks for everything in every namespace; an operator whose role is not bound yet.',
  triage:
    'See from where the principal came, and what it was allowed among what it was denied. List what it may do: kubectl auth can-i --list --as <user>. When nobody can explain it, revoke its credentials.',
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
  distinct: (_found, event) => requestOf(event),
  // All nodes share one IAM role, so each node counts for itself.
  entities: (_found, { actor }) => (isNode(actor) ? { node: actor.node as string } : {}),
  summary: (_found, event) => said(event, 'make', 'many different requests'),
});

const requests = (count: number, parts: Partial<RequestParts> = {}, every = MINUTE / 2) =>
  series(
    count,
    (at, index) =>
      audit({
        verb: 'list',
        by: mallory,
        code: 403,
        resource: index % 2 ? 'secrets' : 'pods',
        namespace: `team-${index >> 1}`,
        at,
        ...parts,
      }),
    every,
  );

export const examples = () => ({
  fires: {
    'mallory was denied making many different requests': requests(11),
    'service account shop/web was denied making many different requests': requests(22, {
      by: serviceAccount('shop', 'web'),
    }),
    'mallory as bob was denied making many different requests': requests(11, { impersonated: { username: 'bob' } }),
  },
  silent: {
    'ten are tolerated': requests(10),
    'one denied request a hundred times is a misconfiguration': requests(
      100,
      { by: serviceAccount('shop', 'operator'), resource: 'secrets', namespace: 'shop' },
      SECOND,
    ),
    'spread over hours': requests(40, {}, 5 * MINUTE),
    'kubelets ask for what belongs to pods that have ended': requests(40, { by: node() }),
    'nobody is for access-scanning': requests(40, { by: nobody(), code: 401 }, 6 * SECOND),
  },
});
