import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { audit, controller, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'coredns-changed',
  title: 'Cluster DNS or network plug-in changed by hand',
  description:
    'Somebody other than Amazon EKS changed what every pod’s names and packets go through: CoreDNS, the VPC CNI plug-in or kube-proxy, or their configuration. A line in the Corefile sends any name to any address.',
  tactic: 'defense-evasion',
  attack: ['T1565'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  falsePositives:
    'An upgrade of self-managed add-ons by hand or by a pipeline, a forward rule for an office domain, a restart.',
  triage:
    'Compare the ConfigMap with the one in your repository: its content is not in the audit log. Look for rewrite, hosts and forward lines.',
  references: [
    'https://attack.mitre.org/techniques/T1565/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/CoreDNS%20poisoning/',
    'https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html',
  ],
  answers: [
    'elastic:impact_kubernetes_coredns_or_kube_dns_configuration_modified',
    'google:Impact: GKE kube-dns modification detected',
    'defender:K8S_CoreDnsModification',
  ],
  needs: 'header',
  on: {
    verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    resources: ['configmaps', 'daemonsets', 'deployments'],
    outcomes: ['succeeded', 'denied'],
    actor: isUserOrWorkload,
  },
  options: {
    names: [
      [
        'coredns',
        'coredns-custom',
        'kube-dns',
        'node-local-dns',
        'aws-node',
        'amazon-vpc-cni',
        'kube-proxy',
        'kube-proxy-config',
      ],
      'names of the ConfigMaps, DaemonSets and Deployments of kube-system to watch',
    ],
  },
  match: ({ object, verb, dryRun }, options) =>
    !dryRun &&
    object.namespace === 'kube-system' &&
    (options.names.includes(object.name) || (verb === 'deletecollection' && object.name === '')),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({ object: nameOfObject(event), principal: principalOf(event.actor) }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? `was refused to ${event.verb}` : PAST[event.verb];
    return `${nameOf(event.actor, event.impersonated)} ${did} ${nameOfObject(event)}`;
  },
});

const PAST: Readonly<Record<string, string>> = {
  create: 'created',
  update: 'updated',
  patch: 'patched',
  delete: 'deleted',
  deletecollection: 'deleted',
};

const nameOfObject = ({ object }: AuditHeader): string =>
  object.name === ''
    ? `all ${object.resource} in ${object.namespace}`
    : `${object.resource.slice(0, -1)} ${object.name}`;

const change = (by = human(), parts: object = {}) =>
  audit({
    verb: 'patch',
    by,
    resource: 'configmaps',
    namespace: 'kube-system',
    name: 'coredns',
    level: 'Metadata',
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice patched configmap coredns': change(),
    'eks:helper updated daemonset aws-node': change(human('eks:helper'), {
      verb: 'update',
      resource: 'daemonsets.apps',
      name: 'aws-node',
    }),
    'alice deleted all configmaps in kube-system': change(human(), { verb: 'deletecollection', name: '' }),
    'mallory was refused to update deployment coredns': change(human('mallory'), {
      verb: 'update',
      resource: 'deployments.apps',
      code: 403,
    }),
  },
  silent: {
    'EKS updates its add-on': change({
      user: { username: 'eks:addon-manager', groups: ['system:authenticated'] },
      ip: '172.16.45.12',
      agent: 'Go-http-client/1.1',
    }),
    'the Deployment controller reports': change(controller('deployment-controller'), {
      verb: 'update',
      resource: 'deployments.apps',
    }),
    'a ConfigMap of that name in a team’s namespace': change(pipeline(), { namespace: 'shop' }),
    'the autoscaler of CoreDNS changes the number of replicas': change(human('cluster-proportional-autoscaler'), {
      resource: 'deployments.apps/scale',
    }),
    'a dry run changes nothing': change(human(), { query: 'fieldManager=kubectl&dryRun=All' }),
  },
});
