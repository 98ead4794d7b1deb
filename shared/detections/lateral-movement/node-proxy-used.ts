import { isProvenControlPlane } from '../../eks/identities.ts';
import { isUnauthenticated } from '../../events/actor.ts';
import type { Actor, AuditHeader } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, component, human, mallory, type RequestParts, serviceAccount } from '../../sdk/examples.ts';
import { kubeletDeedOf, MEASURE, OTHER } from '../../sdk/kubelet-deeds.ts';
import { kubeletCallOf } from '../../sdk/kubelet-proxy.ts';
import { said } from '../../sdk/phrases.ts';

const callIn = (event: AuditHeader) => {
  const call = kubeletCallOf(event);
  // Of callers without credentials, access-scanning raises the attempts.
  if (call === undefined || (isUnauthenticated(event.actor) && event.outcome === 'denied')) return undefined;
  return { node: event.object.name, pod: call.pod, deed: kubeletDeedOf(call.action) };
};

export default defineDetection({
  id: 'node-proxy-used',
  title: 'Kubelet API reached through the API server (nodes/proxy)',
  description:
    'Somebody sent a request to a kubelet through the proxy of its node. The kubelet runs commands in every pod of the node and shows their specifications. RBAC on pods and admission do not apply there, and the audit log shows only this one request.',
  tactic: 'lateral-movement',
  techniques: ['T1021'],
  impact: 80,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives:
    'Monitoring that reads metrics of nodes through the API server, which is raised as informational; `kubectl get --raw` to look at a node’s configuration.',
  triage:
    'Look at the path after `/proxy/`, which shows what was done and in which pod. Find the role that grants it, and remove `nodes/proxy`, which only old monitoring needs: kubectl get clusterroles -o yaml | grep -n nodes/proxy.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.privilege-escalation.nodes-proxy/',
  ],
  related: ['elastic:privilege_escalation_api_proxy_to_node'],
  audit: {
    level: 'metadata',
    resources: ['nodes/proxy'],
    outcomes: ['succeeded', 'failed', 'denied'],
    // A kubelet has no reason to reach another one, so nodes are judged too.
    actor: (actor: Actor) => !isProvenControlPlane(actor),
  },
  find: callIn,
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

const proxied = (path: string, parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'get',
    by: alice,
    resource: 'nodes/proxy',
    name: 'ip-10-0-1-17',
    uri: `/api/v1/nodes/ip-10-0-1-17/proxy${path}`,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice made the kubelet of ip-10-0-1-17 run a command in pod shop/web-0': proxied('//run/./shop/web-0/web?cmd=id', {
      verb: 'create',
    }),
    'bob made the kubelet of ip-10-0-1-17 run a command in pod shop/web-0': proxied('/x/..%2F%65xec/shop/web-0/web', {
      by: bob,
      code: 101,
      stage: 'ResponseStarted',
    }),
    'service account shop/web made the kubelet of ip-10-0-1-17 list pods with their specifications': proxied('/pods/', {
      by: serviceAccount('shop', 'web'),
    }),
    'alice made the kubelet of ip-10-0-1-17 report metrics': proxied('/stats/summary'),
    'mallory was denied making the kubelet of ip-10-0-1-17 read logs of the node': proxied('/logs/?query=kubelet', {
      by: mallory,
      code: 403,
    }),
    'eve as alice sent a request to the kubelet of ip-10-0-1-17': proxied('', {
      by: human('eve'),
      impersonated: { username: 'alice' },
    }),
  },
  silent: {
    'a node that is read': proxied('', { resource: 'nodes', uri: '/api/v1/nodes/proxy' }),
    'the status of a node': proxied('', { resource: 'nodes/status', verb: 'patch' }),
    'a component of the control plane': proxied('/metrics', { by: component('kube-scheduler') }),
    'the metrics API is another one': proxied('', {
      resource: 'nodes.metrics.k8s.io',
      uri: '/apis/metrics.k8s.io/v1beta1/nodes',
    }),
  },
});
