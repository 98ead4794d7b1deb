import { isControlPlane } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import { pathOf } from '../../kubernetes/request-uri.ts';
import { audit, controller, human, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

const isOwn = (path: string, node: string): boolean =>
  path === `/api/v1/nodes/${node}/status` || path === `/api/v1/nodes/${node}`;

export default defineDetection({
  id: 'node-registered-by-stranger',
  title: 'Node registered or changed by a stranger',
  description:
    'A node was created by something other than that node itself or Amazon EKS, or the credentials of one node were used on another. A node of one’s own attracts pods, with their secrets and tokens.',
  tactic: 'persistence',
  attack: ['T1200'],
  impact: 70,
  confidence: 60,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'Virtual kubelets and other providers of nodes that register them with a service account.',
  triage: 'Compare the node with your instances. Delete it, and look at what was scheduled there.',
  references: [
    'https://kubernetes.io/docs/concepts/architecture/nodes/#management',
    'https://kubernetes.io/docs/reference/access-authn-authz/node/',
  ],
  answers: [
    'falco:Untrusted Node Successfully Joined the Cluster',
    'falco:Untrusted Node Unsuccessfully Tried to Join the Cluster',
  ],
  needs: 'header',
  on: {
    verbs: ['create', 'update', 'patch', 'delete'],
    resources: ['nodes', 'nodes/status'],
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isControlPlane(actor),
    // A kubelet reports on its own node every few seconds.
    uri: (uri, { node }) => node === undefined || !isOwn(pathOf(uri), node),
  },
  // People cordon and label nodes every day, and autoscalers taint them: of strangers only a new node counts.
  match: ({ object, verb, actor, dryRun }) => {
    if (dryRun || object.group !== '') return false;
    if (actor.node !== undefined) return object.name !== '' && object.name !== actor.node;
    return verb === 'create' && object.subresource === '';
  },
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: ({ object, actor }) => ({ node: object.name, principal: principalOf(actor) }),
  summary: (event) => {
    const { name } = event.object;
    return event.verb === 'create'
      ? `${whoDid(event, 'registered', 'register')} node ${name || '(unnamed)'}`
      : `${whoDid(event, 'changed', 'change')} node ${name}, which is another`;
  },
});

const write = (verb: string, by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({ verb, by, resource: 'nodes', name: 'ip-9', ...parts });

export const examples = () => ({
  fires: {
    'alice registered node ip-9': write('create'),
    'service account shop/api registered node ip-9': write('create', serviceAccount('shop', 'api')),
    'node ip-1 registered node ip-9': write('create', node('ip-1')),
    'node ip-2 was refused to change node ip-9, which is another': write('patch', node('ip-2'), {
      resource: 'nodes/status',
      code: 403,
    }),
  },
  silent: {
    'a kubelet registers itself': write('create', node('ip-9')),
    'a kubelet reports on itself': write('patch', node('ip-9'), { resource: 'nodes/status' }),
    'somebody cordons a node': write('patch'),
    'the node controller': write('patch', controller('node-controller')),
    'metrics of that name': write('create', human(), { resource: 'nodes.metrics.k8s.io' }),
  },
});
