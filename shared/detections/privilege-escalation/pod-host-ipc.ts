import { audit, controller, createPod, human, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { nameOfRequested, POD_WRITES, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-host-ipc',
  title: 'Pod on the shared memory of its node',
  description:
    'A pod, or the template of a workload, shares the inter-process communication of its node. It can read and change shared memory, semaphores and message queues of every process there that uses them.',
  tactic: 'privilege-escalation',
  attack: ['T1611'],
  // Catalogue: 80×70. Shared memory is read, not commanded, so it is worth less than hostPID; few workloads need it at all.
  impact: 70,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Databases and GPU jobs that were never given shared memory of their own (an emptyDir of medium Memory).',
  triage: 'Look for hostPID or privileged beside it, and for what runs on the same node and keeps data in /dev/shm.',
  references: [
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    'https://bishopfox.com/blog/kubernetes-pod-privilege-escalation',
  ],
  answers: [
    'falco:Create HostIPC Pod',
    'elastic:privilege_escalation_pod_created_with_hostipc',
    'panther:k8s_pod_host_ipc',
  ],
  needs: 'body',
  on: POD_WRITES,
  match: (event) => !event.dryRun && requestedPodSpecs(event).some((spec) => spec.raw['hostIPC'] === true),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)} on the shared memory of its node`,
});

const host = { hostIPC: true };

export const examples = () => ({
  fires: {
    'alice ran pod default/web on the shared memory of its node': createPod(human(), pod(host)),
    'alice ran deployment default/web on the shared memory of its node': audit({
      verb: 'patch',
      by: human(),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      // `copy` names no value: only the object that it made tells.
      request: [{ op: 'copy', from: '/spec/paused', path: '/spec/template/spec/hostIPC' }],
      response: workload('Deployment', host),
    }),
  },
  silent: {
    'memory of its own': createPod(human(), pod({ volumes: [{ name: 'shm', emptyDir: { medium: 'Memory' } }] })),
    'said and not meant': createPod(human(), pod({ hostIPC: false })),
    'a ReplicaSet is only the copy of a template': audit({
      verb: 'create',
      by: controller('deployment-controller'),
      resource: 'replicasets.apps',
      namespace: 'default',
      name: 'web-7d4b9c6f8',
      request: workload('Deployment', host),
    }),
  },
});
