import { isHumanOrUnproven } from '../../eks/identities.ts';
import { clientFamily } from '../../events/user-agent.ts';
import { networkOf } from '../../primitives/ip-address.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { call, human, mallory, node, serviceAccount } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';
import { firstSeen } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'secret-read-new-client',
  title: 'Secrets read with a new client or from a new network',
  description:
    'A principal read Secrets with a program, or from a network, that it did not use for that in the last 30 days. Stolen credentials keep the name of their owner, but are used elsewhere and by other tools.',
  tactic: 'credential-access',
  techniques: ['T1552.007'],
  impact: 60,
  confidence: 50,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives: 'New tools, new offices, hosted pipelines whose runners have a new address every time.',
  triage:
    'Ask the person, or look up the session in CloudTrail by the access key id in the evidence: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<id>. If it was not the person, revoke the sessions of the role in IAM.',
  references: ['https://research.splunk.com/cloud/096ab390-05ca-462c-884e-343acd5b9240/'],
  related: [
    'splunk:Kubernetes Abuse of Secret by Unusual User Agent',
    'splunk:Kubernetes Abuse of Secret by Unusual User Name',
    'splunk:Kubernetes Abuse of Secret by Unusual User Group',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
    'elastic:credential_access_kubernetes_secret_access_scripting_http_clients',
  ],
  audit: { level: 'metadata', verbs: ['get', 'list', 'watch'], resources: ['secrets'], actor: isHumanOrUnproven },
  // The program and the network are judged apart: each may be new.
  find: ({ userAgent, address }) => {
    const client = clientFamily(userAgent);
    const network = networkOf(address);
    const program = { client, network: '', how: client === 'none' ? 'without a user agent' : `with ${client}` };
    return network === '' ? [program] : [program, { client: '', network, how: `from network ${network}` }];
  },
  window: firstSeen({ days: 30 }),
  entities: ({ client, network }) => ({ client, network }),
  summary: ({ how }, event) =>
    said(event, 'read', `Secrets${inNamespace(event.object.namespace)} ${how} for the first time`),
});

const read = (by = mallory, parts = {}) => call(by, 'get secrets shop/api', parts);
const script = () => human('bob', { ip: 'unknown', agent: 'Python-Requests/2.32.3' });
const mute = () => serviceAccount('a', 'b', { ip: '', agent: '' });

export const examples = () => ({
  fires: {
    'bob read Secrets in namespace shop with python-requests for the first time': read(script()),
    'service account a/b read Secrets without a user agent for the first time': call(mute(), 'list secrets'),
  },
  silent: {
    'kubelets read Secrets all day': read(node()),
    'a denied read tells nothing': read(mallory, { code: 403 }),
    'ConfigMaps are no Secrets': read(mallory, { resource: 'configmaps' }),
  },
});
