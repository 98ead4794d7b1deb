import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, mallory } from '../../sdk/examples.ts';
import { podOf, replicasOf } from '../../sdk/exec.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'attach-to-pod',
  title: 'Attached to a running container (kubectl attach)',
  description:
    'Somebody attached to the main process of a running container. They read what it writes and, if it reads its input, can type into it. What they type is in no log.',
  tactic: 'execution',
  techniques: ['T1609'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  falsePositives: '`kubectl run -it` and `kubectl debug` attach to what they start.',
  triage:
    'Check whether the same person started the pod. If not, ask them why they attached. If nobody can explain it, delete the pod, which ends the session: kubectl -n <namespace> delete pod <name>.',
  references: [
    'https://attack.mitre.org/techniques/T1609/',
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_attach/',
  ],
  related: ['falco:Attach/Exec Pod', 'datadog:User Attached to a Pod', 'sumo:Kubernetes User Attached to a Pod'],
  audit: { level: 'metadata', resources: ['pods/attach'] },
  entities: (_found, event) => ({ pod: replicasOf(event) }),
  summary: (_found, event) => said(event, 'attach', `to pod ${podOf(event)}`),
});

export const examples = () => ({
  fires: {
    'alice attached to pod shop/web-0': [
      call(alice, 'get pods/attach shop/web-0', { code: 101, query: 'stdin=true', stage: 'ResponseStarted' }),
      call(alice, 'get pods/attach shop/web-0', { code: 101, query: 'stdin=true' }),
    ],
    'bob attached to pod shop/web-0': call(bob, 'create pods/attach shop/web-0', { code: 101 }),
    'mallory was denied attaching to pod shop/web-0': call(mallory, 'get pods/attach shop/web-0', { code: 403 }),
  },
  silent: {
    'the log of a pod': call(alice, 'get pods/log shop/web-0'),
    'a volume that is attached to a node': call(alice, 'create volumeattachments.storage.k8s.io web-0'),
    'a container that is not there': call(alice, 'get pods/attach shop/web-0', { code: 404 }),
  },
});
