import { isUserOrWorkload } from '../../eks/identities.ts';
import type { ObjectReference } from '../../kubernetes/request-uri.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, controller, mallory, oscar, type RequestParts } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';

const policyOf = ({ resource, namespace, name }: ObjectReference): string =>
  `${name === '' ? `all ${resource}` : `network policy ${name}`}${inNamespace(namespace)}`;

export default defineDetection({
  id: 'network-policy-removed',
  title: 'Network policy deleted (NetworkPolicy, Calico, Cilium)',
  description:
    'Somebody deleted a network policy, of Kubernetes itself or of Calico, Cilium or the VPC CNI plug-in. A pod that no policy selects takes connections from every other pod.',
  tactic: 'defense-evasion',
  techniques: ['T1562.001'],
  impact: 60, // One policy guards a few pods; a security agent guards the cluster.
  confidence: 50, // `helm uninstall` deletes an application's policies with it.
  denied: { confidence: 40 },
  type: 'Hunting',
  falsePositives: 'An application is removed together with its policies, or they are renamed.',
  triage:
    'See whether the pods that it selected still run, and which policies are left: kubectl -n <namespace> get pods,networkpolicies. If they run, put the policy back from your repository: kubectl -n <namespace> apply -f <file>. Then read what else the principal did in the namespace.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  ],
  related: [],
  audit: {
    level: 'metadata',
    verbs: ['delete', 'deletecollection'],
    resources: [
      'adminnetworkpolicies',
      'baselineadminnetworkpolicies',
      'ciliumclusterwidenetworkpolicies',
      'ciliumnetworkpolicies',
      'clusternetworkpolicies',
      'globalnetworkpolicies',
      'networkpolicies',
      'securitygrouppolicies',
    ],
    actor: isUserOrWorkload,
  },
  entities: (_found, { object }) => ({ namespace: object.namespace }),
  summary: (_found, event) => said(event, 'delete', policyOf(event.object)),
});

const removal = (by = mallory, parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'delete',
    by,
    resource: 'networkpolicies.networking.k8s.io',
    namespace: 'shop',
    name: 'deny-all',
    ...parts,
  });

export const examples = () => ({
  fires: {
    'mallory deleted network policy deny-all in namespace shop': removal(),
    'mallory deleted all networkpolicies in namespace shop': removal(mallory, { verb: 'deletecollection', name: '' }),
    'oscar deleted all networkpolicies in namespace shop': removal(oscar, {
      verb: 'deletecollection',
      name: '',
      query: 'dryRun=All',
      request: { kind: 'DeleteOptions', apiVersion: 'networking.k8s.io/v1' },
    }),
    'mallory was denied deleting network policy isolate': removal(mallory, {
      resource: 'ciliumclusterwidenetworkpolicies.cilium.io',
      namespace: '',
      name: 'isolate',
      level: 'Metadata',
      code: 403,
    }),
  },
  silent: {
    'the namespace controller clears up': removal(controller('namespace-controller')),
    'a policy is changed': removal(alice, { verb: 'patch' }),
    'a dry run removes nothing': [
      removal(alice, { query: 'dryRun=All', level: 'RequestResponse' }),
      removal(alice, { request: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] } }),
    ],
  },
});
