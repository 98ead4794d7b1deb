import { nameOf, principalOf } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { audit, human, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'node-bootstrap-abused',
  title: 'Node credentials used for certificates by something other than a kubelet',
  description:
    'An identity of a node, or one that nodes join with, read or wrote certificate signing requests with another client than the kubelet. That is how credentials taken from a node’s metadata become a certificate of a node’s name.',
  tactic: 'credential-access',
  attack: ['T1552'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  falsePositives: 'An administrator on a node who looks into why it does not join, with the kubelet’s own credentials.',
  triage: 'See which pods ran on the instance that the session name shows; one of them may have reached its metadata.',
  references: [
    'https://cloud.google.com/security-command-center/docs/concepts-event-threat-detection-overview',
    'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/',
  ],
  answers: ['google:Privilege Escalation: Get Kubernetes CSR with compromised bootstrap credentials'],
  needs: 'header',
  on: {
    resources: ['certificatesigningrequests/*'],
    outcomes: ['succeeded', 'denied'],
    actor: (actor, impersonated) => isOfNodes(actor) || (impersonated !== undefined && isOfNodes(impersonated)),
    // Everything but a kubelet: who chooses a client can choose any name but has no reason to send a strange one.
    client: (userAgent) => !userAgent.startsWith('kubelet/'),
  },
  match: () => true,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 60 } : {}),
  entities: (event) => ({ principal: principalOf(event.actor), sourceAddress: event.address }),
  summary: (event) =>
    `${nameOf(event.actor, event.impersonated)} used the credentials of a node to ${event.verb} certificate requests`,
});

const GROUPS = ['system:nodes', 'system:bootstrappers'];

const isOfNodes = ({ node: name, groups, user }: Actor): boolean =>
  name !== undefined ||
  user.startsWith('system:bootstrap:') ||
  groups.some((group) => GROUPS.includes(group) || group.startsWith('system:bootstrappers:'));

const csr = (parts: object) =>
  audit({
    verb: 'create',
    by: { ...node(), agent: 'kubectl/v1.32.2 (linux/amd64) kubernetes/67a30c0' },
    resource: 'certificatesigningrequests.certificates.k8s.io',
    ...parts,
  });

const NAME = 'node ip-10-0-1-17.eu-west-1.compute.internal';

export const examples = () => ({
  fires: {
    [`${NAME} used the credentials of a node to create certificate requests`]: csr({}),
    [`${NAME} used the credentials of a node to list certificate requests`]: csr({
      verb: 'list',
      by: { ...node(), agent: '' },
      code: 403,
    }),
    'system:bootstrap:abcdef used the credentials of a node to get certificate requests': csr({
      verb: 'get',
      name: 'x',
      by: {
        user: { username: 'system:bootstrap:abcdef', groups: ['system:bootstrappers'] },
        ip: '203.0.113.66',
        agent: 'curl/8',
      },
    }),
  },
  silent: {
    'a kubelet asks for its serving certificate': csr({ by: node() }),
    'a person is no node': csr({ by: human() }),
    'a workload that is named after one': csr({ by: serviceAccount('shop', 'system-node') }),
    'other things that a node reads': csr({ verb: 'get', resource: 'nodes' }),
  },
});
