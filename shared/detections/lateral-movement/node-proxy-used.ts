import { isProvenControlPlane } from '../../eks/identities.ts';
import { isUnauthenticated, nameOf, principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { audit, component, human, serviceAccount } from '../../sdk/examples.ts';
import { kubeletCallOf } from '../../sdk/kubelet-proxy.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** What each path of the kubelet does, as the end of a sentence. Others count as read. */
const DOES: Readonly<Record<string, string>> = {
  run: 'run a command',
  exec: 'run a command',
  attach: 'attach to a container',
  portForward: 'forward a port',
  cri: 'enter a container',
  pods: 'list pods with their specifications',
  runningpods: 'list pods',
  logs: 'read logs of the node',
  containerLogs: 'read logs of a container',
  configz: 'read its configuration',
  debug: 'read its memory',
  checkpoint: 'write the memory of a container to disk',
};

/** Paths that monitoring reads. */
const MEASURES = new Set(['metrics', 'stats', 'healthz', 'spec']);

export default defineDetection({
  id: 'node-proxy-used',
  title: 'Kubelet reached through the API server',
  description:
    'Somebody sent a request to a kubelet through the proxy of its node. The kubelet runs commands in every pod of the node and hands out their specifications, past RBAC on pods, admission, and the audit log, which shows this one request only.',
  tactic: 'lateral-movement',
  attack: ['T1609'],
  impact: 80,
  confidence: 80,
  type: 'TTP',
  falsePositives:
    'Monitoring that reads metrics of nodes through the API server, which is raised as informational; `kubectl get --raw` to look at a node’s configuration.',
  triage:
    'The path behind `/proxy/` names what was done, in which pod. Take away `nodes/proxy`, which nothing but old monitoring needs.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.privilege-escalation.nodes-proxy/',
  ],
  answers: [
    'elastic:privilege_escalation_api_proxy_to_node',
    'elastic:privilege_escalation_kubernetes_api_server_proxy_request_to_kubelet',
  ],
  needs: 'header',
  on: {
    resources: ['nodes/proxy'],
    outcomes: ['succeeded', 'failed', 'denied'],
    // A kubelet has no business with another one's; nobody at all is for access-scanning until they are let in.
    actor: (actor) => !isProvenControlPlane(actor),
  },
  match: (event) =>
    kubeletCallOf(event) !== undefined && !(isUnauthenticated(event.actor) && event.outcome === 'denied'),
  weight: (event) => {
    const { action = '' } = kubeletCallOf(event) ?? {};
    if (MEASURES.has(action)) return { impact: 40, confidence: 30 };
    if (event.outcome === 'denied') return { confidence: 50 };
    return event.outcome === 'failed' ? { confidence: 60 } : {};
  },
  entities: (event) => ({ principal: principalOf(event.actor), node: event.object.name, action: deedOf(event) }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? 'was refused to make' : 'made';
    const { pod = '' } = kubeletCallOf(event) ?? {};
    const where = pod === '' ? '' : ` in pod ${pod}`;
    return `${nameOf(event.actor, event.impersonated)} ${did} the kubelet of ${event.object.name} ${deedOf(event)}${where}`;
  },
});

const deedOf = (event: AuditHeader): string => {
  const { action = '' } = kubeletCallOf(event) ?? {};
  if (MEASURES.has(action)) return 'report metrics';
  return (Object.hasOwn(DOES, action) ? DOES[action] : undefined) ?? 'answer';
};

const proxied = (path: string, parts: object = {}) =>
  audit({
    verb: 'get',
    by: human(),
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
      by: human('bob'),
      code: 101,
      stage: 'ResponseStarted',
    }),
    'service account shop/web made the kubelet of ip-10-0-1-17 list pods with their specifications': proxied('/pods/', {
      by: serviceAccount('shop', 'web'),
    }),
    'alice made the kubelet of ip-10-0-1-17 report metrics': proxied('/stats/summary'),
    'mallory was refused to make the kubelet of ip-10-0-1-17 read logs of the node': proxied('/logs/?query=kubelet', {
      by: human('mallory'),
      code: 403,
    }),
    'eve as alice made the kubelet of ip-10-0-1-17 answer': proxied('', {
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
