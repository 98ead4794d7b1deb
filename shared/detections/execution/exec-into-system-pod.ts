import { SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, type Caller, call, mallory } from '../../sdk/examples.ts';
import { podOf, replicasOf } from '../../sdk/exec.ts';
import { kubeletCallOf } from '../../sdk/kubelet-proxy.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'exec-into-system-pod',
  title: 'Command run in a pod of a system namespace (kube-system)',
  description:
    'Somebody ran a command in a pod of a system namespace, or attached to it, through the API server or directly through the kubelet. These pods have the rights that keep the cluster running, and nobody has to work in them by hand.',
  tactic: 'execution',
  techniques: ['T1609'],
  impact: 70,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'An administrator who debugs a network plug-in or a storage driver.',
  triage:
    'Read the command in the request. If nobody can explain it, rotate the secrets that the service account of the pod can read, and delete the pod, which its controller replaces: kubectl -n <namespace> delete pod <name>.',
  references: [
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-kubernetes.html',
    'https://attack.mitre.org/techniques/T1609/',
  ],
  related: [
    'guardduty:Execution:Kubernetes/ExecInKubeSystemPod',
    'google:Execution: Suspicious Exec or Attach to a System Pod',
  ],
  audit: { level: 'metadata', resources: ['pods/exec', 'pods/attach', 'nodes/proxy'] },
  options: {
    namespaces: [[...SYSTEM_NAMESPACES, 'amazon-cloudwatch', 'amazon-guardduty'], 'namespaces of system pods'],
  },
  find: (event, { namespaces }) => {
    const pod = podOf(event);
    const call = kubeletCallOf(event);
    // The kubelet's logs and port forwards are for node-proxy-used.
    const isEntered = call === undefined || ['run', 'exec', 'attach'].includes(call.action);
    return isEntered && namespaces.some((namespace) => pod.startsWith(`${namespace}/`)) && pod;
  },
  entities: (_pod, event) => ({ pod: replicasOf(event) }),
  summary: (pod, event) => said(event, 'enter', `system pod ${pod}`),
});

const enter = (by: Caller, pod: string, parts = {}) => call(by, `get pods/exec ${pod}`, { code: 101, ...parts });
const proxied = (path: string) => call(alice, 'get nodes/proxy n', { uri: `/api/v1/nodes/n/proxy/${path}` });

export const examples = () => ({
  fires: {
    'alice entered system pod kube-system/dns-0': enter(alice, 'kube-system/dns-0'),
    'bob entered system pod amazon-guardduty/g-0': call(bob, 'create pods/attach amazon-guardduty/g-0', { code: 101 }),
    'alice entered system pod kube-system/coredns-0': proxied('/run/./kube-system/coredns-0/coredns?cmd=id'),
    'mallory was denied entering system pod kube-system/dns-0': enter(mallory, 'kube-system/dns-0', { code: 403 }),
  },
  silent: {
    'pods of other namespaces': [enter(alice, 'shop/web-0'), enter(alice, 'kube-system-tools/web-0')],
    'logs of a pod': [call(alice, 'get pods/log kube-system/dns-0'), proxied('containerLogs/kube-system/dns-0/dns')],
    'metrics at a path like that of a pod': proxied('metrics/kube-system/run'),
  },
});
