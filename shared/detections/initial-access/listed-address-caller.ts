import { isUnauthenticated } from '../../events/actor.ts';
import { isHealthEndpoint } from '../../kubernetes/request-uri.ts';
import { inCidrs } from '../../primitives/ip-address.ts';
import { defineDetection, type Options } from '../../sdk/detection.ts';
import { anonymous, call, human, listPods, nobody, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'listed-address-caller',
  title: 'Request from a Tor exit or another address of your threat list',
  description:
    'A request came from an address of your threat list: exits of the Tor network, or a threat feed of your choice. Somebody with credentials hides where they are. By default the list holds two blocks of one operator of Tor exits; put a complete list into the option `cidrs`.',
  tactic: 'initial-access',
  techniques: ['T1078'],
  impact: 80,
  confidence: 80,
  denied: { confidence: 60 },
  type: 'TTP',
  falsePositives: 'Somebody who works over Tor on purpose; an address that changed hands since the list was made.',
  triage:
    'Ask the person who has this identity. When it was not them, revoke the sessions of the role in IAM, and remove its access: aws eks delete-access-entry --cluster-name <cluster> --principal-arn <arn>. Then list all other requests from the address.',
  references: ['https://attack.mitre.org/techniques/T1090/003/', 'https://applied-privacy.net/abuse/'],
  related: [
    'guardduty:CredentialAccess:Kubernetes/TorIPCaller',
    'guardduty:DefenseEvasion:Kubernetes/TorIPCaller',
    'guardduty:Discovery:Kubernetes/TorIPCaller',
    'guardduty:Impact:Kubernetes/TorIPCaller',
    'guardduty:Persistence:Kubernetes/TorIPCaller',
    'guardduty:CredentialAccess:Kubernetes/MaliciousIPCaller',
    'guardduty:CredentialAccess:Kubernetes/MaliciousIPCaller.Custom',
    'guardduty:DefenseEvasion:Kubernetes/MaliciousIPCaller',
    'guardduty:DefenseEvasion:Kubernetes/MaliciousIPCaller.Custom',
    'guardduty:Discovery:Kubernetes/MaliciousIPCaller',
    'guardduty:Impact:Kubernetes/MaliciousIPCaller',
    'guardduty:Persistence:Kubernetes/MaliciousIPCaller',
    'panther:k8s_ioc_activity',
  ],
  audit: {
    level: 'metadata',
    outcomes: ['succeeded', 'denied', 'failed'],
    client: (_agent: string, address: string, { cidrs }: Options) => inCidrs(address, cidrs as readonly string[]),
    dryRun: true,
  },
  options: { cidrs: [['109.70.100.0/25', '2a03:e600:100::/112'], 'CIDR blocks and addresses to look out for'] },
  // Scans without credentials are for access-scanning.
  find: ({ actor, outcome, path }) => !isUnauthenticated(actor) || (outcome === 'succeeded' && !isHealthEndpoint(path)),
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, event) => said(event, 'use', `the cluster from ${event.address}, which is on your threat list`),
});

const from = (ip: string, parts = {}) => listPods(human('alice', { ip }), parts);

export const examples = () => ({
  fires: {
    'alice used the cluster from 109.70.100.7, which is on your threat list': from('109.70.100.7'),
    'alice was denied using the cluster from 2a03:e600:100::5, which is on your threat list': from('2a03:e600:100::5', {
      code: 403,
    }),
    'alice tried to use the cluster from 109.70.100.8, which is on your threat list': from('109.70.100.8', {
      code: 404,
    }),
    'service account shop/web used the cluster from 109.70.100.9, which is on your threat list': listPods(
      serviceAccount('shop', 'web'),
      { sourceIPs: ['10.0.2.31', '::ffff:109.70.100.9'] },
    ),
    'system:anonymous used the cluster from 109.70.100.8, which is on your threat list': listPods(
      anonymous('109.70.100.8'),
    ),
  },
  silent: {
    'an address that is not on the list': [from('203.0.113.20'), from('109.70.100.128')],
    'the listed address is not the last one': from('', { sourceIPs: ['109.70.100.7', '203.0.113.20'] }),
    'a scan without credentials': listPods(nobody('109.70.100.7'), { code: 401 }),
    'a scanner asks for health': call(anonymous('109.70.100.8'), 'get', { uri: '/livez' }),
  },
});
