import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  bob,
  controller,
  createPod,
  deniedPod,
  ownedBy,
  pod,
  workload,
  writeWorkload,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRequested } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

/** One container has both; an ephemeral one is for ephemeral-container-added. */
const hasTerminal = (event: AuditEvent): boolean =>
  requestedPodSpecs(event)
    .flatMap((spec) => spec.containers)
    .some(({ sort, raw }) => sort !== 'ephemeral' && raw['stdin'] === true && raw['tty'] === true);

export default defineDetection({
  id: 'pod-with-terminal',
  title: 'Bare pod with a terminal (kubectl run -it)',
  description:
    'Somebody started a pod of their own that waits for a person to type into it (`kubectl run -it`, `kubectl debug`). The person who types there sees the network of the cluster from inside, and acts with the rights of the service account of the pod.',
  tactic: 'execution',
  techniques: ['T1609'],
  impact: 40,
  confidence: 50,
  denied: { confidence: 30 },
  type: 'Hunting',
  falsePositives: 'Debugging by hand, which is what the option is for.',
  triage:
    'Look at the image, the service account, and what else the pod requests, such as host access. If nobody can explain it, delete the pod, which ends the session: kubectl -n <namespace> delete pod <name>.',
  references: [
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_run/',
    'https://attack.mitre.org/techniques/T1609/',
  ],
  related: [],
  audit: { level: 'request', verbs: ['create', 'patch', 'update'], resources: ['pods'], actor: isUserOrWorkload },
  find: (event) => event.workload?.owner === '' && hasTerminal(event) && nameOfRequested(event),
  entities: (found) => ({ workload: found }),
  summary: (found, event) => said(event, 'run', `${found} with a terminal`),
});

const terminal = { name: 'x', image: 'busybox', stdin: true, tty: true };
const typing = { containers: [{ name: 'decoy', image: 'nginx:1.27' }, terminal] };

export const examples = () => ({
  fires: {
    'alice ran pod default/web with a terminal': createPod(alice, pod(typing)),
    'bob ran pod default/x-* with a terminal': audit({
      verb: 'create',
      by: bob,
      resource: 'pods',
      namespace: 'default',
      request: pod({ initContainers: [terminal] }, { name: null, generateName: 'x-' }),
    }),
    'mallory was denied running pod default/web with a terminal': deniedPod(pod(typing)),
  },
  silent: {
    'input in one container, a terminal in another': createPod(
      alice,
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
    'a Deployment is no bare pod': writeWorkload(alice, workload('Deployment', typing)),
    'a dry run starts nothing': createPod(alice, pod(typing), { query: 'dryRun=All' }),
  },
});
