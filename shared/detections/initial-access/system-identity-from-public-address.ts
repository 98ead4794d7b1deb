import { isEks, isNode } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { inCidrs, isPublicAddress } from '../../primitives/ip-address.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, anonymous, controller, listPods, node, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

/** Any system name, real or impersonated. The managers of Amazon EKS do come from outside, so their IAM session decides. */
const isSystemIdentity = (actor: Actor): boolean =>
  /^(?:system|eks):/.test(actor.user) &&
  actor.user !== 'system:anonymous' &&
  !(isEks(actor) && actor.arn !== undefined);

export default defineDetection({
  id: 'system-identity-from-public-address',
  title: 'Token of a service account, node or component used from the internet',
  description:
    'A service account, a node or a component of the control plane sent a request from a public address that none of them had used for 30 days. Their credentials belong inside the VPC; used outside, they were probably stolen.',
  tactic: 'initial-access',
  techniques: ['T1078'],
  impact: 80,
  confidence: 70,
  type: 'Anomaly',
  falsePositives:
    'Where the cluster has no private endpoint, nodes and pods reach it over a NAT gateway or their own public address: each such address is new once. List the gateways in the option `trusted`. A pipeline outside the VPC with a service account token looks alike; give it an IAM role instead.',
  triage:
    'See whose address it is. When it is not yours, revoke the token by deleting the pod or Secret that it belongs to (its credential id is in the evidence): kubectl -n <namespace> delete pod <pod>. Then see everything that the identity did from there.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html',
    'https://docs.aws.amazon.com/eks/latest/userguide/default-roles-users.html',
    'https://attack.mitre.org/techniques/T1078/',
    'https://attack.mitre.org/techniques/T1528/',
  ],
  related: [
    'panther:k8s_system_principal_public_ip',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  audit: {
    level: 'metadata',
    outcomes: ['succeeded', 'denied', 'failed'],
    actor: isSystemIdentity,
    client: (_agent: string, address: string) => isPublicAddress(address),
    dryRun: true,
  },
  options: { trusted: [[], 'CIDR blocks and addresses of your own, such as those of NAT gateways'] },
  find: ({ address }, { trusted }) => !inCidrs(address, trusted),
  // Kubelets have public addresses in public subnets. Only the user agent tells them apart, and it can be forged.
  weight: (_found, { actor, userAgent }) =>
    isNode(actor) && /^kube(?:let|-proxy)\//.test(userAgent) ? { confidence: 20 } : {},
  window: firstSeen({ days: 30 }),
  // The address alone: all pods share the address of a NAT gateway.
  entities: (_found, { address }) => ({ sourceAddress: address }),
  principal: false,
  summary: (_found, event) => said(event, 'use', `the cluster from public address ${event.address}`),
});

const addonManager = (role: string) => ({
  user: { username: 'eks:addon-manager', extra: { arn: [`arn:aws:sts::111122223333:assumed-role/${role}/1`] } },
  ip: '192.0.2.50',
  agent: 'Go-http-client/1.1',
});

export const examples = () => ({
  fires: {
    'service account shop/web used the cluster from public address 203.0.113.80': listPods(
      serviceAccount('shop', 'web', { ip: '203.0.113.80' }),
    ),
    'node ip-10-0-1-17.eu-west-1.compute.internal was denied using the cluster from public address 203.0.113.81':
      listPods(
        { ...node(undefined, '203.0.113.81'), agent: 'kubectl/v1.32.2 (linux/amd64) kubernetes/67a30c0' },
        { code: 403 },
      ),
    'service account shop/web used the cluster from public address 203.0.113.82': listPods(
      serviceAccount('shop', 'web'),
      { sourceIPs: ['10.0.2.31', '203.0.113.82'] },
    ),
    'eks:addon-manager used the cluster from public address 192.0.2.50': listPods(addonManager('build-agent')),
  },
  silent: {
    'a pod inside the VPC': listPods(serviceAccount('shop', 'web')),
    'EKS’s own add-on manager comes from outside': listPods(
      addonManager('AWSWesleyClusterManagerLambda-Add-AddonManagerRole-1ABCDEFGHIJKL'),
    ),
    'people work from public addresses': listPods(alice),
    'a controller inside the control plane': listPods(controller('node-controller')),
    'an anonymous caller has no identity': listPods(anonymous(), { code: 403 }),
    'a public address that the client only claims': listPods(serviceAccount('shop', 'web'), {
      sourceIPs: ['203.0.113.82', '10.0.2.31'],
    }),
  },
});
