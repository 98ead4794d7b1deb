import { isControlPlane } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import { isPublicAddress } from '../../primitives/ip-address.ts';
import { audit, human, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'secret-read-from-new-country',
  title: 'Secrets read from a new country',
  description:
    'Secrets were read from a country that nobody has read Secrets of this cluster from on any of the last 30 days. The country is that of the last source address, which a client can’t choose.',
  tactic: 'credential-access',
  attack: ['T1552.007'],
  impact: 70,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives: 'Travel, a new exit of a VPN, a hosted pipeline that found room in another country.',
  triage: 'Find out whether the person is where the address is. Revoke the session when nobody can say so.',
  references: ['https://research.splunk.com/cloud/40a064c1-4ec1-4381-9e35-61192ba8ef82/'],
  answers: [
    'splunk:Kubernetes Abuse of Secret by Unusual Location',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  needs: 'header',
  on: {
    verbs: ['get', 'list', 'watch'],
    resources: ['secrets'],
    outcomes: ['succeeded'],
    // Whoever it is: a kubelet or nobody at all reading Secrets from abroad is worse than a person.
    actor: (actor) => !isControlPlane(actor),
    client: (_agent, address) => isPublicAddress(address),
  },
  options: { lookbackDays: [30, 'days without the country after which it counts as new again'] },
  match: (event) => event.location?.country !== undefined,
  state: { kind: 'first-seen', lookback: (options) => options.lookbackDays },
  entities: (event) => ({ country: event.location?.country ?? '' }),
  summary: (event) => {
    const { country = '', city } = event.location ?? {};
    const from = city === undefined ? country : `${country} (${city})`;
    return `${nameOf(event.actor, event.impersonated)} was the first to read Secrets from ${from}`;
  },
});

const read = { verb: 'get', resource: 'secrets', namespace: 'shop', name: 'api' };
const ABROAD = '192.0.2.77';

export const examples = () => ({
  fires: {
    'mallory was the first to read Secrets from BR (São Paulo)': audit({
      ...read,
      by: human('mallory', { ip: ABROAD }),
    }),
    'service account shop/web was the first to read Secrets from BR (São Paulo)': audit({
      ...read,
      verb: 'list',
      by: serviceAccount('shop', 'web', { ip: ABROAD }),
      sourceIPs: ['10.0.0.1', ABROAD],
    }),
  },
  silent: {
    'from inside the VPC': audit({ ...read, by: serviceAccount('shop', 'web') }),
    'a foreign address that the client only claims': audit({
      ...read,
      by: human('alice', { ip: '10.0.5.5' }),
      sourceIPs: [ABROAD, '10.0.5.5'],
    }),
    'other things read from abroad': audit({ ...read, resource: 'pods', by: human('alice', { ip: ABROAD }) }),
    'a refused read': audit({ ...read, by: human('mallory', { ip: ABROAD }), code: 403 }),
  },
});
