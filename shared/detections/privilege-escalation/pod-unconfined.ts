import type { AuditEvent } from '../../events/event.ts';
import { openingsOf } from '../../kubernetes/pod-security.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { addOnPod, alice, createPod, pipeline, pod, workload, writeWorkload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { listed, nameOfRequested, POD_WRITES } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

/** The protections that a request gives up, in words. */
const openingsIn = (event: AuditEvent): string | undefined => {
  const subject = event.verb === 'patch' ? (event.asked ?? event.workload) : (event.workload ?? event.asked);
  if (subject === undefined) return undefined;
  const openings = requestedPodSpecs(event).flatMap((spec) => openingsOf(spec, subject.podMetadata));
  return openings.length === 0 ? undefined : listed(openings);
};

export default defineDetection({
  id: 'pod-unconfined',
  title: 'Pod with weakened isolation (seccomp, AppArmor, SELinux, sysctls, host port)',
  description:
    'A pod gives up protection that it has by default: a seccomp, AppArmor or SELinux profile, the masked /proc, safe sysctls, its own ports or process namespace, or the limit on gaining privileges. That makes an escape to the node easier.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 60,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Ingress controllers and agents with a host port, build tools that need seccomp off. Suppress them by workload.',
  triage:
    'Read the pod spec: kubectl -n <namespace> get pod <name> -o yaml. One of these alone is seldom an attack; several, or one together with capabilities or a host path, prepare an escape. Delete the workload if it has no known owner.',
  references: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/'],
  related: [],
  audit: POD_WRITES,
  find: openingsIn,
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: (openings, event) => said(event, 'run', `${nameOfRequested(event)} with weakened isolation: ${openings}`),
});

const one = (raw: JsonObject) => ({
  containers: [
    { name: 'decoy', image: 'nginx' },
    { name: 'main', image: 'nginx', ...raw },
  ],
});
const secured = (securityContext: JsonObject) => one({ securityContext });
const runs = (spec: JsonObject, metadata: JsonObject = {}) => createPod(alice, pod(spec, metadata));

export const examples = () => ({
  fires: {
    'alice ran pod default/web with weakened isolation: /proc unmasked for main': runs(
      secured({ procMount: 'Unmasked' }),
    ),
    'alice ran pod default/web with weakened isolation: no seccomp for main, host port 22': runs(
      one({ ports: [{ hostPort: 22 }], securityContext: { seccompProfile: { type: 'Unconfined' } } }),
    ),
    'alice ran pod default/web with weakened isolation: no AppArmor for main': runs(
      {},
      { annotations: { 'container.apparmor.security.beta.kubernetes.io/main': 'unconfined' } },
    ),
    'deploy-pipeline ran deployment default/web with weakened isolation: sysctl kernel.core_pattern': writeWorkload(
      pipeline(),
      workload('Deployment', { securityContext: { sysctls: [{ name: 'kernel/core_pattern', value: '|/evil' }] } }),
    ),
    'alice ran pod default/web with weakened isolation: privilege escalation for root in init': runs({
      securityContext: { runAsUser: 0 },
      initContainers: [{ name: 'init', image: 'busybox', securityContext: { allowPrivilegeEscalation: true } }],
    }),
    'alice ran pod default/web with weakened isolation: a shared process namespace': runs({
      shareProcessNamespace: true,
    }),
  },
  silent: {
    'the profile of the runtime': runs(secured({ procMount: 'Default', seccompProfile: { type: 'RuntimeDefault' } })),
    'a safe sysctl': runs({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } }),
    'a port of its own': runs(one({ ports: [{ containerPort: 80, hostPort: 0 }] })),
    'a user that is not root has no privileges to gain': runs(
      secured({ runAsUser: 1000, allowPrivilegeEscalation: true }),
    ),
    'the add-on of EKS that every node runs': addOnPod('aws-node', one({ ports: [{ hostPort: 61678 }] })),
  },
});
