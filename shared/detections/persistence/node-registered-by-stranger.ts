import type { Actor } from '../../events/event.ts';
import { pathOf } from '../../kubernetes/request-uri.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, node, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';

const isOwn = (path: string, node: string): boolean =>
  path === `/api/v1/nodes/${node}/status` || path === `/api/v1/nodes/${node}`;

export default defineDetection({
  id: 'node-registered-by-stranger',
  title: 'Node registered or changed by a stranger',
  description:
    'A node was created by something other than that node itself or Amazon EKS, or the credentials of one node were used on another. An attacker who registers a node gets pods scheduled on it, with their secrets and tokens.',
  tactic: 'persistence',
  techniques: ['T1543.005'],
  impact: 70,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'Virtual kubelets and other providers of nodes that register them with a service account.',
  triage:
    'Compare the node with your EC2 instances: kubectl get node <name> -o yaml. If it is none of them, list what was scheduled there, then kubectl delete node <name>, and rotate the secrets of those pods.',
  references: [
    'https://kubernetes.io/docs/concepts/architecture/nodes/#management',
    'https://kubernetes.io/docs/reference/access-authn-authz/node/',
  ],
  related: [
    'falco:Untrusted Node Successfully Joined the Cluster',
    'falco:Untrusted Node Unsuccessfully Tried to Join the Cluster',
  ],
  audit: {
    level: 'metadata',
    verbs: ['create', 'update', 'patch', 'delete'],
    resources: ['nodes', 'nodes/status'],
    actor: isNotControlPlane,
    // A kubelet reports on its own node every few seconds.
    uri: (uri: string, { node }: Actor) => node === undefined || !isOwn(pathOf(uri), node),
  },
  // People cordon and label nodes every day, and autoscalers taint them: of strangers only a new node counts.
  find: ({ object, verb, actor }) => {
    if (object.group !== '') return false;
    if (actor.node !== undefined) return object.name !== '' && object.name !== actor.node;
    return verb === 'create' && object.subresource === '';
  },
  entities: (_found, { object }) => ({ node: object.name }),
  summary: (_found, event) => {
    const name = `node ${event.object.name || '(unnamed)'}`;
    return event.verb === 'create' ? said(event, 'register', name) : said(event, 'change', `${name}, which is another`);
  },
});

export const examples = () => ({
  fires: {
    'alice registered node ip-9': call(alice, 'create nodes ip-9'),
    'alice registered node (unnamed)': call(alice, 'create nodes'),
    'service account shop/api registered node ip-9': call(serviceAccount('shop', 'api'), 'create nodes ip-9'),
    'node ip-1 registered node ip-9': call(node('ip-1'), 'create nodes ip-9'),
    'node a was denied changing node b, which is another': call(node('a'), 'patch nodes/status b', { code: 403 }),
  },
  silent: {
    'a kubelet registers itself': call(node('ip-9'), 'create nodes ip-9'),
    'a kubelet reports on itself': call(node('ip-9'), 'patch nodes/status ip-9'),
    'somebody cordons a node': call(alice, 'patch nodes ip-9'),
    'the node controller': call(controller('node-controller'), 'create nodes ip-9'),
    'metrics of that name': call(alice, 'create nodes.metrics.k8s.io ip-9'),
  },
});
