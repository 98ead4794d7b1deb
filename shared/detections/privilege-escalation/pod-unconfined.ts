import type { AuditEvent } from '../../events/event.ts';
import { openingsOf } from '../../kubernetes/pod-security.ts';
import { audit, controller, createPod, human, ownedBy, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { listed, nameOfRequested, POD_WRITES, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

const openingsIn = (event: AuditEvent): readonly string[] => {
  const subject = event.verb === 'patch' ? (event.asked ?? event.workload) : (event.workload ?? event.asked);
  const found: string[] = [];
  for (const spec of requestedPodSpecs(event)) found.push(...openingsOf(spec, subject?.podMetadata ?? {}));
  return found;
};

export default defineDetection({
  id: 'pod-unconfined',
  title: 'Pod that gives protections up',
  description:
    'A pod, or the template of a workload, asks for less protection than it would have had: no seccomp, AppArmor or SELinux profile, an unmasked /proc, sysctls of the node, a port of the node, the processes of its neighbours, or more privileges for root.',
  tactic: 'privilege-escalation',
  attack: ['T1611'],
  impact: 60,
  confidence: 60,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Ingress controllers and agents with a host port, build tools that need seccomp off. Suppress them by workload.',
  triage:
    'One of these alone is seldom an attack; several, or one beside capabilities or a host path, is how an escape is prepared.',
  references: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/'],
  answers: [],
  needs: 'body',
  on: POD_WRITES,
  match: (event) => !event.dryRun && openingsIn(event).length > 0,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)} with ${listed(openingsIn(event))}`,
});

const one = (raw: object) => ({
  containers: [
    { name: 'decoy', image: 'nginx' },
    { name: 'main', image: 'nginx', ...raw },
  ],
});
const secured = (securityContext: object) => one({ securityContext });

export const examples = () => ({
  fires: {
    'alice ran pod default/web with /proc unmasked for main': createPod(
      human(),
      pod(secured({ procMount: 'Unmasked' })),
    ),
    'bob ran pod default/web with no seccomp for main, host port 22': createPod(
      human('bob'),
      pod(one({ ports: [{ hostPort: 22 }], securityContext: { seccompProfile: { type: 'Unconfined' } } })),
    ),
    'carol ran pod default/web with no AppArmor for main': createPod(
      human('carol'),
      pod({}, { annotations: { 'container.apparmor.security.beta.kubernetes.io/main': 'unconfined' } }),
    ),
    'deploy-pipeline ran deployment default/web with sysctl kernel.core_pattern': audit({
      verb: 'create',
      by: pipeline(),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      request: workload('Deployment', {
        securityContext: { sysctls: [{ name: 'kernel/core_pattern', value: '|/evil' }] },
      }),
    }),
    'dave ran pod default/web with privilege escalation for root in init': createPod(
      human('dave'),
      pod({
        securityContext: { runAsUser: 0 },
        initContainers: [{ name: 'init', image: 'busybox', securityContext: { allowPrivilegeEscalation: true } }],
      }),
    ),
    'erin ran pod default/web with a shared process namespace': createPod(
      human('erin'),
      pod({ shareProcessNamespace: true }),
    ),
  },
  silent: {
    'the profile of the runtime': createPod(
      human(),
      pod(secured({ procMount: 'Default', seccompProfile: { type: 'RuntimeDefault' } })),
    ),
    'a safe sysctl': createPod(
      human(),
      pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } }),
    ),
    'a port of its own': createPod(human(), pod(one({ ports: [{ containerPort: 80, hostPort: 0 }] }))),
    'no privileges to gain for who is not root': createPod(
      human(),
      pod(secured({ runAsUser: 1000, allowPrivilegeEscalation: true })),
    ),
    'the add-on of EKS that every node runs': createPod(
      controller('daemon-set-controller'),
      pod(one({ ports: [{ hostPort: 61678 }] }), { namespace: 'kube-system', ...ownedBy('DaemonSet', 'aws-node') }),
    ),
  },
});
