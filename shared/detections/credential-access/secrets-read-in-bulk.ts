import { isHumanOrUnproven } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { MINUTE } from '../../primitives/time.ts';
import { allowedToBackup, awsBackup } from '../../sdk/aws-service-examples.ts';
import { audit, human, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

const READS = ['get', 'list', 'watch'];

export default defineDetection({
  id: 'secrets-read-in-bulk',
  title: 'Many different Secrets read',
  description:
    'One principal read many different Secrets from one address in a short time: by name, or namespace by namespace, which a right in each namespace allows without one for the whole cluster.',
  tactic: 'credential-access',
  attack: ['T1552.007'],
  impact: 70,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives:
    'A pipeline that deploys many releases at once, or infrastructure as code that refreshes its state. Raise the limit, or suppress the pipeline’s role.',
  triage: 'See whether the Secrets belong to the caller’s own team, and whether the caller reads so many every day.',
  references: ['https://attack.mitre.org/techniques/T1552/007/'],
  answers: [
    'panther:k8s_secret_enumeration',
    'elastic:credential_access_kubernetes_multiple_secret_retrieval_burst',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  needs: 'header',
  on: {
    verbs: [...READS, 'patch', 'update', 'delete', 'deletecollection'],
    resources: ['secrets'],
    outcomes: ['succeeded'],
    actor: isHumanOrUnproven,
  },
  options: {
    limit: [
      20,
      'different Secrets, or namespaces whose Secrets were listed, that are still tolerated within the window',
    ],
    windowMinutes: [10, 'length of the sliding window, in minutes'],
  },
  // A dry run of a write changes nothing and answers with the whole Secret, or with all that it would delete.
  match: ({ verb, object, dryRun }) =>
    (READS.includes(verb) || dryRun) && (object.name !== '' || object.namespace !== ''),
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowMinutes * MINUTE,
    distinct: ({ object }) => `${object.namespace}/${object.name}`,
  },
  // An operator that copies or renews Secrets reads them all, again and again.
  weight: (event) => (isSoftware(event.actor, event.userAgent) ? { confidence: 20 } : {}),
  entities: (event) => ({ principal: principalOf(event.actor), sourceAddress: event.address }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} read many different Secrets`,
});

const reads = (count: number, by = human(), verb = 'get', seconds = 10, query = '', parts: object = {}) =>
  Array.from({ length: count }, (_, index) =>
    audit({
      verb,
      by,
      resource: 'secrets',
      namespace: verb === 'list' ? `team-${index}` : 'shop',
      ...(verb !== 'list' && { name: `secret-${index}` }),
      query,
      ...parts,
      at: new Date(Date.UTC(2026, 2, 2, 10) + index * seconds * 1000).toISOString(),
    }),
  );

export const examples = () => ({
  fires: {
    'alice read many different Secrets': reads(21),
    'bob read many different Secrets': reads(21, human('bob'), 'list'),
    'carol read many different Secrets': reads(21, human('carol'), 'patch', 10, 'dryRun=All'),
    'service account shop/web read many different Secrets': reads(
      30,
      serviceAccount('shop', 'web', { agent: 'python-requests/2.32' }),
    ),
  },
  silent: {
    'twenty are tolerated': reads(20),
    'Secrets that are written': reads(40, human(), 'patch'),
    'one Secret a hundred times': Array.from({ length: 100 }, (_, index) =>
      audit({ verb: 'get', by: human(), resource: 'secrets', namespace: 'shop', name: 'api', query: `n=${index}` }),
    ),
    'AWS Backup reads them all': reads(60, awsBackup(), 'get', 1, '', allowedToBackup()),
    'kubelets read what their pods mount': reads(40, node()),
    'spread over the day': reads(100, human(), 'get', 60),
    'from two addresses, below the limit from each': [
      ...reads(15),
      ...reads(30, human('alice', { ip: '192.0.2.9' })).slice(15),
    ],
  },
});
