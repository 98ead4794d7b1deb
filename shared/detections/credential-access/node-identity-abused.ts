import { isNode } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import { clientFamily } from '../../events/user-agent.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, node } from '../../sdk/examples.ts';
import { firstSeen } from '../../sdk/windows.ts';

/**
 * Programs that use the identity of a node. On nodes of EKS Auto Mode more of them run beside the kubelet. Sources: audit logs of
 * Kubernetes 1.35, and "Learn about Amazon EKS Auto Mode managed instances" in the Amazon EKS user guide.
 */
const OF_NODES: ReadonlySet<string> = new Set([
  'kubelet',
  'kube-proxy',
  'coredns',
  'aws-k8s-agent',
  'aws-network-policy-agent',
  'eks-node-monitoring-agent',
  'eks-pod-identity-agent',
]);

export default defineDetection({
  id: 'node-identity-abused',
  title: 'Credentials of a node used by another client than the kubelet (IMDS, node role)',
  description:
    'A node’s identity sent a request with a program that no node runs, and that it has not used for 30 days. Any pod that reaches the metadata service (IMDS) of its node gets these credentials. They read the Secrets of every pod of the node.',
  tactic: 'credential-access',
  techniques: ['T1552.005'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 60 },
  type: 'Anomaly',
  falsePositives:
    'An administrator on a node who uses the kubelet’s kubeconfig, or an agent of your own that does: once.',
  triage:
    'See which pods run on the node: kubectl get pods -A --field-selector spec.nodeName=<node>. One of them may have reached the metadata service. Cordon the node (kubectl cordon <node>), replace its instance, and require IMDSv2 with a hop limit of 1.',
  references: [
    'https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html',
    'https://kubernetes.io/docs/reference/access-authn-authz/node/',
  ],
  related: ['elastic:credential_access_kubernetes_secret_read_by_node_or_pod_service_account'],
  audit: {
    level: 'metadata',
    actor: isNode,
    client: (userAgent: string) => !OF_NODES.has(clientFamily(userAgent)),
    dryRun: true,
  },
  window: firstSeen({ days: 30 }),
  about: 'caller',
  entities: (_found, { userAgent }) => ({ client: clientFamily(userAgent) }),
  summary: (_found, { actor, impersonated, userAgent }) => {
    const client = clientFamily(userAgent);
    const how = client === 'none' ? 'without a user agent' : `with ${client}`;
    return `The credentials of ${nameOf(actor, impersonated)} were used ${how}`;
  },
});

const thief = (agent: string) => ({ ...node('ip-10-0-1-17'), agent });

export const examples = () => ({
  fires: {
    'The credentials of node ip-10-0-1-17 were used with kubectl': call(
      thief('kubectl/v1.32.2 (linux/amd64) kubernetes/67a30c0'),
      'list pods shop/',
    ),
    'The credentials of node ip-10-0-1-17 were used without a user agent': call(thief(''), 'get secrets shop/db', {
      code: 403,
    }),
  },
  silent: {
    'the kubelet': call(node(), 'get secrets shop/db'),
    'the network agent of Auto Mode': call(thief('aws-k8s-agent/v1.19.0'), 'list pods'),
    'a person with the same program': call(alice, 'list pods shop/'),
  },
});
