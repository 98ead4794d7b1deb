import { imitatedComponent, isComponentItself } from '../../eks/components.ts';
import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import { audit, controller, createPod, human, node, pipeline, pod, truncated, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { CREATE_VERBS, isNew, whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'system-name-imitated',
  title: 'Workload named like a system component',
  description:
    'Somebody created a pod or workload with the name of a component of Kubernetes or Amazon EKS, or one that reads like it, which is not the component: another namespace, another kind, or a pod that nothing owns. Digits for letters and left-out hyphens are seen through. Owners that a person writes into a pod prove nothing.',
  tactic: 'defense-evasion',
  attack: ['T1036.005'],
  impact: 60,
  confidence: 60,
  type: 'TTP',
  falsePositives: 'A second CoreDNS or kube-proxy for a virtual cluster or a test.',
  triage: 'Compare its image with that of the real component. A different registry settles it.',
  references: [
    'https://attack.mitre.org/techniques/T1036/005/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Pod%20or%20container%20name%20similarity/',
  ],
  answers: ['google:Defense Evasion: Potential Kubernetes Pod Masquerading'],
  needs: 'header or body',
  on: { verbs: CREATE_VERBS, resources: WORKLOADS, outcomes: ['succeeded', 'denied'], actor: isUserOrWorkload },
  match: (event) => !event.dryRun && isNew(event) && imitatedBy(event) !== undefined,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({ workload: titleOf(event) }),
  summary: (event) => {
    return `${whoDid(event, 'created', 'create')} ${titleOf(event)}, named like ${imitatedBy(event)}`;
  },
});

/** A record that was cut still names its object. */
const subjectOf = ({ workload: subject, object }: AuditEvent) =>
  subject ?? { kind: object.resource.slice(0, -1), namespace: object.namespace, name: object.name };

const titleOf = (event: AuditEvent): string => {
  const { kind, namespace, name } = subjectOf(event);
  return `${kind} ${namespace}/${name}`;
};

const imitatedBy = (event: AuditEvent): string | undefined => {
  const subject = subjectOf(event);
  return isComponentItself(subject) ? undefined : imitatedComponent(subject.name);
};

const daemonSet = (name: string, namespace: string, by = human()) =>
  audit({
    verb: 'create',
    by,
    resource: 'daemonsets.apps',
    namespace,
    name,
    request: workload('DaemonSet', {}, name),
  });
const owner = { ownerReferences: [{ kind: 'DaemonSet', name: 'kube-proxy', controller: true }] };

export const examples = () => ({
  fires: {
    'alice created pod default/kube-proxy-x7k2p, named like kube-proxy': createPod(
      human(),
      pod({}, { name: 'kube-proxy-x7k2p' }),
    ),
    'alice created pod kube-system/aws-node-b4wsz, named like aws-node': createPod(
      human(),
      pod({}, { name: 'aws-node-b4wsz', namespace: 'kube-system', ...owner }),
    ),
    'alice created daemonset shop/kubepr0xy, named like kube-proxy': daemonSet('kubepr0xy', 'shop'),
    'alice created daemonset kube-system/coredns, named like coredns': daemonSet('coredns', 'kube-system'),
    'alice created pod default/coredns-*, named like coredns': createPod(
      human(),
      pod({}, { name: undefined, generateName: 'coredns-' }),
    ),
    'alice created daemonset shop/aws-node, named like aws-node': audit({
      verb: 'patch',
      by: human(),
      code: 201,
      resource: 'daemonsets.apps',
      namespace: 'shop',
      name: 'aws-node',
      query: 'fieldManager=kubectl&force=true',
      request: workload('DaemonSet', {}, 'aws-node'),
    }),
    'mallory created pod default/kube-proxy, named like kube-proxy': truncated(
      createPod(human('mallory'), pod({}, { name: 'kube-proxy', annotations: { note: 'x'.repeat(2000) } })),
    ),
  },
  silent: {
    'a pipeline installs kube-proxy where it belongs': daemonSet('kube-proxy', 'kube-system', pipeline()),
    'the DaemonSet controller starts kube-proxy': createPod(
      controller('daemon-set-controller'),
      pod({}, { name: 'kube-proxy-x7k2p', namespace: 'kube-system', ...owner }),
    ),
    'something for a component, not posing as it': createPod(human(), pod({}, { name: 'coredns-exporter' })),
    'a kubelet shows a static pod': createPod(node(), pod({}, { name: 'kube-proxy-ip-10-0-1-17' })),
    'what is there already is changed': audit({
      verb: 'patch',
      by: human(),
      resource: 'daemonsets.apps',
      namespace: 'shop',
      name: 'kube-proxy',
      request: { metadata: { labels: { team: 'a' } } },
    }),
    'a dry run creates nothing': createPod(human(), pod({}, { name: 'kube-proxy' }), { query: 'dryRun=All' }),
  },
});
