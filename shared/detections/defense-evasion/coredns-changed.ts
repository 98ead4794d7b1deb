import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditHeader } from '../../events/event.ts';
import { CHANGE_VERBS } from '../../kubernetes/verbs.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, carol, controller, human, mallory, pipeline } from '../../sdk/examples.ts';
import { isNew, nameOrAll, said } from '../../sdk/phrases.ts';

const DNS = ['coredns', 'coredns-custom', 'kube-dns', 'node-local-dns'];
const NETWORK = ['aws-node', 'amazon-vpc-cni', 'kube-proxy', 'kube-proxy-config'];

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
    'Read the Corefile, which the audit log does not hold, and look for rewrite, hosts and forward lines that you don’t know: kubectl -n kube-system get configmap coredns -o yaml. Put back the version of your repository, then restart CoreDNS: kubectl -n kube-system rollout restart deployment coredns.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/CoreDNS%20poisoning/',
  ],
  related: [
    'elastic:impact_kubernetes_coredns_or_kube_dns_configuration_modified',
    'google:Impact: GKE kube-dns modification detected',
    'defender:K8S_CoreDnsModification',
  ],
  audit: {
    level: 'metadata',
    verbs: CHANGE_VERBS,
    resources: ['configmaps', 'daemonsets', 'deployments'],
    actor: isUserOrWorkload,
  },
  options: { names: [[...DNS, ...NETWORK], 'ConfigMaps, DaemonSets and Deployments of kube-system to watch'] },
  find: ({ object, verb }, { names }) =>
    object.namespace === 'kube-system' &&
    (names.includes(object.name) || (verb === 'deletecollection' && object.name === '')),
  entities: (_found, { object }) => ({ object: nameOrAll(object) }),
  summary: (_found, event) => said(event, verbOf(event), nameOrAll(event.object)),
});

const DEPLOYMENT = 'deployments.apps kube-system/coredns';
const change = (by = alice, what = 'configmaps kube-system/coredns', parts = {}) => call(by, `patch ${what}`, parts);

export const examples = () => ({
  fires: {
    'alice changed configmap kube-system/coredns': change(),
    'bob changed deployment kube-system/coredns': change(bob, DEPLOYMENT),
    'carol created configmap kube-system/coredns-custom': call(carol, 'create configmaps kube-system/coredns-custom'),
    'eks:ops changed daemonset kube-system/aws-node': change(human('eks:ops'), 'daemonsets.apps kube-system/aws-node'),
    'alice deleted all configmaps in namespace kube-system': call(alice, 'deletecollection configmaps kube-system/'),
    'mallory was denied changing configmap kube-system/coredns': change(mallory, undefined, { code: 403 }),
  },
  silent: {
    'EKS updates its add-on': change({ ...alice, user: { username: 'eks:addon-manager' } }),
    'the Deployment controller writes its status': change(controller('deployment-controller'), DEPLOYMENT),
    'a ConfigMap of that name in a team’s namespace': change(pipeline(), 'configmaps shop/coredns'),
    'another ConfigMap of kube-system': change(alice, 'configmaps kube-system/aws-auth'),
    'an autoscaler changes the number of replicas': change(alice, 'deployments.apps/scale kube-system/coredns'),
    'a dry run changes nothing': change(alice, undefined, { query: 'fieldManager=kubectl&dryRun=All' }),
  },
});
