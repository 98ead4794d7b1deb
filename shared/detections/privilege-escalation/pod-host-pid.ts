import { audit, controller, createPod, human, ownedBy, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { nameOfRequested, POD_WRITES, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-host-pid',
  title: 'Pod among the processes of its node',
  description:
    'A pod, or the template of a workload, shares the process namespace of its node. It sees every process there with its arguments and environment, and as root it can signal, trace or enter them.',
  tactic: 'privilege-escalation',
  attack: ['T1611'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Node exporters, profilers and security agents that watch processes. Suppress them by workload.',
  triage:
    'With privileged or SYS_PTRACE beside it this is root on the node: see who asked for it and what they ran there.',
  references: [
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    'https://bishopfox.com/blog/kubernetes-pod-privilege-escalation',
  ],
  answers: [
    'falco:Create HostPid Pod',
    'elastic:privilege_escalation_pod_created_with_hostpid',
    'panther:k8s_pod_host_pid',
  ],
  needs: 'body',
  on: POD_WRITES,
  match: (event) => !event.dryRun && requestedPodSpecs(event).some((spec) => spec.raw['hostPID'] === true),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)} among the processes of its node`,
});

const host = { hostPID: true };

export const examples = () => ({
  fires: {
    'alice ran pod default/web among the processes of its node': createPod(human(), pod(host)),
    'deploy-pipeline ran cronjob default/sweep among the processes of its node': audit({
      verb: 'create',
      by: pipeline(),
      resource: 'cronjobs.batch',
      namespace: 'default',
      name: 'sweep',
      request: workload('CronJob', host, 'sweep'),
    }),
    'mallory was refused to run pod default/web among the processes of its node': createPod(
      human('mallory'),
      pod(host),
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'processes shared within the pod are its own': createPod(human(), pod({ shareProcessNamespace: true })),
    'the add-on of EKS that every node runs': createPod(
      controller('daemon-set-controller'),
      pod(host, { namespace: 'kube-system', ...ownedBy('DaemonSet', 'eks-node-monitoring-agent') }),
    ),
    'the word in an annotation of another name': createPod(human(), pod({}, { annotations: { hostPID: 'true' } })),
    'a dry run changes nothing': createPod(human(), pod(host), { query: 'dryRun=All' }),
  },
});
