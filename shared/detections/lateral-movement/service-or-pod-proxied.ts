import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { audit, controller, human, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'service-or-pod-proxied',
  title: 'Service or pod reached through the API server',
  description:
    'Somebody sent a request to a Service or pod through the API server’s proxy. It arrives from the control plane’s own address, past network policies and security groups, and pages that come back run in the origin of the API server.',
  tactic: 'lateral-movement',
  attack: ['T1090'],
  impact: 50,
  confidence: 50,
  type: 'Hunting',
  falsePositives:
    '`kubectl proxy`, graphical clients that draw metrics, and monitoring that scrapes through the API server.',
  triage: 'The path behind `/proxy/` in the evidence is what was asked of the service.',
  references: [
    'https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/',
    'https://attack.mitre.org/techniques/T1090/',
  ],
  answers: [],
  needs: 'header',
  on: {
    resources: ['pods/proxy', 'services/proxy'],
    outcomes: ['succeeded', 'failed', 'denied'],
    actor: isUserOrWorkload,
  },
  // An answer of the service itself may be an error; it was reached all the same. What the API server could not find was not.
  match: (event) => event.outcome !== 'failed' || event.annotations['authorization.k8s.io/decision'] === 'allow',
  weight: (event) => {
    if (event.outcome === 'denied') return { confidence: 40 };
    return isSoftware(event.actor, event.userAgent) ? { confidence: 20 } : {};
  },
  entities: (event) => ({ principal: principalOf(event.actor), target: targetOf(event) }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? 'was refused to reach' : 'reached';
    return `${nameOf(event.actor, event.impersonated)} ${did} ${targetOf(event)} through the API server`;
  },
});

/** `service shop/web`: the name without the scheme and port that may stand around it (`https:web:8443`). */
const targetOf = ({ object }: AuditHeader): string => {
  const parts = object.name.split(':');
  return `${object.resource.slice(0, -1)} ${object.namespace}/${parts.length === 3 ? parts[1] : parts[0]}`;
};

const proxied = (parts: object = {}) =>
  audit({
    verb: 'get',
    by: human(),
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
      by: human('bob'),
      verb: 'create',
      resource: 'pods/proxy',
      name: 'db-0:9200',
      code: 500,
    }),
    'service account shop/ci reached service shop/web through the API server': proxied({
      by: serviceAccount('shop', 'ci', { agent: 'curl/8.5.0' }),
    }),
    'mallory was refused to reach service shop/web through the API server': proxied({
      by: human('mallory'),
      code: 403,
    }),
  },
  silent: {
    'a Service that is read': proxied({ resource: 'services', uri: '/api/v1/namespaces/shop/services/proxy' }),
    'the control plane proxies for itself': proxied({ by: controller('horizontal-pod-autoscaler') }),
    'nodes are for node-proxy-used': proxied({ resource: 'nodes/proxy', namespace: '', name: 'n' }),
  },
});
