import { isNode } from '../../eks/identities.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, node, pod } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'static-pod-appeared',
  title: 'Static pod on a node, or a node that creates pods',
  description:
    'A node created a pod. A kubelet may only do that to mirror a static pod, one that a file on the node starts without the API server. Nodes of Amazon EKS have none. A denied attempt means that a node’s credentials were used for another pod.',
  tactic: 'persistence',
  techniques: ['T1543.005'],
  impact: 70,
  confidence: 60,
  denied: { confidence: 60 },
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'Images of your own that start static pods; Bottlerocket with static pods in its settings.',
  triage:
    'Look at the image first: kubectl -n <namespace> get pod <name> -o yaml. An attacker needs root on the node to write the file. Stop new pods there with kubectl cordon <node>, keep a snapshot of its volume, then replace the node.',
  references: [
    'https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/',
    'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction',
  ],
  related: ['elastic:persistence_kubernetes_static_pod_manifest_created'],
  audit: { level: 'metadata', verbs: ['create'], resources: ['pods'], actor: isNode },
  // A kubelet never asks for what it is denied here: somebody else uses its credentials.
  weight: (_found, { outcome }) => (outcome === 'denied' ? {} : { impact: 60 }),
  entities: (_found, { object, actor }) => ({ node: actor.node ?? '', pod: `${object.namespace}/${object.name}` }),
  principal: false,
  summary: (_found, event) => {
    const pod = `pod ${event.object.namespace}/${event.object.name || '(unnamed)'}`;
    return event.outcome === 'denied' ? said(event, 'create', pod) : said(event, 'run', `static ${pod}`);
  },
});

const MIRROR = 'create pods kube-system/proxy-ip-1';
const mirror = () => ({ request: pod({}, { annotations: { 'kubernetes.io/config.mirror': '4f0c' } }) });

export const examples = () => ({
  fires: {
    'node ip-1 ran static pod kube-system/proxy-ip-1': call(node('ip-1'), MIRROR, mirror()),
    'node ip-2 was denied creating pod default/miner': call(node('ip-2'), 'create pods default/miner', { code: 403 }),
  },
  silent: {
    'the annotation alone makes no static pod': call(alice, MIRROR, mirror()),
    'the DaemonSet controller': call(controller('daemon-set-controller'), MIRROR),
    'a node reports on a pod': call(node(), 'patch pods/status kube-system/proxy-ip-1'),
    'a node asks for a token': call(node(), 'create serviceaccounts/token kube-system/api'),
  },
});
