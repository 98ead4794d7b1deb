import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, controller, mallory, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'service-or-pod-proxied',
  title: 'Service or pod reached through the API server (kubectl proxy)',
  description:
    'Somebody sent a request to a Service or pod through the proxy of the API server. The request comes from the address of the control plane, so it bypasses network policies and security groups. A browser runs a page of the service in the origin of the API server.',
  tactic: 'lateral-movement',
  techniques: ['T1021'],
  impact: 50,
  confidence: 50,
  denied: { confidence: 40 },
  type: 'Hunting',
  falsePositives:
    'People who use `kubectl proxy`, graphical clients that show metrics, and monitoring through the API server.',
  triage:
    'Look at the path after `/proxy/`, which is what the caller requested of the service. If nobody can explain it, remove the right to `services/proxy` and `pods/proxy` from the caller’s role. List its rights: kubectl auth can-i --list --as <user>.',
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
  find: ({ outcome, annotations, object }) => {
    // An error after RBAC allowed the request is mostly the answer of the service itself.
    if (outcome === 'failed' && annotations['authorization.k8s.io/decision'] !== 'allow') return undefined;
    // A scheme and a port may be around the name: `https:web:8443`.
    const parts = object.name.split(':');
    return `${object.resource.slice(0, -1)} ${object.namespace}/${parts.length === 3 ? parts[1] : parts[0]}`;
  },
  // Monitoring has the right to do this, so software that is denied counts in full.
  weight: (_target, { outcome, actor, userAgent }) =>
    outcome !== 'denied' && isSoftware(actor, userAgent) ? { confidence: 20 } : {},
  entities: (target) => ({ target }),
  summary: (target, event) => {
    const object = `${target} through the API server`;
    // Not "tried to reach": the service itself answered with an error.
    if (event.outcome === 'failed') return `${nameOf(event.actor, event.impersonated)} reached ${object}`;
    return said(event, 'reach', object);
  },
});

const ci = /* @__PURE__ */ serviceAccount('shop', 'ci', { agent: 'curl/8.5.0' });
const WEB = 'get services/proxy shop/https:web:8443';

export const examples = () => ({
  fires: {
    'alice reached service shop/web through the API server': call(alice, WEB),
    'bob reached pod shop/db-0 through the API server': call(bob, 'create pods/proxy shop/db-0:9200', { code: 500 }),
    'service account shop/ci reached service shop/web through the API server': call(ci, WEB),
    'mallory was denied reaching service shop/web through the API server': call(mallory, WEB, { code: 403 }),
  },
  silent: {
    'a Service that is read': call(alice, 'get services shop/proxy'),
    'the control plane': call(controller('horizontal-pod-autoscaler'), WEB),
    'nodes, which are for node-proxy-used': call(alice, 'get nodes/proxy n'),
    'an error before RBAC': call(alice, WEB, { code: 429, annotations: {} }),
  },
});
