import type { AuditEvent } from '../../events/event.ts';
import { isHostProcessPod, isPrivileged } from '../../kubernetes/pod-security.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  addOnPod,
  alice,
  component,
  createPod,
  debugPod,
  deniedPod,
  patch,
  pipeline,
  pod,
  workload,
  writeWorkload,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { CONTAINER_WRITES, counted, nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

/** What is privileged in a request, in words. */
const privilegedIn = (event: AuditEvent): string | undefined => {
  if (requestedPodSpecs(event).some(isHostProcessPod)) return 'every container privileged (HostProcess)';
  const names = requestedContainers(event)
    .filter(isPrivileged)
    .map(({ name }) => name || '(unnamed)');
  return names.length === 0 ? undefined : counted('privileged container', names);
};

export default defineDetection({
  id: 'pod-privileged',
  title: 'Privileged container',
  description:
    'A container runs with all capabilities, all devices and no confinement: root in it is root on the node. This includes init and ephemeral containers, and HostProcess containers on Windows.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 80,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Storage drivers, network plug-ins and security agents that a team installs itself; those that Amazon EKS installs as add-ons are silent. Suppress them by workload.',
  triage:
    'Find out who created the workload, which image it runs and what ran in it. If it is not known, treat the node as compromised: kubectl cordon <node>, delete the workload, then replace the node.',
  references: [
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    'https://docs.aws.amazon.com/eks/latest/best-practices/pod-security.html',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.privilege-escalation.privileged-pod/',
  ],
  related: [
    'splunk:Kubernetes Create or Update Privileged Pod',
    'falco:Create Privileged Pod',
    'elastic:privilege_escalation_privileged_pod_created',
    'guardduty:PrivilegeEscalation:Kubernetes/PrivilegedContainer',
    'panther:k8s_privileged_pod_created',
    'sigma:kubernetes_audit_privileged_pod_creation',
    'defender:K8S_PrivilegedContainer',
  ],
  audit: CONTAINER_WRITES,
  find: privilegedIn,
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: (privileged, event) => said(event, 'run', `${nameOfRequested(event)} with ${privileged}`),
});

const privileged = (name: string) => ({ name, image: 'busybox:stable', securityContext: { privileged: true } });
const decoy = { name: 'decoy', image: 'nginx:1.27', securityContext: { privileged: false } };
const runningPrivileged = /* @__PURE__ */ pod({ containers: [/* @__PURE__ */ privileged('main')] });
const shell = /* @__PURE__ */ pod({ containers: [decoy, /* @__PURE__ */ privileged('shell')] });

export const examples = () => ({
  fires: {
    'alice ran pod default/web with privileged container shell': createPod(alice, shell),
    'deploy-pipeline ran daemonset default/agent with privileged container setup': writeWorkload(
      pipeline(),
      workload('DaemonSet', { containers: [decoy], initContainers: [privileged('setup')] }, 'agent'),
      { verb: 'update' },
    ),
    'alice ran pod default/web with privileged container debugger-x1': debugPod(
      privileged('debugger-x1'),
      runningPrivileged,
    ),
    'alice ran pod default/win with every container privileged (HostProcess)': createPod(
      alice,
      pod({ securityContext: { windowsOptions: { hostProcess: true } } }, { name: 'win' }),
    ),
    'mallory was denied running pod default/web with privileged container shell': deniedPod(shell),
    // An identity mapping may use a name that only looks like a controller's.
    'system:kube-controller-manager-2 ran pod default/web with privileged container shell': createPod(
      component('kube-controller-manager-2'),
      shell,
    ),
  },
  silent: {
    'a container without privileges': createPod(alice, pod({ containers: [decoy] })),
    'Amazon EKS installs an add-on': writeWorkload(
      { ...component('apiserver'), user: { username: 'eks:addon-manager', groups: ['system:authenticated'] } },
      workload('DaemonSet', { initContainers: [privileged('aws-vpc-cni-init')] }, 'aws-node'),
      { verb: 'patch', namespace: 'kube-system' },
    ),
    'the DaemonSet controller starts kube-proxy': addOnPod('kube-proxy', { containers: [privileged('kube-proxy')] }),
    'a debugger without privileges in a pod that has them': debugPod(
      { name: 'debugger-x2', image: 'busybox' },
      runningPrivileged,
    ),
    'a new label on a privileged workload': patch(
      'deployments.apps',
      { metadata: { labels: { team: 'a' } } },
      { namespace: 'default', response: workload('Deployment', { containers: [privileged('main')] }) },
    ),
    'the API server rejects the text true': createPod(
      alice,
      pod({ containers: [{ name: 'main', image: 'busybox', securityContext: { privileged: 'true' } }] }),
      { code: 400 },
    ),
  },
});
