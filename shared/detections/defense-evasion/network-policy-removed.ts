import { isUserOrWorkload } from '../../eks/identities.ts';
import { DELETE_VERBS } from '../../kubernetes/verbs.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, type Caller, call, controller, mallory, oscar } from '../../sdk/examples.ts';
import { nameOrAll, said } from '../../sdk/phrases.ts';

const OF_KUBERNETES = ['adminnetworkpolicies', 'baselineadminnetworkpolicies', 'networkpolicies'];
const OF_CILIUM = ['ciliumclusterwidenetworkpolicies', 'ciliumnetworkpolicies'];
const OF_CALICO_AND_AWS = ['clusternetworkpolicies', 'globalnetworkpolicies', 'securitygrouppolicies'];

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
    'See whether the pods that the policy selected still run, and which policies are left: kubectl -n <namespace> get pods,networkpolicies. If the pods run, put the policy back from your repository: kubectl -n <namespace> apply -f <file>. Then read what else the principal did in the namespace.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  ],
  related: [],
  audit: {
    level: 'metadata',
    verbs: DELETE_VERBS,
    resources: [...OF_KUBERNETES, ...OF_CILIUM, ...OF_CALICO_AND_AWS],
    actor: isUserOrWorkload,
  },
  entities: (_found, { object }) => ({ namespace: object.namespace }),
  summary: (_found, event) => said(event, 'delete', nameOrAll(event.object)),
});

const removes = (by: Caller, parts = {}) => call(by, 'delete networkpolicies.networking.k8s.io shop/deny-all', parts);
const COLLECTION = { verb: 'deletecollection', name: '' };
// With options in the body, the API server ignores the query.
const REAL = { query: 'dryRun=All', request: { kind: 'DeleteOptions', apiVersion: 'networking.k8s.io/v1' } };
const CILIUM = { resource: 'ciliumclusterwidenetworkpolicies.cilium.io', namespace: '' };

export const examples = () => ({
  fires: {
    'alice deleted networkpolicy shop/deny-all': removes(alice),
    'mallory deleted all networkpolicies in namespace shop': removes(mallory, COLLECTION),
    'oscar deleted all networkpolicies in namespace shop': removes(oscar, { ...COLLECTION, ...REAL }),
    'mallory was denied deleting ciliumclusterwidenetworkpolicy deny-all': removes(mallory, { ...CILIUM, code: 403 }),
  },
  silent: {
    'the namespace controller clears up': removes(controller('namespace-controller')),
    'a policy is changed': removes(alice, { verb: 'patch' }),
    'a dry run removes nothing': [
      removes(alice, { query: 'dryRun=All', level: 'RequestResponse' }),
      removes(alice, { request: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] } }),
    ],
  },
});
