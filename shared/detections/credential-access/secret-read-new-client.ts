import { isHumanOrUnproven } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { clientFamily } from '../../events/user-agent.ts';
import { networkOf } from '../../primitives/ip-address.ts';
import { audit, human, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'secret-read-new-client',
  title: 'Secrets read with a new client or from a new network',
  description:
    'A principal read Secrets with a program, or from a network, that it has not used for that on any of the last 30 days. Stolen credentials keep their name, but are used elsewhere and by other tools.',
  tactic: 'credential-access',
  attack: ['T1552.007'],
  impact: 60,
  confidence: 50,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives: 'New tools, new offices, hosted pipelines whose runners come from anywhere.',
  triage: 'Candidate the person, or compare the session with CloudTrail by the access key id in the evidence.',
  references: [
    'https://research.splunk.com/cloud/096ab390-05ca-462c-884e-343acd5b9240/',
    'https://research.splunk.com/cloud/b6f45bbc-4ea9-4068-b3bc-0477f6997ae2/',
    'https://research.splunk.com/cloud/df6e9cae-5257-4a34-8f3a-df49fa0f5c46/',
  ],
  answers: [
    'splunk:Kubernetes Abuse of Secret by Unusual User Agent',
    'splunk:Kubernetes Abuse of Secret by Unusual User Name',
    'splunk:Kubernetes Abuse of Secret by Unusual User Group',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
    'elastic:credential_access_kubernetes_secret_access_scripting_http_clients',
    'elastic:credential_access_kubernetes_unusual_service_account_secret_get',
  ],
  needs: 'header',
  on: { verbs: ['get', 'list', 'watch'], resources: ['secrets'], outcomes: ['succeeded'], actor: isHumanOrUnproven },
  options: { lookbackDays: [30, 'days without the client or network after which it counts as new again'] },
  each: (event) => [
    { client: clientFamily(event.userAgent), network: '' },
    { client: '', network: networkOf(event.address) },
  ],
  match: (_event, _options, { client, network }) => client !== '' || network !== '',
  state: { kind: 'first-seen', lookback: (options) => options.lookbackDays },
  entities: (event, { client, network }) => ({ principal: principalOf(event.actor), client, network }),
  summary: (event, { client, network }) => {
    const how = client === '' ? `from network ${network}` : `with ${client}`;
    return `${nameOf(event.actor, event.impersonated)} read Secrets ${how} for the first time`;
  },
});

const read = { verb: 'get', resource: 'secrets', namespace: 'shop', name: 'api' };

export const examples = () => ({
  fires: {
    'bob read Secrets with python-requests for the first time': audit({
      ...read,
      by: human('bob', { ip: 'unknown', agent: 'Python-Requests/2.32.3' }),
    }),
    'service account shop/web read Secrets with none for the first time': audit({
      ...read,
      verb: 'list',
      by: serviceAccount('shop', 'web', { agent: '', ip: '' }),
    }),
  },
  silent: {
    'kubelets read Secrets all day': audit({ ...read, by: node() }),
    'a refused read tells nothing': audit({ ...read, by: human('mallory', { agent: 'curl/8.5.0' }), code: 403 }),
    'ConfigMaps are no Secrets': audit({ ...read, resource: 'configmaps', by: human('mallory') }),
  },
});
