import { SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import type { AuditHeader } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { bob, exec, mallory, type RequestParts } from '../../sdk/examples.ts';
import { podOf } from '../../sdk/exec.ts';
import { kubeletCallOf } from '../../sdk/kubelet-proxy.ts';
import { said } from '../../sdk/phrases.ts';

/** The kubelet's `run`, `exec` and `attach`; its logs and port forwards are for node-proxy-used. */
const entersPod = (event: AuditHeader): boolean => {
  const call = kubeletCallOf(event);
  return call === undefined || call.action === 'run' || call.action === 'exec' || call.action === 'attach';
};

export default defineDetection({
  id: 'exec-into-system-pod',
  title: 'Command run in a pod of a system namespace (kube-system)',
  description:
    'Somebody ran a command in a pod of a system namespace, or attached to it, through the API server or directly through the kubelet. The pods there hold the rights that keep the cluster running, and nobody has to work in them by hand.',
  tactic: 'execution',
  techniques: ['T1609'],
  impact: 70,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'An administrator who looks into a network plug-in or a storage driver.',
  triage:
    'Read the command in the request. If nobody can explain it, rotate what the service account of the pod can read, and restart the pod: kubectl -n <namespace> delete pod <name>.',
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
    namespaces: [
      [...SYSTEM_NAMESPACES, 'amazon-cloudwatch', 'amazon-guardduty'],
      'namespaces whose pods belong to the system',
    ],
  },
  find: (event, { namespaces }) => {
    const pod = podOf(event);
    return namespaces.some((namespace) => pod.startsWith(`${namespace}/`)) && entersPod(event) && pod;
  },
  entities: (pod) => ({ pod }),
  summary: (pod, event) => said(event, 'enter', `system pod ${pod}`),
});

const enter = (parts: Partial<RequestParts> = {}) =>
  exec('sh', { namespace: 'kube-system', name: 'aws-node-x7k2p', ...parts });
const proxied = (path: string) =>
  enter({ resource: 'nodes/proxy', namespace: '', name: 'n', uri: `/api/v1/nodes/n/proxy/${path}` });

export const examples = () => ({
  fires: {
    'alice entered system pod kube-system/aws-node-x7k2p': enter(),
    'bob entered system pod amazon-guardduty/agent-0': enter({
      by: bob,
      verb: 'create',
      resource: 'pods/attach',
      namespace: 'amazon-guardduty',
      name: 'agent-0',
    }),
    'alice entered system pod kube-system/coredns-0': proxied('/run/./kube-system/coredns-0/coredns?cmd=id'),
    'mallory was denied entering system pod kube-system/aws-node-x7k2p': enter({ by: mallory, code: 403 }),
  },
  silent: {
    'a pod of a team': enter({ namespace: 'shop' }),
    'a namespace that only begins so': enter({ namespace: 'kube-system-tools' }),
    'logs of a pod of the system': enter({ resource: 'pods/log', code: 200 }),
    'metrics of a node that is named like one': proxied('metrics/kube-system/run'),
  },
});
