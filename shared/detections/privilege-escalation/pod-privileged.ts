import type { AuditEvent } from '../../events/event.ts';
import { isHostProcessPod, isPrivileged } from '../../kubernetes/pod-security.ts';
import {
  audit,
  component,
  controller,
  createPod,
  human,
  ownedBy,
  pipeline,
  pod,
  workload,
} from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { CONTAINER_WRITES, listed, nameOfRequested, requestedContainers, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

const privilegedIn = (event: AuditEvent): readonly string[] => [
  ...requestedContainers(event)
    .filter(isPrivileged)
    .map((container) => container.name || '(unnamed)'),
  ...(requestedPodSpecs(event).some(isHostProcessPod) ? ['every container'] : []),
];

export default defineDetection({
  id: 'pod-privileged',
  title: 'Privileged container',
  description:
    'A container runs with all capabilities, all devices and no confinement: root in it is root on the node. Ordinary, init and ephemeral containers count, in pods and in every workload template, and so do HostProcess containers on Windows.',
  tactic: 'privilege-escalation',
  attack: ['T1611'],
  impact: 80,
  confidence: 80,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Storage drivers, network plug-ins and security agents that a team installs itself; those that Amazon EKS installs as add-ons are silent. Suppress them by workload.',
  triage: 'Treat the node as lost until the workload is known: who asked for it, what image, and what ran there since.',
  references: [
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    'https://docs.aws.amazon.com/eks/latest/best-practices/pod-security.html',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.privilege-escalation.privileged-pod/',
  ],
  answers: [
    'splunk:Kubernetes Create or Update Privileged Pod',
    'falco:Create Privileged Pod',
    'elastic:privilege_escalation_privileged_pod_created',
    'guardduty:PrivilegeEscalation:Kubernetes/PrivilegedContainer',
    'panther:k8s_privileged_pod_created',
    'sigma:kubernetes_audit_privileged_pod_creation',
    'defender:K8S_PrivilegedContainer',
  ],
  needs: 'body',
  on: CONTAINER_WRITES,
  match: (event) => !event.dryRun && privilegedIn(event).length > 0,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)} with privileged ${listed(privilegedIn(event))}`,
});

const privileged = { image: 'busybox:stable', securityContext: { privileged: true } };
const decoy = { name: 'decoy', image: 'nginx:1.27', securityContext: { privileged: false } };
const withEphemeral = (raw: object) => ({ spec: { ephemeralContainers: [raw] } }) as never;
const debug = (request: object, by = human()) =>
  audit({
    verb: 'patch',
    by,
    resource: 'pods/ephemeralcontainers',
    namespace: 'default',
    name: 'web',
    request: request as never,
    response: pod({ containers: [{ name: 'main', ...privileged }] }),
  });

export const examples = () => ({
  fires: {
    'alice ran pod default/web with privileged shell': createPod(
      human(),
      pod({ containers: [decoy, { name: 'shell', ...privileged }] }),
    ),
    'deploy-pipeline ran daemonset default/agent with privileged setup': audit({
      verb: 'update',
      by: pipeline(),
      resource: 'daemonsets.apps',
      namespace: 'default',
      name: 'agent',
      request: workload('DaemonSet', { containers: [decoy], initContainers: [{ name: 'setup', ...privileged }] }),
    }),
    'alice ran pod default/web with privileged debugger-x1': debug(
      withEphemeral({ name: 'debugger-x1', ...privileged }),
    ),
    'alice ran pod default/win with privileged every container': createPod(
      human(),
      pod({ securityContext: { windowsOptions: { hostProcess: true } } }, { name: 'win' }),
    ),
    'mallory was refused to run pod default/web with privileged shell': createPod(
      human('mallory'),
      pod({ containers: [{ name: 'shell', ...privileged }] }),
      { code: 403, refusedBy: 'admission' },
    ),
    // Named like a controller by a mapping of its own: the name is not on the list.
    'system:kube-controller-manager-2 ran pod default/web with privileged shell': createPod(
      component('kube-controller-manager-2'),
      pod({ containers: [{ name: 'shell', ...privileged }] }),
    ),
  },
  silent: {
    'a container without privileges': createPod(human(), pod({ containers: [decoy] })),
    'Amazon EKS installs an add-on': audit({
      verb: 'patch',
      by: { ...component('apiserver'), user: { username: 'eks:addon-manager', groups: ['system:authenticated'] } },
      resource: 'daemonsets.apps',
      namespace: 'kube-system',
      name: 'aws-node',
      request: workload('DaemonSet', { initContainers: [{ name: 'aws-vpc-cni-init', ...privileged }] }),
    }),
    'the DaemonSet controller starts kube-proxy': createPod(
      controller('daemon-set-controller'),
      pod(
        { containers: [{ name: 'kube-proxy', ...privileged }] },
        { namespace: 'kube-system', ...ownedBy('DaemonSet', 'kube-proxy') },
      ),
    ),
    'a debugger without privileges in a pod that has them': debug(
      withEphemeral({ name: 'debugger-x2', image: 'busybox' }),
    ),
    'a new label on a privileged workload': audit({
      verb: 'patch',
      by: human(),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      request: { metadata: { labels: { team: 'a' } } },
      response: workload('Deployment', { containers: [{ name: 'main', ...privileged }] }),
    }),
    'the text true is no truth, and the API server refuses it': createPod(
      human(),
      pod({ containers: [{ name: 'main', image: 'busybox', securityContext: { privileged: 'true' } }] }),
      { code: 400 },
    ),
  },
});
