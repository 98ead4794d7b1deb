import { isHumanOrUnproven } from '../../eks/identities.ts';
import type { AuditHeader } from '../../events/event.ts';
import { clientFamily } from '../../events/user-agent.ts';
import { networkOf } from '../../primitives/ip-address.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, human, mallory, node, type RequestParts, serviceAccount } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

/** The program and the network are judged apart: each may be new. */
const meansOf = ({ userAgent, address }: AuditHeader) => {
  const client = clientFamily(userAgent);
  const network = networkOf(address);
  const how = client === 'none' ? 'without a user agent' : `with ${client}`;
  const program = { client, network: '', how };
  return network === '' ? [program] : [program, { client: '', network, how: `from network ${network}` }];
};

export default defineDetection({
  id: 'secret-read-new-client',
  title: 'Secrets read with a new client or from a new network',
  description:
    'A principal read Secrets with a program, or from a network, that it has not used for that on any of the last 30 days. Stolen credentials keep their name, but are used elsewhere and by other tools.',
  tactic: 'credential-access',
  techniques: ['T1552.007'],
  impact: 60,
  confidence: 50,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives: 'New tools, new offices, hosted pipelines whose runners come from anywhere.',
  triage:
    'Ask the person, or look up the session in CloudTrail by the access key id in the evidence: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<id>. When it was not the person, revoke the sessions of the role in IAM.',
  references: [
    'https://attack.mitre.org/techniques/T1552/007/',
    'https://research.splunk.com/cloud/096ab390-05ca-462c-884e-343acd5b9240/',
    'https://research.splunk.com/cloud/b6f45bbc-4ea9-4068-b3bc-0477f6997ae2/',
    'https://research.splunk.com/cloud/df6e9cae-5257-4a34-8f3a-df49fa0f5c46/',
  ],
  related: [
    'splunk:Kubernetes Abuse of Secret by Unusual User Agent',
    'splunk:Kubernetes Abuse of Secret by Unusual User Name',
    'splunk:Kubernetes Abuse of Secret by Unusual User Group',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
    'elastic:credential_access_kubernetes_secret_access_scripting_http_clients',
  ],
  audit: { level: 'metadata', verbs: ['get', 'list', 'watch'], resources: ['secrets'], actor: isHumanOrUnproven },
  find: meansOf,
  window: firstSeen({ days: 30 }),
  entities: ({ client, network }) => ({ client, network }),
  summary: ({ how }, event) =>
    said(event, 'read', `Secrets${inNamespace(event.object.namespace)} ${how} for the first time`),
});

const read = (parts: Partial<RequestParts>) =>
  audit({ verb: 'get', by: alice, resource: 'secrets', namespace: 'shop', name: 'api', ...parts });

export const examples = () => ({
  fires: {
    'bob read Secrets in namespace shop with python-requests for the first time': read({
      by: human('bob', { ip: 'unknown', agent: 'Python-Requests/2.32.3' }),
    }),
    'service account shop/web read Secrets in namespace shop without a user agent for the first time': read({
      verb: 'list',
      by: serviceAccount('shop', 'web', { agent: '', ip: '' }),
    }),
  },
  silent: {
    'kubelets read Secrets all day': read({ by: node() }),
    'a denied read tells nothing': read({ by: human('mallory', { agent: 'curl/8.5.0' }), code: 403 }),
    'ConfigMaps are no Secrets': read({ resource: 'configmaps', by: mallory }),
  },
});
