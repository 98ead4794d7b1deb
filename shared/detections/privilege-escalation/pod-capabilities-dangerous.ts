import { ESCAPING_CAPABILITIES, WEAKER_CAPABILITIES } from '../../indicators/linux-capabilities.ts';
import { addedCapabilities, capabilityName } from '../../kubernetes/pod-security.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { addOnPod, alice, createPod, debugPod, deniedPod, pod, workload, writeWorkload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { CONTAINER_WRITES, counted, nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';

export default defineDetection({
  id: 'pod-capabilities-dangerous',
  title: 'Container with a dangerous Linux capability (such as CAP_SYS_ADMIN)',
  description: 'A container adds a Linux capability that lets an attacker leave it and control the node.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Profilers (SYS_PTRACE, PERFMON), eBPF agents (BPF), network plug-ins and VPNs (NET_ADMIN).',
  triage:
    'Ask the owner why the workload needs the capability. Treat SYS_ADMIN and ALL like a privileged container. If the workload has no known owner, delete it: kubectl -n <namespace> delete <kind> <name>.',
  references: ['https://man7.org/linux/man-pages/man7/capabilities.7.html'],
  related: [
    'elastic:privilege_escalation_container_created_with_excessive_linux_capabilities',
    'panther:k8s_pod_dangerous_capabilities',
    'google:Execution: GKE launch excessively capable container',
  ],
  audit: CONTAINER_WRITES,
  options: {
    escaping: [ESCAPING_CAPABILITIES, 'capabilities that weigh in full, without CAP_'],
    weaker: [WEAKER_CAPABILITIES, 'capabilities that weigh less when no other is there'],
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

const adding = (...add: string[]) => ({ name: 'main', securityContext: { capabilities: { drop: ['ALL'], add } } });
const adds = (...add: string[]) => pod({ containers: [adding(...add)] });
const init = { containers: [adding('CHOWN')], initContainers: [adding('NET_ADMIN', 'SYS_PTRACE')] };

export const examples = () => ({
  fires: {
    'alice ran pod default/web with capability SYS_ADMIN': createPod(alice, adds('cap_sys_admin')),
    'alice ran pod default/web with capability ALL': createPod(alice, adds('all')),
    'alice ran job default/web with capabilities NET_ADMIN, SYS_PTRACE': writeWorkload(alice, workload('Job', init)),
    'alice ran pod default/web with capability SYS_MODULE': debugPod(adding('Cap_Sys_Module')),
    'mallory was denied running pod default/web with capability NET_ADMIN': deniedPod(adds('NET_ADMIN')),
  },
  silent: {
    'capabilities that containers have by default': createPod(alice, adds('CHOWN', 'NET_BIND_SERVICE')),
    'all of them dropped': createPod(alice, adds()),
    'a name that only contains one': createPod(alice, adds('X_SYS_ADMIN')),
    'an add-on of EKS that every node runs': addOnPod('ebs-csi-node', { containers: [adding('SYS_ADMIN')] }),
  },
});
