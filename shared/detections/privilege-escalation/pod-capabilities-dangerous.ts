import { addedCapabilities, capabilityName } from '../../kubernetes/pod-security.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  addOnPod,
  alice,
  createPod,
  debugPod,
  deniedPod,
  pipeline,
  pod,
  workload,
  writeWorkload,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { CONTAINER_WRITES, counted, nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';

/** Each is a known way out of a container, or into the kernel or the memory of others. Source: capabilities(7). */
const ESCAPING = [
  'ALL',
  'BPF',
  'CHECKPOINT_RESTORE',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'PERFMON',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
];

/** Power over the node's clock, log or a network namespace. Alone they are worth much less; service meshes and VPNs need NET_ADMIN. */
const WEAKER = ['AUDIT_CONTROL', 'LINUX_IMMUTABLE', 'NET_ADMIN', 'SYS_TIME', 'SYSLOG'];

export default defineDetection({
  id: 'pod-capabilities-dangerous',
  title: 'Container with a dangerous Linux capability (such as CAP_SYS_ADMIN)',
  description:
    'A container adds a Linux capability that an attacker uses to leave it: to reach the kernel, other processes, or the files of the node.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Profilers (SYS_PTRACE, PERFMON), eBPF agents (BPF), network plug-ins and VPNs (NET_ADMIN).',
  triage:
    'Ask the owner what the workload needs the capability for; treat SYS_ADMIN and ALL like a privileged container. If the workload has no known owner, delete it: kubectl -n <namespace> delete <kind> <name>.',
  references: [
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    'https://man7.org/linux/man-pages/man7/capabilities.7.html',
  ],
  related: [
    'elastic:privilege_escalation_container_created_with_excessive_linux_capabilities',
    'panther:k8s_pod_dangerous_capabilities',
    'google:Execution: GKE launch excessively capable container',
  ],
  audit: CONTAINER_WRITES,
  options: {
    escaping: [ESCAPING, 'capabilities that weigh in full, without CAP_'],
    weaker: [WEAKER, 'capabilities that weigh less when no other is there'],
  },
  find: (event, { escaping, weaker }) => {
    const added = requestedContainers(event).flatMap(addedCapabilities);
    if (added.length === 0) return undefined;
    const strong = new Set(escaping.map(capabilityName));
    const listed = new Set([...strong, ...weaker.map(capabilityName)]);
    const names = added.filter((name) => listed.has(name)).sort();
    return names.length > 0 && { names, isWeak: !names.some((name) => strong.has(name)) };
  },
  weight: ({ isWeak }, { outcome }) => (isWeak ? { impact: 50, confidence: outcome === 'denied' ? 40 : 50 } : {}),
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: ({ names }, event) =>
    said(event, 'run', `${nameOfRequested(event)} with ${counted('capability', names, 'capabilities')}`),
});

const adding = (...add: readonly string[]) => ({
  name: 'main',
  image: 'nginx:1.27',
  securityContext: { capabilities: { drop: ['ALL'], add } },
});
const runs = (...add: readonly string[]) => createPod(alice, pod({ containers: [adding(...add)] }));

export const examples = () => ({
  fires: {
    'alice ran pod default/web with capability SYS_ADMIN': runs('cap_sys_admin'),
    'alice ran pod default/web with capability ALL': runs('all'),
    'deploy-pipeline ran deployment default/web with capabilities NET_ADMIN, SYS_PTRACE': writeWorkload(
      pipeline(),
      workload('Deployment', { containers: [adding('CHOWN')], initContainers: [adding('NET_ADMIN', 'SYS_PTRACE')] }),
    ),
    'alice ran pod default/web with capability SYS_MODULE': debugPod(adding('Cap_Sys_Module')),
    'mallory was denied running pod default/web with capability NET_ADMIN': deniedPod(
      pod({ containers: [adding('NET_ADMIN')] }),
    ),
  },
  silent: {
    'capabilities that containers have anyway': runs('CHOWN', 'NET_BIND_SERVICE'),
    'all of them dropped': runs(),
    'a name that only contains one': runs('X_SYS_ADMIN'),
    'the add-on of EKS that every node runs': addOnPod('ebs-csi-node', { containers: [adding('SYS_ADMIN')] }),
  },
});
