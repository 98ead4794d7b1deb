import { openingsOf } from '../../kubernetes/pod-security.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { addOnPod, alice, createPod, pod } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { listed, nameOfRequested, POD_WRITES } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

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
  falsePositives: 'Ingress controllers with a host port, build tools without seccomp. Suppress them by workload.',
  triage:
    'Read the pod spec: kubectl -n <namespace> get pod <name> -o yaml. One of these alone is seldom an attack. Several of them, or one with capabilities or a host path, prepare an escape. If the workload has no known owner, delete it: kubectl -n <namespace> delete <kind> <name>.',
  references: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/'],
  related: [],
  audit: POD_WRITES,
  find: (event) => {
    const subject = event.verb === 'patch' ? (event.asked ?? event.workload) : (event.workload ?? event.asked);
    const openings = requestedPodSpecs(event).flatMap((spec) => openingsOf(spec, subject?.podMetadata ?? {}));
    return openings.length > 0 && { openings };
  },
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: ({ openings }, event) => said(event, 'run', `${nameOfRequested(event)} with ${listed(openings)}`),
});

const main = (raw: JsonObject) => ({ containers: [{ name: 'decoy' }, { name: 'main', ...raw }] });
const secured = (securityContext: JsonObject) => main({ securityContext });
const sysctl = (name: string, value: string) => ({ securityContext: { sysctls: [{ name, value }] } });
const seccompOff = { ports: [{ hostPort: 22 }], securityContext: { seccompProfile: { type: 'Unconfined' } } };
const appArmorOff = { annotations: { 'container.apparmor.security.beta.kubernetes.io/main': 'unconfined' } };
const gains = { allowPrivilegeEscalation: true };
const rootGains = { securityContext: { runAsUser: 0 }, initContainers: [{ name: 'init', securityContext: gains }] };
const runs = (spec: JsonObject, metadata: JsonObject = {}) => createPod(alice, pod(spec, metadata));

export const examples = () => ({
  fires: {
    'alice ran pod default/web with /proc unmasked for main': runs(secured({ procMount: 'Unmasked' })),
    'alice ran pod default/web with no seccomp for main, host port 22': runs(main(seccompOff)),
    'alice ran pod default/web with no AppArmor for main': runs({}, appArmorOff),
    'alice ran pod default/web with sysctl kernel.core_pattern': runs(sysctl('kernel/core_pattern', '|/evil')),
    'alice ran pod default/web with privilege escalation for root in init': runs(rootGains),
    'alice ran pod default/web with a shared process namespace': runs({ shareProcessNamespace: true }),
  },
  silent: {
    'the profile of the runtime': runs(secured({ procMount: 'Default', seccompProfile: { type: 'RuntimeDefault' } })),
    'a safe sysctl': runs(sysctl('net.ipv4.tcp_syncookies', '1')),
    'a port of its own': runs(main({ ports: [{ containerPort: 80, hostPort: 0 }] })),
    'a user that is not root': runs(secured({ runAsUser: 1000, ...gains })),
    'an add-on of EKS that every node runs': addOnPod('aws-node', main({ ports: [{ hostPort: 61678 }] })),
  },
});
