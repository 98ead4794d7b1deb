import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { isPublicAddress } from '../../primitives/ip-address.ts';
import { audit, human, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'principal-new-country',
  title: 'Principal in a new country',
  description:
    'A person or pipeline reached the API from a country that it has not come from on any of the last 30 days. The country is that of the last source address, which a client can’t choose.',
  tactic: 'initial-access',
  attack: ['T1078.004'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  falsePositives: 'People travel, VPNs move their exits, and hosted pipelines run wherever there is room.',
  triage:
    'Compare with where the person’s other sessions come from at that time: CloudTrail shows them by the access key id in the evidence.',
  references: [
    'https://attack.mitre.org/techniques/T1078/004/',
    'https://research.splunk.com/cloud/40a064c1-4ec1-4381-9e35-61192ba8ef82/',
  ],
  answers: [
    'splunk:Kubernetes Abuse of Secret by Unusual Location',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  needs: 'header',
  on: {
    // Refused is enough: the credentials were accepted.
    outcomes: ['succeeded', 'denied', 'failed'],
    actor: (actor) => isUserOrWorkload(actor) && actor.serviceAccount === undefined,
    client: (_agent, address) => isPublicAddress(address),
    located: true,
  },
  options: { lookbackDays: [30, 'days without the country after which it counts as new again for a principal'] },
  match: (event) => event.location?.country !== undefined,
  state: { kind: 'first-seen', lookback: (options) => options.lookbackDays },
  about: 'caller',
  entities: (event) => ({ principal: principalOf(event.actor), country: event.location?.country ?? '' }),
  summary: (event) => {
    const { country = '', city } = event.location ?? {};
    const from = city === undefined ? country : `${country} (${city})`;
    return `${nameOf(event.actor, event.impersonated)} came from ${from} for the first time`;
  },
});

const list = { verb: 'list', resource: 'pods', namespace: 'default' };

export const examples = () => ({
  fires: {
    'alice came from BR (São Paulo) for the first time': audit({ ...list, by: human('alice', { ip: '192.0.2.77' }) }),
    'bob came from IE (Dublin) for the first time': audit({
      ...list,
      by: human('bob'),
      sourceIPs: ['198.51.100.9', '203.0.113.20'],
      code: 403,
    }),
  },
  silent: {
    'from inside the VPC': audit({ ...list, by: human('alice', { ip: '10.0.5.5' }) }),
    'where no database knows the address': audit({ ...list, by: human('alice', { ip: '8.8.4.4' }) }),
    'a service account has no country': audit({ ...list, by: serviceAccount('shop', 'web', { ip: '192.0.2.77' }) }),
    'a foreign address that the client only claims': audit({
      ...list,
      by: human('alice', { ip: '10.0.5.5' }),
      sourceIPs: ['192.0.2.77', '10.0.5.5'],
    }),
  },
});
