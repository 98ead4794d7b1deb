import { defineDetection } from '../../sdk/detection.ts';
import { alice, controller, createPod, patch, pod, workload, writeWorkload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRequested, POD_WRITES } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-host-ipc',
  title: 'Pod in the host IPC namespace (hostIPC)',
  description:
    'A pod shares the inter-process communication of its node. It can read and change the shared memory, semaphores and message queues of every process on the node.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  // Less than hostPID: it gives access to shared memory, not to processes.
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Databases and GPU jobs that share memory through the node, not by an emptyDir of medium Memory.',
  triage:
    'Check whether the pod also has hostPID or a privileged container, and which pods on its node use /dev/shm: kubectl get pods -A --field-selector spec.nodeName=<node>. If the workload has no known owner, delete it: kubectl -n <namespace> delete <kind> <name>.',
  references: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/'],
  related: [
    'falco:Create HostIPC Pod',
    'elastic:privilege_escalation_pod_created_with_hostipc',
    'panther:k8s_pod_host_ipc',
  ],
  audit: POD_WRITES,
  find: (event) => requestedPodSpecs(event).some(({ raw }) => raw['hostIPC'] === true),
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: (_found, event) => said(event, 'run', `${nameOfRequested(event)} in the host IPC namespace`),
});

const deployment = /* @__PURE__ */ workload('Deployment', { hostIPC: true });

export const examples = () => ({
  fires: {
    'alice ran pod default/web in the host IPC namespace': createPod(alice, pod({ hostIPC: true })),
    // `copy` names no value, so only the stored object shows it.
    'alice ran deployment default/web in the host IPC namespace': patch(
      'deployments.apps',
      [{ op: 'copy', from: '/spec/paused', path: '/spec/template/spec/hostIPC' }],
      { namespace: 'default', response: deployment },
    ),
  },
  silent: {
    'memory of its own': createPod(alice, pod({ volumes: [{ name: 'shm', emptyDir: { medium: 'Memory' } }] })),
    'hostIPC that is false': createPod(alice, pod({ hostIPC: false })),
    'a ReplicaSet is only the copy of a template': writeWorkload(controller('deployment-controller'), deployment, {
      resource: 'replicasets.apps',
      name: 'web-7d4b9c6f8',
    }),
  },
});
