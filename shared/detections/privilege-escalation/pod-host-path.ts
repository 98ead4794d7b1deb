import { reachingHostPaths } from '../../kubernetes/pod-security.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { addOnPod, alice, bob, createPod, deniedPod, pod, workload, writeWorkload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { counted, nameOfRequested, POD_WRITES } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-host-path',
  title: 'Pod with a sensitive host path (hostPath volume)',
  description:
    'A pod mounts a path of its node: a system folder, the data of the kubelet, a disk, or the socket of the container runtime. Through such a path an attacker takes over the node or reads the secrets of its other pods.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Node exporters, log shippers, storage drivers and security agents. Suppress them by workload.',
  triage:
    'Check whether the mount is writable, whether the container runs as root, and whether the workload is known. If it is not, cordon the node and delete the workload: kubectl cordon <node>.',
  references: ['https://kubernetes.io/docs/concepts/storage/volumes/#hostpath'],
  related: [
    'falco:Create Sensitive Mount Pod',
    'elastic:privilege_escalation_pod_created_with_sensitive_hostpath_volume',
    'guardduty:Persistence:Kubernetes/ContainerWithSensitiveMount',
    'panther:k8s_pod_hostpath_volume',
    'sigma:kubernetes_audit_hostpath_mount',
    'defender:K8S_SensitiveMount',
  ],
  audit: POD_WRITES,
  find: (event) => {
    const mounted = requestedPodSpecs(event).flatMap(reachingHostPaths);
    if (mounted.length === 0) return undefined;
    return { paths: mounted.map(({ path }) => path), canControl: mounted.some(({ reach }) => reach === 'control') };
  },
  weight: ({ canControl }, { outcome }) =>
    canControl ? {} : { impact: 60, confidence: outcome === 'denied' ? 40 : 50 },
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: ({ paths }, event) => said(event, 'run', `${nameOfRequested(event)} with ${counted('host path', paths)}`),
});

const mount = (mountPath: string, readOnly = false) => ({ volumeMounts: [{ name: 'host', mountPath, readOnly }] });
const mounting = (path: string, readOnly = false) => ({
  containers: [{ name: 'decoy' }, mount('/host', readOnly)],
  volumes: [{ name: 'host', hostPath: { path } }],
});
const writableInInit = { ...mounting('/etc/ssl/certs', true), initContainers: [mount('/h')] };
const emptyDir = { containers: [mount('/var/run/docker.sock')], volumes: [{ name: 'host', emptyDir: {} }] };
const runs = (path: string, readOnly = false) => createPod(alice, pod(mounting(path, readOnly)));

export const examples = () => ({
  fires: {
    'alice ran pod default/web with host path /': runs('/'),
    'alice ran pod default/web with host path /run/containerd': runs('/var/run/containerd', true),
    'alice ran pod default/web with host path /var/lib': runs('//var/./lib/'),
    'alice ran pod default/web with host path /etc/kubernetes': runs('/etc/ssl/certs/../../kubernetes/', true),
    'bob ran job default/web with host path /etc/ssl/certs': writeWorkload(bob, workload('Job', writableInInit)),
    'mallory was denied running pod default/web with host path /root/.ssh': deniedPod(pod(mounting('/root/.ssh'))),
  },
  silent: {
    'a folder of its own': runs('/mnt/data'),
    'a log shipper reads logs': runs('/var/log/', true),
    'a storage driver puts its socket where the kubelet looks': runs('/var/lib/kubelet/plugins/csi.example.com/'),
    'certificates, read-only': runs('/etc/ssl/certs', true),
    'a name that only begins like one': runs('/etcetera'),
    'a path inside the container': createPod(alice, pod(emptyDir)),
    'an add-on of EKS that every node runs': addOnPod('ebs-csi-node', mounting('/var/lib/kubelet')),
  },
});
