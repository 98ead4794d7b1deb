import { isNode } from '../../eks/identities.ts';
import { audit, controller, human, node, pod } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'static-pod-appeared',
  title: 'Static pod on a node, or a node that makes pods',
  description:
    'A node created a pod. A kubelet may only do that to mirror a static pod, one that a file on the node started without asking the API server; nodes of Amazon EKS have none. A refusal means that a node’s credentials were used for another pod.',
  tactic: 'persistence',
  attack: ['T1543.005'],
  impact: 60,
  confidence: 60,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'Images of your own that start static pods; Bottlerocket with static pods in its settings.',
  triage: 'Whoever wrote the file was root on the node: replace the node after you have looked at it.',
  references: [
    'https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/',
    'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction',
  ],
  answers: ['elastic:persistence_kubernetes_static_pod_manifest_created'],
  needs: 'header',
  on: { verbs: ['create'], resources: ['pods'], outcomes: ['succeeded', 'denied'], actor: isNode },
  match: (event) => !event.dryRun,
  // A kubelet never asks for what it is refused here: somebody else holds its credentials.
  weight: (event) => (event.outcome === 'denied' ? { impact: 70 } : {}),
  entities: ({ object, actor }) => ({ node: actor.node ?? '', pod: `${object.namespace}/${object.name}` }),
  summary: ({ actor, object, outcome }) => {
    const did = outcome === 'denied' ? 'was refused to create' : 'runs static';
    return `node ${actor.node} ${did} pod ${object.namespace}/${object.name || '(unnamed)'}`;
  },
});

const create = (by = node('ip-1'), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({
    verb: 'create',
    by,
    resource: 'pods',
    namespace: 'kube-system',
    name: 'proxy-ip-1',
    request: pod({}, { annotations: { 'kubernetes.io/config.mirror': '4f0c' } }),
    ...parts,
  });

export const examples = () => ({
  fires: {
    'node ip-1 runs static pod kube-system/proxy-ip-1': create(),
    'node ip-2 was refused to create pod default/miner': create(node('ip-2'), {
      namespace: 'default',
      name: 'miner',
      code: 403,
    }),
  },
  silent: {
    'the annotation alone makes no static pod': create(human()),
    'the DaemonSet controller': create(controller('daemon-set-controller')),
    'a node reports on a pod': create(node(), { verb: 'patch', resource: 'pods/status' }),
    'a node asks for a token': create(node(), { resource: 'serviceaccounts/token', name: 'api' }),
  },
});
