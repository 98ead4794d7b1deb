import { isUserOrWorkload } from '../../eks/identities.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, createPod, deniedPod, pod, replicaPod, workload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';

export default defineDetection({
  id: 'pod-with-terminal',
  title: 'Bare pod with a terminal (kubectl run -it)',
  description:
    'Somebody started a pod of their own that waits for a person to type into it (`kubectl run -it`, `kubectl debug`). This person reaches the network of the cluster from inside, and acts with the rights of the service account of the pod.',
  tactic: 'execution',
  techniques: ['T1609'],
  impact: 40,
  confidence: 50,
  denied: { confidence: 30 },
  type: 'Hunting',
  falsePositives: 'Debugging by hand.',
  triage:
    'Look at the image, the service account, and what else the pod requests, such as host access. If nobody can explain it, delete the pod, which ends the session: kubectl -n <namespace> delete pod <name>.',
  references: [
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_run/',
    'https://attack.mitre.org/techniques/T1609/',
  ],
  related: [],
  audit: { level: 'request', verbs: ['create', 'patch', 'update'], resources: ['pods'], actor: isUserOrWorkload },
  find: (event) => {
    if (event.workload?.owner !== '') return false;
    // Ephemeral containers are for ephemeral-container-added.
    const containers = requestedContainers(event).filter(({ sort }) => sort !== 'ephemeral');
    return containers.some(({ raw }) => raw['stdin'] === true && raw['tty'] === true) && nameOfRequested(event);
  },
  entities: (workload) => ({ workload }),
  summary: (workload, event) => said(event, 'run', `${workload} with a terminal`),
});

const terminal = { name: 'x', image: 'busybox', stdin: true, tty: true };
const typing = { containers: [{ name: 'decoy', image: 'nginx:1.27' }, terminal] };
const apart = { containers: [{ ...terminal, tty: false }], initContainers: [{ ...terminal, stdin: false }] };
const generated = () => pod({ initContainers: [terminal] }, { name: null, generateName: 'x-' });

export const examples = () => ({
  fires: {
    'alice ran pod default/web with a terminal': createPod(alice, pod(typing)),
    'bob ran pod default/x-* with a terminal': call(bob, 'create pods default/', { request: generated() }),
    'mallory was denied running pod default/web with a terminal': deniedPod(pod(typing)),
  },
  silent: {
    'input in one container, a terminal in another': createPod(alice, pod(apart)),
    'the pod of a Deployment': replicaPod('web', typing),
    'a Deployment': call(alice, 'create deployments.apps shop/web', { request: workload('Deployment', typing) }),
    'an update after kubectl debug': createPod(alice, pod({ ephemeralContainers: [terminal] }), { verb: 'update' }),
    'a dry run starts nothing': createPod(alice, pod(typing), { query: 'dryRun=All' }),
  },
});
