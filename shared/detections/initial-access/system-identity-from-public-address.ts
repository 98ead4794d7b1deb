import { isEks, isNode } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { inCidrs, isPublicAddress } from '../../primitives/ip-address.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, anonymous, controller, human, listPods, node, serviceAccount } from '../../sdk/examples.ts';
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
    'See whose address it is. When it is not yours, revoke the token by deleting the pod or Secret that it belongs to (its credential id is in the evidence): kubectl -n <namespace> delete pod <pod>. Then list all requests of the identity from that address.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html',
    'https://docs.aws.amazon.com/eks/latest/userguide/default-roles-users.html',
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

const EKS_SESSION = 'arn:aws:sts::111122223333:assumed-role/AWSWesleyClusterManagerLambda-AddonManagerRole-1AB/1';
const pod = (...sourceIPs: string[]) => listPods(serviceAccount('shop', 'web'), { sourceIPs });
const eks = (name: string, ...arn: string[]) =>
  listPods({ ...alice, user: { username: `eks:${name}`, extra: { arn } } });

export const examples = () => ({
  fires: {
    'service account shop/web used the cluster from public address 203.0.113.80': pod('203.0.113.80'),
    'service account shop/web used the cluster from public address 203.0.113.82': pod('10.0.2.31', '203.0.113.82'),
    'node n1 was denied using the cluster from public address 203.0.113.81': listPods(
      { ...node('n1', '203.0.113.81'), agent: 'kubectl/v1.32.2 (linux/amd64) kubernetes/67a30c0' },
      { code: 403 },
    ),
    'eks:node-manager used the cluster from public address 203.0.113.20': eks('node-manager'),
    'eks:addon-manager used the cluster from public address 203.0.113.20': listPods(human('eks:addon-manager')),
  },
  silent: {
    'a pod inside the VPC': pod('10.0.2.31'),
    'the add-on manager of EKS comes from outside': eks('addon-manager', EKS_SESSION),
    'people work from public addresses': listPods(alice),
    'a controller inside the control plane': listPods(controller('node-controller')),
    'an anonymous caller has no identity': listPods(anonymous(), { code: 403 }),
    'a public address that the client only claims': pod('203.0.113.82', '10.0.2.31'),
  },
});
