import { isEks, isNode } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { inCidrs, isPublicAddress } from '../../primitives/ip-address.ts';
import { anonymous, audit, controller, human, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** Any name of the system's, real or borrowed; for EKS's own managers, which do come from outside, the IAM session decides. */
const isSystemIdentity = (actor: Actor): boolean =>
  /^(?:system|eks):/.test(actor.user) &&
  actor.user !== 'system:anonymous' &&
  !(isEks(actor) && actor.arn !== undefined);

export default defineDetection({
  id: 'system-identity-from-public-address',
  title: 'Identity of a workload or component used from the internet',
  description:
    'A service account, a node or a component of the control plane asked from a public address that none of them used in the last 30 days. Their tokens live inside the VPC; one that is used outside was stolen.',
  tactic: 'initial-access',
  attack: ['T1078', 'T1528'],
  impact: 80,
  confidence: 70,
  type: 'Anomaly',
  falsePositives:
    'Where the cluster has no private endpoint, nodes and pods reach it over a NAT gateway or their own public address: each such address is new once. Name the gateways in the option `trusted`. A pipeline outside with a service-account token looks the same; let it use IAM.',
  triage:
    'Candidate whose address it is. If it is not yours, delete the pod or secret that the token belongs to (its credential id is in the evidence), which revokes it, and read all that it was used for.',
  references: [
    'https://attack.mitre.org/techniques/T1528/',
    'https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html',
    'https://docs.aws.amazon.com/eks/latest/userguide/default-roles-users.html',
  ],
  answers: [
    'panther:k8s_system_principal_public_ip',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  needs: 'header',
  on: {
    outcomes: ['succeeded', 'denied', 'failed'],
    actor: isSystemIdentity,
    client: (_agent, address) => isPublicAddress(address),
  },
  options: {
    trusted: [[], 'CIDR blocks and addresses of your own, such as those of NAT gateways'],
    lookbackDays: [30, 'days without the address after which it counts as new again'],
  },
  match: (event, options) => !inCidrs(event.address, options.trusted),
  // A kubelet on a node with a public address is the rule in public subnets; only the user agent, which lies easily, tells it apart.
  weight: ({ actor, userAgent }) =>
    isNode(actor) && /^kube(?:let|-proxy)\//.test(userAgent) ? { confidence: 20 } : {},
  state: { kind: 'first-seen', lookback: (options) => options.lookbackDays },
  // The address alone: behind a known NAT gateway every pod is at home.
  entities: (event) => ({ sourceAddress: event.address }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} was used from the public address ${event.address}`,
});

const get = { verb: 'list', resource: 'pods', namespace: 'shop' };
const addonManager = (role: string) => ({
  user: { username: 'eks:addon-manager', extra: { arn: [`arn:aws:sts::111122223333:assumed-role/${role}/1`] } },
  ip: '192.0.2.50',
  agent: 'Go-http-client/1.1',
});

export const examples = () => ({
  fires: {
    'service account shop/web was used from the public address 203.0.113.80': audit({
      ...get,
      by: serviceAccount('shop', 'web', { ip: '203.0.113.80' }),
    }),
    'node ip-10-0-1-17.eu-west-1.compute.internal was used from the public address 203.0.113.81': audit({
      ...get,
      by: { ...node(undefined, '203.0.113.81'), agent: 'kubectl/v1.32.2 (linux/amd64) kubernetes/67a30c0' },
      code: 403,
    }),
    'service account shop/web was used from the public address 203.0.113.82': audit({
      ...get,
      by: serviceAccount('shop', 'web'),
      sourceIPs: ['10.0.2.31', '203.0.113.82'],
    }),
    'eks:addon-manager was used from the public address 192.0.2.50': audit({ ...get, by: addonManager('build-agent') }),
  },
  silent: {
    'a pod inside the VPC': audit({ ...get, by: serviceAccount('shop', 'web') }),
    'EKS’s own add-on manager comes from outside': audit({
      ...get,
      by: addonManager('AWSWesleyClusterManagerLambda-Add-AddonManagerRole-1ABCDEFGHIJKL'),
    }),
    'people come from where they like': audit({ ...get, by: human() }),
    'a controller inside the control plane': audit({ ...get, by: controller('node-controller') }),
    'nobody is no identity': audit({ ...get, by: anonymous(), code: 403 }),
    'a public address that the client only claims': audit({
      ...get,
      by: serviceAccount('shop', 'web'),
      sourceIPs: ['203.0.113.82', '10.0.2.31'],
    }),
  },
});
