import { isProvenControlPlane } from '../../eks/identities.ts';
import { isUnauthenticated } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, component, mallory, nobody, serviceAccount } from '../../sdk/examples.ts';
import { kubeletDeedOf, MEASURE, OTHER } from '../../sdk/kubelet-deeds.ts';
import { kubeletCallOf } from '../../sdk/kubelet-proxy.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'node-proxy-used',
  title: 'Kubelet API reached through the API server (nodes/proxy)',
  description:
    'Somebody sent a request to a kubelet through the proxy of its node. A kubelet can run commands in every pod of its node. RBAC on pods and admission do not apply there, and the audit log shows only this one request.',
  tactic: 'lateral-movement',
  techniques: ['T1021'],
  impact: 80,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives:
    'Monitoring that reads metrics of nodes (informational), and `kubectl get --raw` that reads the configuration of a node.',
  triage:
    'Look at the path after `/proxy/`, which shows what was done and in which pod. Then find the role that grants `nodes/proxy`, and remove that right, which only old monitoring needs: kubectl get clusterroles -o yaml | grep -n nodes/proxy.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.privilege-escalation.nodes-proxy/',
  ],
  related: ['elastic:privilege_escalation_api_proxy_to_node'],
  audit: {
    level: 'metadata',
    resources: ['nodes/proxy'],
    outcomes: ['succeeded', 'failed', 'denied'],
    // Nodes are included: a kubelet has no reason to reach another one.
    actor: (actor: Actor) => !isProvenControlPlane(actor),
  },
  find: (event) => {
    const request = kubeletCallOf(event);
    // access-scanning reports denied requests without credentials.
    if (request === undefined || (isUnauthenticated(event.actor) && event.outcome === 'denied')) return undefined;
    return { node: event.object.name, pod: request.pod, deed: kubeletDeedOf(request.action) };
  },
  weight: ({ deed }, { outcome }) => {
    if (deed === MEASURE) return { impact: 40, confidence: 30 };
    return outcome === 'failed' ? { confidence: 60 } : {};
  },
  entities: ({ node, deed }) => ({ node, action: deed }),
  summary: ({ node, pod, deed }, event) => {
    if (deed === OTHER) return said(event, 'send', `a request to the kubelet of ${node}`);
    return said(event, 'make', `the kubelet of ${node} ${deed}${pod === '' ? '' : ` in pod ${pod}`}`);
  },
});

const proxied = (path: string, parts = {}, by = alice) =>
  call(by, 'get nodes/proxy ip-1', { uri: `/api/v1/nodes/ip-1/proxy${path}`, ...parts });
const web = /* @__PURE__ */ serviceAccount('shop', 'web');
const OPEN = { code: 101, stage: 'ResponseStarted' };
const AS_BOB = { impersonated: { username: 'bob' } };

export const examples = () => ({
  fires: {
    'alice made the kubelet of ip-1 run a command in pod a/b': proxied('//run/./a/b/web?cmd=id', { verb: 'create' }),
    'bob made the kubelet of ip-1 run a command in pod a/b': proxied('/x/..%2F%65xec/a/b/web', OPEN, bob),
    'service account shop/web made the kubelet of ip-1 list pods with their specifications': proxied('/pods/', {}, web),
    'alice made the kubelet of ip-1 report metrics': proxied('/stats/summary'),
    'alice tried to make the kubelet of ip-1 read its configuration': proxied('/configz', { code: 502 }),
    'alice was denied making the kubelet of ip-1 read logs of the node': proxied('/logs/?query=a', { code: 403 }),
    'mallory as bob sent a request to the kubelet of ip-1': proxied('', AS_BOB, mallory),
  },
  silent: {
    'a node that is read, and its status': [call(alice, 'get nodes proxy'), call(alice, 'patch nodes/status ip-1')],
    'a node of another API group': call(alice, 'get nodes.example.com/proxy ip-1'),
    'a component of the control plane': proxied('/metrics', {}, component('kube-scheduler')),
    'a denied request without credentials': proxied('/pods', { code: 401 }, nobody()),
  },
});
