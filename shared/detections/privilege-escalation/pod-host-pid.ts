import { defineDetection } from '../../sdk/detection.ts';
import { addOnPod, alice, bob, createPod, deniedPod, pod, workload, writeWorkload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRequested, POD_WRITES } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-host-pid',
  title: 'Pod in the host PID namespace (hostPID)',
  description:
    'A pod shares the process namespace of its node. It sees every process on the node with its arguments and environment, secrets among them. As root it can kill, trace or enter these processes.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Node exporters, profilers and security agents that watch processes. Suppress them by workload.',
  triage:
    'Find out who created the workload and what ran in it. With a privileged container or SYS_PTRACE, hostPID gives root on the node. If the workload is not known, cordon the node and delete the workload: kubectl cordon <node>.',
  references: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/'],
  related: [
    'falco:Create HostPid Pod',
    'elastic:privilege_escalation_pod_created_with_hostpid',
    'panther:k8s_pod_host_pid',
  ],
  audit: POD_WRITES,
  find: (event) => requestedPodSpecs(event).some(({ raw }) => raw['hostPID'] === true),
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: (_found, event) => said(event, 'run', `${nameOfRequested(event)} in the host PID namespace`),
});

const host = { hostPID: true };

export const examples = () => ({
  fires: {
    'alice ran pod default/web in the host PID namespace': createPod(alice, pod(host)),
    'bob ran cronjob default/web in the host PID namespace': writeWorkload(bob, workload('CronJob', host)),
    'mallory was denied running pod default/web in the host PID namespace': deniedPod(pod(host)),
  },
  silent: {
    'processes shared within the pod': createPod(alice, pod({ shareProcessNamespace: true })),
    'an add-on of EKS that every node runs': addOnPod('eks-node-monitoring-agent', host),
    'the word in an annotation': createPod(alice, pod({}, { annotations: { hostPID: 'true' } })),
    'a dry run changes nothing': createPod(alice, pod(host), { query: 'dryRun=All' }),
  },
});
