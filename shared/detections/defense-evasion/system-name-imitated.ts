import { imitatedComponent, isComponentItself } from '../../eks/components.ts';
import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  controller,
  createPod,
  mallory,
  node,
  pipeline,
  pod,
  truncated,
  workload,
} from '../../sdk/examples.ts';
import { CREATE_VERBS, isNew, said } from '../../sdk/phrases.ts';

const imitationIn = ({ workload, object }: AuditEvent) => {
  // A record that was cut still names its object.
  const subject = workload ?? { ...object, kind: object.resource.slice(0, -1) };
  const component = isComponentItself(subject) ? undefined : imitatedComponent(subject.name);
  return component !== undefined && { component, workload: `${subject.kind} ${subject.namespace}/${subject.name}` };
};

export default defineDetection({
  id: 'system-name-imitated',
  title: 'Pod or workload named like a system component (masquerading)',
  description:
    'Somebody created a pod or workload with the name of a component of Kubernetes or Amazon EKS, or a name that looks like it. It is not the component: it has another namespace or kind, or it is a pod that no controller created. Digits in place of letters and left-out hyphens count too.',
  tactic: 'defense-evasion',
  techniques: ['T1036.005'],
  impact: 60,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  falsePositives: 'A second CoreDNS or kube-proxy for a virtual cluster or a test.',
  triage:
    'Compare its image with the image of the real component: kubectl get pods -A -o wide, then kubectl -n <namespace> get <kind> <name> -o yaml. If it comes from another registry, treat it as an attack: keep a copy of the YAML, then delete it: kubectl -n <namespace> delete <kind> <name>.',
  references: [
    'https://attack.mitre.org/techniques/T1036/005/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Pod%20or%20container%20name%20similarity/',
  ],
  related: ['google:Defense Evasion: Potential Kubernetes Pod Masquerading'],
  audit: { level: 'any', verbs: CREATE_VERBS, resources: WORKLOADS, actor: isUserOrWorkload },
  find: (event) => isNew(event) && imitationIn(event),
  entities: ({ workload }) => ({ workload }),
  principal: false,
  summary: ({ workload, component }, event) => said(event, 'create', `${workload}, named like ${component}`),
});

const daemonSet = (name: string, namespace: string, by = alice) =>
  audit({ verb: 'create', by, resource: 'daemonsets.apps', namespace, name, request: workload('DaemonSet', {}, name) });
const owner = { ownerReferences: [{ kind: 'DaemonSet', name: 'kube-proxy', controller: true }] };

export const examples = () => ({
  fires: {
    'alice created pod default/kube-proxy-x7k2p, named like kube-proxy': createPod(
      alice,
      pod({}, { name: 'kube-proxy-x7k2p' }),
    ),
    'alice created pod kube-system/aws-node-b4wsz, named like aws-node': createPod(
      alice,
      pod({}, { name: 'aws-node-b4wsz', namespace: 'kube-system', ...owner }),
    ),
    'alice created daemonset shop/kubepr0xy, named like kube-proxy': daemonSet('kubepr0xy', 'shop'),
    'alice created daemonset kube-system/coredns, named like coredns': daemonSet('coredns', 'kube-system'),
    'alice created pod default/coredns-*, named like coredns': createPod(
      alice,
      pod({}, { name: undefined, generateName: 'coredns-' }),
    ),
    'alice created daemonset shop/aws-node, named like aws-node': audit({
      verb: 'patch',
      by: alice,
      code: 201,
      resource: 'daemonsets.apps',
      namespace: 'shop',
      name: 'aws-node',
      query: 'fieldManager=kubectl&force=true',
      request: workload('DaemonSet', {}, 'aws-node'),
    }),
    'mallory created pod default/kube-proxy, named like kube-proxy': truncated(
      createPod(mallory, pod({}, { name: 'kube-proxy', annotations: { note: 'x'.repeat(2000) } })),
    ),
  },
  silent: {
    'a pipeline installs kube-proxy where it belongs': daemonSet('kube-proxy', 'kube-system', pipeline()),
    'the DaemonSet controller starts kube-proxy': createPod(
      controller('daemon-set-controller'),
      pod({}, { name: 'kube-proxy-x7k2p', namespace: 'kube-system', ...owner }),
    ),
    'something for a component, not posing as it': createPod(alice, pod({}, { name: 'coredns-exporter' })),
    'a kubelet shows a static pod': createPod(node(), pod({}, { name: 'kube-proxy-ip-10-0-1-17' })),
    'what is there already is changed': audit({
      verb: 'patch',
      by: alice,
      resource: 'daemonsets.apps',
      namespace: 'shop',
      name: 'kube-proxy',
      request: { metadata: { labels: { team: 'a' } } },
    }),
    'a dry run creates nothing': createPod(alice, pod({}, { name: 'kube-proxy' }), { query: 'dryRun=All' }),
  },
});
