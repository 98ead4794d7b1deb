import type { AuditEvent } from '../../events/event.ts';
import { type HostPath, reachingHostPaths } from '../../kubernetes/pod-security.ts';
import { audit, controller, createPod, human, ownedBy, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { listed, nameOfRequested, POD_WRITES, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

const pathsIn = (event: AuditEvent): readonly HostPath[] => requestedPodSpecs(event).flatMap(reachingHostPaths);

export default defineDetection({
  id: 'pod-host-path',
  title: 'Pod with a sensitive path of its node',
  description:
    'A pod, or the template of a workload, mounts a path of its node through which the node can be taken over, or the secrets of its other pods read: system folders, the kubelet’s data, disks, the socket of the container runtime. Parents of such a path count too.',
  tactic: 'privilege-escalation',
  attack: ['T1611'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Node exporters, log shippers, storage drivers and security agents. Suppress them by workload; those that Amazon EKS installs as add-ons are silent.',
  triage:
    'See whether the mount can be written to, whether the container runs as root, and whether the workload is known.',
  references: [
    'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.privilege-escalation.hostpath-volume/',
  ],
  answers: [
    'falco:Create Sensitive Mount Pod',
    'elastic:privilege_escalation_pod_created_with_sensitive_hostpath_volume',
    'guardduty:Persistence:Kubernetes/ContainerWithSensitiveMount',
    'panther:k8s_pod_hostpath_volume',
    'sigma:kubernetes_audit_hostpath_mount',
    'defender:K8S_SensitiveMount',
  ],
  needs: 'body',
  on: POD_WRITES,
  match: (event) => !event.dryRun && pathsIn(event).length > 0,
  weight: (event) => {
    const canControl = pathsIn(event).some(({ reach }) => reach === 'control');
    const isDenied = event.outcome === 'denied';
    return canControl ? (isDenied ? { confidence: 50 } : {}) : { impact: 60, confidence: isDenied ? 40 : 50 };
  },
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event) =>
    `${whoRan(event)} ${nameOfRequested(event)} with the node’s ${listed(pathsIn(event).map(({ path }) => path))}`,
});

const mounting = (path: string, readOnly = false) => ({
  containers: [
    { name: 'decoy', image: 'nginx:1.27' },
    { name: 'main', image: 'busybox', volumeMounts: [{ name: 'host', mountPath: '/host', readOnly }] },
  ],
  volumes: [{ name: 'host', hostPath: { path } }],
});
const twice = (path: string) => ({
  ...mounting(path, true),
  initContainers: [{ name: 'init', image: 'busybox', volumeMounts: [{ name: 'host', mountPath: '/h' }] }],
});

export const examples = () => ({
  fires: {
    'alice ran pod default/web with the node’s /': createPod(human(), pod(mounting('/'))),
    'bob ran pod default/web with the node’s /run/containerd/containerd.sock': createPod(
      human('bob'),
      pod(mounting('/var/run/containerd/containerd.sock', true)),
    ),
    'carol ran pod default/web with the node’s /var/lib': createPod(human('carol'), pod(mounting('//var/./lib/'))),
    'dave ran pod default/web with the node’s /etc/kubernetes': createPod(
      human('dave'),
      pod(mounting('/etc/ssl/certs/../../kubernetes/', true)),
    ),
    'deploy-pipeline ran daemonset default/agent with the node’s /etc/ssl/certs': audit({
      verb: 'create',
      by: pipeline(),
      resource: 'daemonsets.apps',
      namespace: 'default',
      name: 'agent',
      request: workload('DaemonSet', twice('/etc/ssl/certs'), 'agent'),
    }),
    'mallory was refused to run pod default/web with the node’s /root/.ssh': createPod(
      human('mallory'),
      pod(mounting('/root/.ssh')),
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'a folder of its own': createPod(human(), pod(mounting('/mnt/data'))),
    'a log shipper reads logs': createPod(pipeline(), pod(mounting('/var/log/', true))),
    'a storage driver puts its socket where the kubelet looks': createPod(
      pipeline(),
      pod(mounting('/var/lib/kubelet/plugins/csi.example.com/')),
    ),
    'everybody reads certificates': createPod(human(), pod(mounting('/etc/ssl/certs', true))),
    'a name that only begins like one': createPod(human(), pod(mounting('/etcetera'))),
    'the path inside the container is its own affair': createPod(
      human(),
      pod({
        containers: [
          { name: 'main', image: 'nginx', volumeMounts: [{ name: 'tmp', mountPath: '/var/run/docker.sock' }] },
        ],
        volumes: [{ name: 'tmp', emptyDir: {} }],
      }),
    ),
    'the add-on of EKS that every node runs': createPod(
      controller('daemon-set-controller'),
      pod(mounting('/var/lib/kubelet'), { namespace: 'kube-system', ...ownedBy('DaemonSet', 'ebs-csi-node') }),
    ),
  },
});
