import { isPublicAddress } from '../../primitives/ip-address.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, mallory, node, serviceAccount } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';
import { firstSeen } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'secret-read-from-new-country',
  title: 'Secrets read from a new country',
  description:
    'Secrets were read from a country from which nobody read Secrets of this cluster in the last 30 days. Somebody may use stolen credentials. The country is that of the last source address, which a client can’t choose.',
  tactic: 'credential-access',
  techniques: ['T1552.007'],
  impact: 70,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives: 'Travel, a VPN with a new public address, a hosted pipeline that now runs in another country.',
  triage:
    'Ask the person whether they are in that country, or look up the session in CloudTrail: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<access key id of the evidence>. If nobody can explain it, revoke the sessions of the role in IAM and replace the Secrets that were read.',
  references: ['https://research.splunk.com/cloud/40a064c1-4ec1-4381-9e35-61192ba8ef82/'],
  related: [
    'splunk:Kubernetes Abuse of Secret by Unusual Location',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  audit: {
    level: 'metadata',
    verbs: ['get', 'list', 'watch'],
    resources: ['secrets'],
    // Any caller: a kubelet or an anonymous caller that reads Secrets from abroad is worse than a person.
    actor: isNotControlPlane,
    client: (_agent: string, address: string) => isPublicAddress(address),
    located: true,
  },
  find: ({ location: { country, city } = {} }) =>
    country !== undefined && { country, place: city === undefined ? country : `${country} (${city})` },
  window: firstSeen({ days: 30 }),
  entities: ({ country }) => ({ country }),
  principal: false,
  summary: ({ place }, event) =>
    said(event, 'read', `Secrets${inNamespace(event.object.namespace)} from a new country, ${place}`),
});

const ABROAD = { sourceIPs: ['10.0.0.1', '192.0.2.77'] };
const read = (by = mallory, parts = {}) => call(by, 'get secrets shop/api', { ...ABROAD, ...parts });
const web = () => serviceAccount('shop', 'web');

export const examples = () => ({
  fires: {
    'mallory read Secrets in namespace shop from a new country, BR (São Paulo)': read(),
    'service account shop/web read Secrets from a new country, BR (São Paulo)': call(web(), 'list secrets', ABROAD),
    'node n read Secrets in namespace shop from a new country, BR (São Paulo)': read(node('n')),
  },
  silent: {
    'from inside the VPC': read(alice, { sourceIPs: ['10.0.5.5'] }),
    'a foreign address that the client only claims': read(alice, { sourceIPs: ['192.0.2.77', '10.0.5.5'] }),
    'where no database knows the address': read(alice, { sourceIPs: ['8.8.4.4'] }),
    'other things read from abroad': read(alice, { resource: 'pods' }),
    'a read that was denied': read(mallory, { code: 403 }),
  },
});
