import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, node, type RequestParts, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

const GROUPS = ['system:nodes', 'system:bootstrappers'];

const isOfNodes = ({ node: name, groups, user }: Actor): boolean =>
  name !== undefined ||
  user.startsWith('system:bootstrap:') ||
  groups.some((group) => GROUPS.includes(group) || group.startsWith('system:bootstrappers:'));

export default defineDetection({
  id: 'node-bootstrap-abused',
  title: 'Node credentials used for certificate requests (CSR) by something other than a kubelet',
  description:
    'An identity of a node, or one that nodes join with, read or wrote certificate signing requests with another client than the kubelet. Somebody may have taken the credentials of a node from its metadata, and want a certificate in the name of a node.',
  tactic: 'credential-access',
  techniques: ['T1552'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 60 },
  type: 'TTP',
  falsePositives: 'An administrator on a node who looks into why it does not join, with the kubelet’s own credentials.',
  triage:
    'See which pods ran on the instance that the session name shows, since one of them may have reached its metadata: kubectl get pods -A --field-selector spec.nodeName=<node>. Then drain and terminate the instance, and require IMDSv2 with a hop limit of 1.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/',
    'https://cloud.google.com/security-command-center/docs/concepts-event-threat-detection-overview',
  ],
  related: ['google:Privilege Escalation: Get Kubernetes CSR with compromised bootstrap credentials'],
  audit: {
    level: 'metadata',
    resources: ['certificatesigningrequests/*'],
    actor: (actor: Actor, impersonated: Actor | undefined) =>
      isOfNodes(actor) || (impersonated !== undefined && isOfNodes(impersonated)),
    // Any client but a kubelet. An attacker can choose any name, but has no reason to send a strange one.
    client: (userAgent: string) => !userAgent.startsWith('kubelet/'),
    dryRun: true,
  },
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, event) => said(event, 'use', `the credentials of a node to ${event.verb} certificate requests`),
});

const csr = (parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'create',
    by: { ...node(), agent: 'kubectl/v1.32.2 (linux/amd64) kubernetes/67a30c0' },
    resource: 'certificatesigningrequests.certificates.k8s.io',
    ...parts,
  });

const BOOTSTRAP = { username: 'system:bootstrap:abcdef', groups: ['system:bootstrappers'] };
const NAME = 'node ip-10-0-1-17.eu-west-1.compute.internal';

export const examples = () => ({
  fires: {
    [`${NAME} used the credentials of a node to create certificate requests`]: csr(),
    [`${NAME} was denied using the credentials of a node to list certificate requests`]: csr({
      verb: 'list',
      by: { ...node(), agent: '' },
      code: 403,
    }),
    'system:bootstrap:abcdef used the credentials of a node to get certificate requests': csr({
      verb: 'get',
      name: 'x',
      by: { user: BOOTSTRAP, ip: '203.0.113.66', agent: 'curl/8' },
    }),
  },
  silent: {
    'a kubelet asks for its serving certificate': csr({ by: node() }),
    'a person is no node': csr({ by: alice }),
    'a workload that is named after one': csr({ by: serviceAccount('shop', 'system-node') }),
    'other things that a node reads': csr({ verb: 'get', resource: 'nodes' }),
  },
});
