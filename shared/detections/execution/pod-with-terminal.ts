import { isUserOrWorkload } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { audit, controller, createPod, human, ownedBy, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { nameOfRequested, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-with-terminal',
  title: 'Bare pod with a terminal',
  description:
    'Somebody started a pod of their own that waits for a person to type into it (`kubectl run -it`, `kubectl debug`). It sees the cluster’s network from inside.',
  tactic: 'execution',
  attack: ['T1609'],
  impact: 40,
  confidence: 50,
  type: 'Hunting',
  falsePositives: 'Debugging by hand, which is what the option is for.',
  triage: 'Look at the image, the service account and what else the pod asked for.',
  references: [
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_run/',
    'https://attack.mitre.org/techniques/T1609/',
  ],
  answers: [],
  needs: 'body',
  on: {
    verbs: ['create', 'patch', 'update'],
    resources: ['pods'],
    outcomes: ['succeeded', 'denied'],
    actor: isUserOrWorkload,
  },
  match: (event) => !event.dryRun && event.workload?.owner === '' && hasTerminal(event),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 30 } : {}),
  entities: (event) => ({ principal: principalOf(event.actor), workload: nameOfRequested(event) }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)} with a terminal`,
});

/** One container has both; an ephemeral one is for ephemeral-container-added. */
const hasTerminal = (event: AuditEvent): boolean =>
  requestedPodSpecs(event)
    .flatMap((spec) => spec.containers)
    .some(({ sort, raw }) => sort !== 'ephemeral' && raw['stdin'] === true && raw['tty'] === true);

const terminal = { name: 'x', image: 'busybox', stdin: true, tty: true };
const typing = { containers: [{ name: 'decoy', image: 'nginx:1.27' }, terminal] };

export const examples = () => ({
  fires: {
    'alice ran pod default/web with a terminal': createPod(human(), pod(typing)),
    'bob ran pod default/x-* with a terminal': audit({
      verb: 'create',
      by: human('bob'),
      resource: 'pods',
      namespace: 'default',
      request: pod({ initContainers: [terminal] }, { name: null, generateName: 'x-' }),
    }),
    'mallory was refused to run pod default/web with a terminal': createPod(human('mallory'), pod(typing), {
      code: 403,
      refusedBy: 'admission',
    }),
  },
  silent: {
    'input in one container, a terminal in another': createPod(
      human(),
      pod({
        containers: [
          { name: 'a', image: 'a', stdin: true },
          { name: 'b', image: 'b', tty: true },
        ],
      }),
    ),
    'the pod of a Deployment': createPod(
      controller('replicaset-controller'),
      pod(typing, { name: 'web-7d4b9c6f8-x2x4z', ...ownedBy('ReplicaSet', 'web-7d4b9c6f8') }),
    ),
    'a Deployment is no bare pod': audit({
      verb: 'create',
      by: human(),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      request: workload('Deployment', typing),
    }),
    'a dry run starts nothing': createPod(human(), pod(typing), { query: 'dryRun=All' }),
  },
});
