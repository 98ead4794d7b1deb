import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, controller, mallory, type RequestParts, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

/** An answer of the service itself may be an error; it was reached all the same. What the API server could not find was not. */
const isReached = ({ outcome, annotations }: AuditHeader): boolean =>
  outcome !== 'failed' || annotations['authorization.k8s.io/decision'] === 'allow';

/** `service shop/web`: the name without the scheme and port that may be around it (`https:web:8443`). */
const targetOf = ({ object }: AuditHeader): string => {
  const parts = object.name.split(':');
  return `${object.resource.slice(0, -1)} ${object.namespace}/${parts.length === 3 ? parts[1] : parts[0]}`;
};

export default defineDetection({
  id: 'service-or-pod-proxied',
  title: 'Service or pod reached through the API server (kubectl proxy)',
  description:
    'Somebody sent a request to a Service or pod through the proxy of the API server. The request comes from the address of the control plane, so it bypasses network policies and security groups. A page that comes back runs in the origin of the API server.',
  tactic: 'lateral-movement',
  techniques: ['T1021'],
  impact: 50,
  confidence: 50,
  denied: { confidence: 40 },
  type: 'Hunting',
  falsePositives:
    '`kubectl proxy`, graphical clients that draw metrics, and monitoring that scrapes through the API server.',
  triage:
    'Look at the path after `/proxy/` in the evidence, which is what the caller requested of the service. If nobody can explain it, remove the right to `services/proxy` and `pods/proxy` from the caller’s role. List its rights: kubectl auth can-i --list --as <user>.',
  references: [
    'https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/',
    'https://attack.mitre.org/techniques/T1021/',
  ],
  related: [],
  audit: {
    level: 'metadata',
    resources: ['pods/proxy', 'services/proxy'],
    outcomes: ['succeeded', 'failed', 'denied'],
    actor: isUserOrWorkload,
  },
  find: (event) => isReached(event) && targetOf(event),
  // Monitoring has the right to do this, so software that is denied is no less suspicious than a person.
  weight: (_target, { outcome, actor, userAgent }) =>
    outcome !== 'denied' && isSoftware(actor, userAgent) ? { confidence: 20 } : {},
  entities: (target) => ({ target }),
  summary: (target, event) => {
    const object = `${target} through the API server`;
    // A request that failed was answered with an error by the service itself, so it was more than tried.
    if (event.outcome === 'failed') return `${nameOf(event.actor, event.impersonated)} reached ${object}`;
    return said(event, 'reach', object);
  },
});

const proxied = (parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'get',
    by: alice,
    resource: 'services/proxy',
    namespace: 'shop',
    name: 'https:web:8443',
    uri: '/api/v1/namespaces/shop/services/https:web:8443/proxy/admin?x=1',
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice reached service shop/web through the API server': proxied(),
    'bob reached pod shop/db-0 through the API server': proxied({
      by: bob,
      verb: 'create',
      resource: 'pods/proxy',
      name: 'db-0:9200',
      code: 500,
    }),
    'service account shop/ci reached service shop/web through the API server': proxied({
      by: serviceAccount('shop', 'ci', { agent: 'curl/8.5.0' }),
    }),
    'mallory was denied reaching service shop/web through the API server': proxied({ by: mallory, code: 403 }),
  },
  silent: {
    'a Service that is read': proxied({ resource: 'services', uri: '/api/v1/namespaces/shop/services/proxy' }),
    'the control plane proxies for itself': proxied({ by: controller('horizontal-pod-autoscaler') }),
    'nodes are for node-proxy-used': proxied({ resource: 'nodes/proxy', namespace: '', name: 'n' }),
  },
});
