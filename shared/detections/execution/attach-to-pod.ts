import { principalOf } from '../../events/actor.ts';
import { audit, human } from '../../sdk/examples.ts';
import { podOf } from '../../sdk/exec.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'attach-to-pod',
  title: 'Attached to a running container',
  description:
    'Somebody attached to the main process of a running container: they read what it writes and, if it reads its input, type into it. No command appears anywhere.',
  tactic: 'execution',
  attack: ['T1609'],
  impact: 50,
  confidence: 60,
  type: 'Hunting',
  falsePositives: '`kubectl run -it` and `kubectl debug` attach to what they start.',
  triage: 'See whether the same person started the pod. Attaching to somebody else’s is what needs a reason.',
  references: [
    'https://attack.mitre.org/techniques/T1609/',
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_attach/',
  ],
  answers: ['falco:Attach/Exec Pod', 'datadog:User Attached to a Pod', 'sumo:Kubernetes User Attached to a Pod'],
  needs: 'header',
  on: { resources: ['pods/attach'], outcomes: ['succeeded', 'denied'] },
  match: () => true,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({ principal: principalOf(event.actor), pod: podOf(event) }),
  summary: (event) => `${whoDid(event, 'attached', 'attach')} to pod ${podOf(event)}`,
});

const attach = (parts: object = {}) =>
  audit({
    verb: 'get',
    by: human(),
    resource: 'pods/attach',
    namespace: 'shop',
    name: 'web-0',
    query: 'container=web&stdin=true&stdout=true',
    code: 101,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice attached to pod shop/web-0': [attach({ stage: 'ResponseStarted' }), attach({ stage: 'ResponseComplete' })],
    'bob attached to pod shop/web-0': attach({ by: human('bob'), verb: 'create' }),
    'mallory was refused to attach to pod shop/web-0': attach({ by: human('mallory'), code: 403 }),
  },
  silent: {
    'the log of a pod': attach({ resource: 'pods/log', code: 200 }),
    'a volume is attached in another way': attach({ verb: 'create', resource: 'volumeattachments.storage.k8s.io' }),
    'a container that is not there': attach({ code: 404 }),
  },
});
