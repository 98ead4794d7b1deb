import { isUnauthenticated, nameOf, principalOf } from '../../events/actor.ts';
import { isHealthEndpoint } from '../../kubernetes/request-uri.ts';
import { inCidrs } from '../../primitives/ip-address.ts';
import { anonymous, audit, human, nobody, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'listed-address-caller',
  title: 'Request from a listed address',
  description:
    'A request came from an address on your list: exits of the Tor network, or a threat feed of your choice. The list that ships holds two blocks whose operator publishes them as Tor exits; a real one belongs in the configuration.',
  tactic: 'initial-access',
  attack: ['T1090.003'],
  impact: 80,
  confidence: 80,
  type: 'TTP',
  falsePositives: 'Somebody who works over Tor on purpose; an address that changed hands since the list was made.',
  triage:
    'Candidate the person behind the identity. If it was not them, revoke its sessions and read what else came from the address.',
  references: [
    'https://attack.mitre.org/techniques/T1090/003/',
    'https://applied-privacy.net/abuse/',
    'https://metrics.torproject.org/exonerator.html',
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-eks-audit-logs.html',
  ],
  answers: [
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
  needs: 'header',
  on: {
    outcomes: ['succeeded', 'denied', 'failed'],
    client: (_agent, address, { cidrs }) => inCidrs(address, cidrs as readonly string[]),
  },
  options: {
    cidrs: [['109.70.100.0/25', '2a03:e600:100::/112'], 'CIDR blocks and addresses to look out for'],
  },
  match: (event) =>
    // The internet knocks on every public endpoint; that is access-scanning's business.
    !(isUnauthenticated(event.actor) && (event.outcome !== 'succeeded' || isHealthEndpoint(event.path))),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 60 } : {}),
  entities: (event) => ({ sourceAddress: event.address, principal: principalOf(event.actor) }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? 'was refused at' : 'called from';
    return `${nameOf(event.actor, event.impersonated)} ${did} the listed address ${event.address}`;
  },
});

const get = { verb: 'get', resource: 'pods', namespace: 'default', name: 'web' };

export const examples = () => ({
  fires: {
    'alice called from the listed address 109.70.100.7': audit({ ...get, by: human('alice', { ip: '109.70.100.7' }) }),
    'alice was refused at the listed address 2a03:e600:100::5': audit({
      ...get,
      by: human('alice', { ip: '2a03:e600:100::5' }),
      code: 403,
    }),
    'service account shop/web called from the listed address 109.70.100.9': audit({
      ...get,
      by: serviceAccount('shop', 'web'),
      sourceIPs: ['10.0.2.31', '::ffff:109.70.100.9'],
    }),
    'system:anonymous called from the listed address 109.70.100.8': audit({ ...get, by: anonymous('109.70.100.8') }),
  },
  silent: {
    'an address that is not on the list': audit({ ...get, by: human() }),
    'only the last address is the caller’s': audit({
      ...get,
      by: human(),
      sourceIPs: ['109.70.100.7', '203.0.113.20'],
    }),
    'a knock that nobody answered': audit({ ...get, by: nobody('109.70.100.7'), code: 401 }),
    'the block’s neighbour': audit({ ...get, by: human('alice', { ip: '109.70.100.128' }) }),
  },
});
