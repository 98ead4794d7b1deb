import { SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import { principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { audit, human } from '../../sdk/examples.ts';
import { podOf } from '../../sdk/exec.ts';
import { kubeletCallOf } from '../../sdk/kubelet-proxy.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'exec-into-system-pod',
  title: 'Command run in a pod of the system',
  description:
    'Somebody ran a command in, or attached to, a pod of a system namespace: directly, or around the API server’s own rules through the kubelet. The pods there hold the rights that keep the cluster running, and nobody has to work in them by hand.',
  tactic: 'execution',
  attack: ['T1609'],
  impact: 70,
  confidence: 80,
  type: 'TTP',
  falsePositives: 'An administrator who looks into a network plug-in or a storage driver.',
  triage: 'Read the command in the request. Rotate what the pod’s service account could read if nobody can explain it.',
  references: [
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-kubernetes.html',
    'https://attack.mitre.org/techniques/T1609/',
  ],
  answers: [
    'guardduty:Execution:Kubernetes/ExecInKubeSystemPod',
    'google:Execution: Suspicious Exec or Attach to a System Pod',
  ],
  needs: 'header',
  on: { resources: ['pods/exec', 'pods/attach', 'nodes/proxy'], outcomes: ['succeeded', 'denied'] },
  options: {
    namespaces: [
      [...SYSTEM_NAMESPACES, 'amazon-cloudwatch', 'amazon-guardduty'],
      'namespaces whose pods belong to the system',
    ],
  },
  match: (event, options) => options.namespaces.includes(podOf(event).split('/')[0] as string) && entersPod(event),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: (event) => ({ principal: principalOf(event.actor), pod: podOf(event) }),
  summary: (event) => `${whoDid(event, 'entered', 'enter')} system pod ${podOf(event)}`,
});

/** The kubelet's `run`, `exec` and `attach`; its logs and port forwards are for node-proxy-used. */
const entersPod = (event: AuditHeader): boolean => {
  const call = kubeletCallOf(event);
  return call === undefined || call.action === 'run' || call.action === 'exec' || call.action === 'attach';
};

const exec = (parts: object = {}) =>
  audit({
    verb: 'get',
    by: human(),
    resource: 'pods/exec',
    namespace: 'kube-system',
    name: 'aws-node-x7k2p',
    query: 'command=sh&stdin=true&tty=true',
    code: 101,
    ...parts,
  });
const proxied = (path: string) =>
  exec({ resource: 'nodes/proxy', namespace: '', name: 'n', uri: `/api/v1/nodes/n/proxy/${path}` });

export const examples = () => ({
  fires: {
    'alice entered system pod kube-system/aws-node-x7k2p': exec(),
    'bob entered system pod amazon-guardduty/agent-0': exec({
      by: human('bob'),
      verb: 'create',
      resource: 'pods/attach',
      namespace: 'amazon-guardduty',
      name: 'agent-0',
    }),
    'alice entered system pod kube-system/coredns-0': proxied('/run/./kube-system/coredns-0/coredns?cmd=id'),
    'mallory was refused to enter system pod kube-system/aws-node-x7k2p': exec({ by: human('mallory'), code: 403 }),
  },
  silent: {
    'a pod of a team': exec({ namespace: 'shop' }),
    'a namespace that only begins so': exec({ namespace: 'kube-system-tools' }),
    'logs of a pod of the system': exec({ resource: 'pods/log', code: 200 }),
    'metrics of a node that is named like one': proxied('metrics/kube-system/run'),
  },
});
