import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, node, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

const GROUPS = /^system:(?:nodes$|bootstrappers(?:$|:))/;
const isOfNodes = ({ node: name, groups, user }: Actor): boolean =>
  name !== undefined || user.startsWith('system:bootstrap:') || groups.some((group) => GROUPS.test(group));

export default defineDetection({
  id: 'node-bootstrap-abused',
  title: 'Node credentials used for certificate requests (CSR) by something other than a kubelet',
  description:
    'An identity of a node, or one that nodes join with, read or wrote certificate signing requests with another client than the kubelet. Somebody may have taken the credentials of a node from its metadata service (IMDS), and want a certificate in the name of a node.',
  tactic: 'credential-access',
  techniques: ['T1552'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 60 },
  type: 'TTP',
  falsePositives: 'An administrator on a node who looks into why it does not join, with the kubelet’s own credentials.',
  triage:
    'The session name shows the instance. See which pods ran on it, since one of them may have reached its metadata: kubectl get pods -A --field-selector spec.nodeName=<node>. Then drain and terminate the instance, and require IMDSv2 with a hop limit of 1.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/'],
  related: ['google:Privilege Escalation: Get Kubernetes CSR with compromised bootstrap credentials'],
  audit: {
    level: 'metadata',
    resources: ['certificatesigningrequests/*'],
    actor: (actor: Actor, impersonated: Actor = actor) => isOfNodes(actor) || isOfNodes(impersonated),
    // Any client but a kubelet. An attacker can choose any name, but has no reason to send a strange one.
    client: (userAgent: string) => !userAgent.startsWith('kubelet/'),
    dryRun: true,
  },
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, event) => said(event, 'use', `node credentials to ${event.verb} certificate requests`),
});

const CSR = 'certificatesigningrequests.certificates.k8s.io';
const csr = (by = alice, verb = 'create', parts = {}) => call(by, `${verb} ${CSR} x`, parts);
const thief = (agent = 'kubectl/v1.32.2 (linux/amd64)') => ({ ...node('n'), agent });
const joining = (username: string, groups = ['x']) => ({ ...alice, user: { username, groups } });
const impersonated = { username: 'system:node:n' };

export const examples = () => ({
  fires: {
    'node n used node credentials to create certificate requests': csr(thief()),
    'node n was denied using node credentials to list certificate requests': csr(thief(''), 'list', { code: 403 }),
    'system:bootstrap:x used node credentials to create certificate requests': csr(joining('system:bootstrap:x')),
    'ci used node credentials to create certificate requests': csr(joining('ci', ['system:bootstrappers:x'])),
    'alice as node n used node credentials to get certificate requests': csr(alice, 'get', { impersonated }),
  },
  silent: {
    'a kubelet asks for its serving certificate': csr(node()),
    'a person is no node': csr(alice),
    'a workload that is named after one': csr(serviceAccount('shop', 'system-node')),
    'other things that a node reads': call(thief(), 'get nodes n'),
  },
});
