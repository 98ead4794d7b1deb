import type { AuditEvent } from '../../events/event.ts';
import { addedCapabilities, capabilityName } from '../../kubernetes/pod-security.ts';
import { audit, controller, createPod, human, ownedBy, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { CONTAINER_WRITES, listed, nameOfRequested, requestedContainers, whoRan } from '../../sdk/pod-requests.ts';

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

/** Power over the node's clock, log or a network namespace: much less alone. Service meshes and VPNs ask for NET_ADMIN every day. */
const WEAKER = ['AUDIT_CONTROL', 'LINUX_IMMUTABLE', 'NET_ADMIN', 'SYS_TIME', 'SYSLOG'];

const addedIn = (event: AuditEvent, wanted: readonly string[]): readonly string[] => {
  const added = requestedContainers(event).flatMap(addedCapabilities);
  if (added.length === 0) return added;
  const names = new Set(wanted.map(capabilityName));
  return added.filter((name) => names.has(name)).sort();
};

export default defineDetection({
  id: 'pod-capabilities-dangerous',
  title: 'Container with a dangerous capability',
  description:
    'A container adds a Linux capability that leads out of it: to the kernel, to other processes, or to the files of the node. The name counts in every spelling that a container runtime takes.',
  tactic: 'privilege-escalation',
  attack: ['T1611'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Profilers (SYS_PTRACE, PERFMON), eBPF agents (BPF), network plug-ins and VPNs (NET_ADMIN).',
  triage: 'Candidate what the workload needs the capability for. SYS_ADMIN and ALL are privileged by another name.',
  references: [
    'https://man7.org/linux/man-pages/man7/capabilities.7.html',
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  ],
  answers: [
    'elastic:privilege_escalation_container_created_with_excessive_linux_capabilities',
    'panther:k8s_pod_dangerous_capabilities',
    'google:Execution: GKE launch excessively capable container',
  ],
  needs: 'body',
  on: CONTAINER_WRITES,
  options: {
    escaping: [ESCAPING, 'capabilities that weigh in full, without CAP_'],
    weaker: [WEAKER, 'capabilities that weigh less when no other is there'],
  },
  match: (event, options) => !event.dryRun && addedIn(event, [...options.escaping, ...options.weaker]).length > 0,
  weight: (event, options) => {
    const isWeak = addedIn(event, options.escaping).length === 0;
    const isDenied = event.outcome === 'denied';
    return isWeak ? { impact: 50, confidence: isDenied ? 40 : 50 } : isDenied ? { confidence: 50 } : {};
  },
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event, _item, options) =>
    `${whoRan(event)} ${nameOfRequested(event)} with ${listed(addedIn(event, [...options.escaping, ...options.weaker]))}`,
});

const adding = (...add: readonly string[]) => ({
  name: 'main',
  image: 'nginx:1.27',
  securityContext: { capabilities: { drop: ['ALL'], add } },
});

export const examples = () => ({
  fires: {
    'alice ran pod default/web with SYS_ADMIN': createPod(human(), pod({ containers: [adding('cap_sys_admin')] })),
    'bob ran pod default/web with ALL': createPod(human('bob'), pod({ containers: [adding('all')] })),
    'deploy-pipeline ran deployment default/web with NET_ADMIN, SYS_PTRACE': audit({
      verb: 'create',
      by: pipeline(),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      request: workload('Deployment', {
        containers: [adding('CHOWN')],
        initContainers: [adding('NET_ADMIN', 'SYS_PTRACE')],
      }),
    }),
    'alice ran pod default/web with SYS_MODULE': audit({
      verb: 'patch',
      by: human(),
      resource: 'pods/ephemeralcontainers',
      namespace: 'default',
      name: 'web',
      request: { spec: { ephemeralContainers: [adding('Cap_Sys_Module')] } },
      response: pod({}),
    }),
  },
  silent: {
    'capabilities that containers have anyway': createPod(
      human(),
      pod({ containers: [adding('CHOWN', 'NET_BIND_SERVICE')] }),
    ),
    'all of them dropped': createPod(human(), pod({ containers: [adding()] })),
    'a name that only contains one': createPod(human(), pod({ containers: [adding('X_SYS_ADMIN')] })),
    'the add-on of EKS that every node runs': createPod(
      controller('daemon-set-controller'),
      pod({ containers: [adding('SYS_ADMIN')] }, { namespace: 'kube-system', ...ownedBy('DaemonSet', 'ebs-csi-node') }),
    ),
  },
});
