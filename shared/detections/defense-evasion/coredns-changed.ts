import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditHeader } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, controller, human, mallory, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { inNamespace, isNew, nameOfObject, said } from '../../sdk/phrases.ts';

const changedBy = ({ object }: AuditHeader): string =>
  object.name === '' ? `all ${object.resource}${inNamespace(object.namespace)}` : nameOfObject(object);

const verbOf = (event: AuditHeader): 'create' | 'change' | 'delete' => {
  if (event.verb.startsWith('delete')) return 'delete';
  return isNew(event) ? 'create' : 'change';
};

export default defineDetection({
  id: 'coredns-changed',
  title: 'CoreDNS, VPC CNI or kube-proxy changed by hand (DNS poisoning)',
  description:
    'Somebody other than Amazon EKS changed CoreDNS, the VPC CNI plug-in or kube-proxy, or their configuration. All DNS queries and packets of pods go through them. One line in the Corefile sends a name to an address of the attacker, and without the VPC CNI plug-in its network policies are no longer enforced.',
  tactic: 'defense-evasion',
  techniques: ['T1562.001'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 40 },
  type: 'TTP',
  falsePositives:
    'An upgrade of self-managed add-ons by hand or by a pipeline, a forward rule for an office domain, a restart.',
  triage:
    'Look for rewrite, hosts and forward lines that you don’t know; the audit log does not hold the content: kubectl -n kube-system get configmap coredns -o yaml. Put back the version of your repository, then restart CoreDNS: kubectl -n kube-system rollout restart deployment coredns.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/CoreDNS%20poisoning/',
    'https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html',
  ],
  related: [
    'elastic:impact_kubernetes_coredns_or_kube_dns_configuration_modified',
    'google:Impact: GKE kube-dns modification detected',
    'defender:K8S_CoreDnsModification',
  ],
  audit: {
    level: 'metadata',
    verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    resources: ['configmaps', 'daemonsets', 'deployments'],
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
  find: ({ object, verb }, { names }) =>
    object.namespace === 'kube-system' &&
    (names.includes(object.name) || (verb === 'deletecollection' && object.name === '')),
  entities: (_found, event) => ({ object: changedBy(event) }),
  summary: (_found, event) => said(event, verbOf(event), changedBy(event)),
});

const CONFIG_MAP = { resource: 'configmaps', namespace: 'kube-system', name: 'coredns', level: 'Metadata' } as const;

const change = (by = alice, parts: Partial<RequestParts> = {}) => audit({ verb: 'patch', by, ...CONFIG_MAP, ...parts });

export const examples = () => ({
  fires: {
    'alice changed configmap kube-system/coredns': change(),
    'eks:helper changed daemonset kube-system/aws-node': change(human('eks:helper'), {
      verb: 'update',
      resource: 'daemonsets.apps',
      name: 'aws-node',
    }),
    'alice deleted all configmaps in namespace kube-system': change(alice, { verb: 'deletecollection', name: '' }),
    'mallory was denied changing deployment kube-system/coredns': change(mallory, {
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
    'a dry run changes nothing': change(alice, { query: 'fieldManager=kubectl&dryRun=All' }),
  },
});
