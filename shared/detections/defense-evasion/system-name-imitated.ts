import { imitatedComponent, isComponentItself } from '../../eks/components.ts';
import { isUserOrWorkload } from '../../eks/identities.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, createPod, mallory, node, pod, truncated, workload } from '../../sdk/examples.ts';
import { CREATE_VERBS, isNew, said } from '../../sdk/phrases.ts';

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
    'Compare its image with the image of the real component: kubectl get pods -A -o wide, then kubectl -n <namespace> get <kind> <name> -o yaml. If it comes from another registry, treat it as an attack. Keep a copy of the YAML, then delete the object: kubectl -n <namespace> delete <kind> <name>.',
  references: [
    'https://attack.mitre.org/techniques/T1036/005/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Pod%20or%20container%20name%20similarity/',
  ],
  related: ['google:Defense Evasion: Potential Kubernetes Pod Masquerading'],
  audit: { level: 'any', verbs: CREATE_VERBS, resources: WORKLOADS, actor: isUserOrWorkload },
  find: (event) => {
    if (!isNew(event)) return undefined;
    // A record that was cut still names its object.
    const subject = event.workload ?? { ...event.object, kind: event.object.resource.slice(0, -1) };
    const component = isComponentItself(subject) ? undefined : imitatedComponent(subject.name);
    return component !== undefined && { component, workload: `${subject.kind} ${subject.namespace}/${subject.name}` };
  },
  entities: ({ workload }) => ({ workload }),
  principal: false,
  summary: ({ workload, component }, event) => said(event, 'create', `${workload}, named like ${component}`),
});

const bare = (metadata: JsonObject, by = alice, parts = {}) => createPod(by, pod({}, metadata), parts);
const owned = { namespace: 'kube-system', ownerReferences: [{ kind: 'DaemonSet', name: 'aws-node' }] };
const daemonSet = (name: string, parts = {}) =>
  call(alice, `create daemonsets.apps ${name}`, { request: workload('DaemonSet', {}), ...parts });
const APPLIED = { verb: 'patch', code: 201, query: 'fieldManager=kubectl&force=true' };
const DENIED = { by: mallory, code: 403 };

export const examples = () => ({
  fires: {
    'alice created pod default/kube-proxy-x7k2p, named like kube-proxy': bare({ name: 'kube-proxy-x7k2p' }),
    // Anybody who creates a pod can name an owner.
    'alice created pod kube-system/aws-node-b4wsz, named like aws-node': bare({ name: 'aws-node-b4wsz', ...owned }),
    'alice created pod default/coredns-*, named like coredns': bare({ name: undefined, generateName: 'coredns-' }),
    'alice created daemonset shop/kubepr0xy, named like kube-proxy': daemonSet('shop/kubepr0xy'),
    'alice created daemonset kube-system/coredns, named like coredns': daemonSet('kube-system/coredns'),
    'alice created daemonset shop/aws-node, named like aws-node': daemonSet('shop/aws-node', APPLIED),
    'mallory created pod default/kube-proxy, named like kube-proxy': truncated(bare({ name: 'kube-proxy' }, mallory)),
    'mallory was denied creating daemonset shop/coredns, named like coredns': daemonSet('shop/coredns', DENIED),
  },
  silent: {
    'kube-proxy is installed where it belongs': daemonSet('kube-system/kube-proxy'),
    'its controller starts it': bare({ name: 'aws-node-b4wsz', ...owned }, controller('daemon-set-controller')),
    'something for a component, not posing as it': bare({ name: 'coredns-exporter' }),
    'a kubelet shows a static pod': bare({ name: 'kube-proxy-ip-10-0-1-17' }, node()),
    'what is there already is changed': daemonSet('shop/kube-proxy', { verb: 'patch' }),
    'a dry run creates nothing': bare({ name: 'kube-proxy' }, alice, { query: 'dryRun=All' }),
  },
});
