import { isUserOrWorkload } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { isPublicAddress } from '../../primitives/ip-address.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { human, listPods, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'principal-new-country',
  title: 'Principal uses the cluster from a new country (unusual geo location)',
  description:
    'A person or pipeline sent requests from a country that it had not used for 30 days. Either the person travels, or somebody else has the credentials. The country is that of the last source address, which a client cannot forge.',
  tactic: 'initial-access',
  techniques: ['T1078.004'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  falsePositives: 'People travel, VPNs change their exits, and hosted pipelines change their regions.',
  triage:
    'Ask the person, and compare with the other sessions at that time: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<access key id of the evidence>. When it was not the person, revoke the sessions of the role in IAM.',
  references: ['https://research.splunk.com/cloud/40a064c1-4ec1-4381-9e35-61192ba8ef82/'],
  related: [
    'splunk:Kubernetes Abuse of Secret by Unusual Location',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  audit: {
    level: 'metadata',
    outcomes: ['succeeded', 'denied', 'failed'], // Denied is enough: the credentials were accepted.
    actor: (actor: Actor) => isUserOrWorkload(actor) && actor.serviceAccount === undefined,
    client: (_agent: string, address: string) => isPublicAddress(address),
    located: true,
    dryRun: true,
  },
  find: ({ location: { country, city } = {} }) =>
    country !== undefined && { country, place: city === undefined ? country : `${country} (${city})` },
  window: firstSeen({ days: 30 }),
  about: 'caller',
  entities: ({ country }) => ({ country }),
  summary: ({ place }, event) => said(event, 'use', `the cluster from ${place} for the first time`),
});

const from = (ip: string, parts = {}) => listPods(human('alice', { ip }), parts);

export const examples = () => ({
  fires: {
    'alice used the cluster from BR (São Paulo) for the first time': from('192.0.2.77'),
    'alice was denied using the cluster from IE (Dublin) for the first time': from('', {
      sourceIPs: ['198.51.100.9', '203.0.113.20'],
      code: 403,
    }),
  },
  silent: {
    'from inside the VPC': from('10.0.5.5'),
    'an address that the database does not know': from('8.8.4.4'),
    'a service account has no country': listPods(serviceAccount('shop', 'web', { ip: '192.0.2.77' })),
    'a foreign address that the client only claims': from('', { sourceIPs: ['192.0.2.77', '10.0.5.5'] }),
  },
});
