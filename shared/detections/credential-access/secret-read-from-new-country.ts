import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { isPublicAddress } from '../../primitives/ip-address.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { audit, human, type RequestParts, serviceAccount } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'secret-read-from-new-country',
  title: 'Secrets read from a new country',
  description:
    'Secrets were read from a country that nobody has read Secrets of this cluster from on any of the last 30 days. Somebody may use stolen credentials. The country is that of the last source address, which a client can’t choose.',
  tactic: 'credential-access',
  techniques: ['T1552.007'],
  impact: 70,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives: 'Travel, a new exit of a VPN, a hosted pipeline that found room in another country.',
  triage:
    'Find out whether the person is where the address is. When nobody can say so, revoke the sessions of the role in IAM and replace the Secrets that were read.',
  references: [
    'https://attack.mitre.org/techniques/T1552/007/',
    'https://research.splunk.com/cloud/40a064c1-4ec1-4381-9e35-61192ba8ef82/',
  ],
  related: [
    'splunk:Kubernetes Abuse of Secret by Unusual Location',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  audit: {
    level: 'metadata',
    verbs: ['get', 'list', 'watch'],
    resources: ['secrets'],
    // Any caller: a kubelet or an anonymous caller that reads Secrets from abroad is worse than a person.
    actor: (actor: Actor) => !isControlPlane(actor),
    client: (_agent: string, address: string) => isPublicAddress(address),
  },
  find: ({ location: { country, city } = {} }) => country !== undefined && { country, city },
  window: firstSeen({ days: 30 }),
  entities: ({ country }) => ({ country }),
  principal: false,
  summary: ({ country, city }, event) => {
    const place = city === undefined ? country : `${country} (${city})`;
    return said(event, 'read', `Secrets${inNamespace(event.object.namespace)} from a new country, ${place}`);
  },
});

const ABROAD = '192.0.2.77';

const read = (by = human('mallory', { ip: ABROAD }), parts: Partial<RequestParts> = {}) =>
  audit({ verb: 'get', by, resource: 'secrets', namespace: 'shop', name: 'api', ...parts });

export const examples = () => ({
  fires: {
    'mallory read Secrets in namespace shop from a new country, BR (São Paulo)': read(),
    'service account shop/web read Secrets in namespace shop from a new country, BR (São Paulo)': read(
      serviceAccount('shop', 'web', { ip: ABROAD }),
      { verb: 'list', sourceIPs: ['10.0.0.1', ABROAD] },
    ),
  },
  silent: {
    'from inside the VPC': read(serviceAccount('shop', 'web')),
    'a foreign address that the client only claims': read(human('alice', { ip: '10.0.5.5' }), {
      sourceIPs: [ABROAD, '10.0.5.5'],
    }),
    'other things read from abroad': read(human('alice', { ip: ABROAD }), { resource: 'pods' }),
    'a read that was denied': read(human('mallory', { ip: ABROAD }), { code: 403 }),
  },
});
