import { isHumanOrUnproven } from '../../eks/identities.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { DELETE_VERBS } from '../../kubernetes/verbs.ts';
import { SECOND } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, allowedToBackup, awsBackup, bob, calls, carol, node, serviceAccount } from '../../sdk/examples.ts';
import { isOfHelmRelease } from '../../sdk/helm-releases.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

const READS = ['get', 'list', 'watch'];

export default defineDetection({
  id: 'secrets-read-in-bulk',
  title: 'Many different Secrets read',
  description:
    'One principal read many different Secrets from one address in a short time: by name, or namespace by namespace, which needs no right for the whole cluster. Somebody may be collecting every credential that is within reach.',
  tactic: 'credential-access',
  techniques: ['T1552.007'],
  impact: 70,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives: 'A pipeline with many releases, or infrastructure as code. Raise the limit, or suppress the role.',
  triage:
    'See whether the Secrets belong to the caller’s own team, and whether the caller reads so many every day. If not, revoke the sessions of the role in IAM, or delete the pod whose token it is: kubectl -n <namespace> delete pod <name>. Then replace the Secrets that were read.',
  references: ['https://kubernetes.io/docs/concepts/security/secrets-good-practices/'],
  related: [
    'panther:k8s_secret_enumeration',
    'elastic:credential_access_kubernetes_multiple_secret_retrieval_burst',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  audit: {
    level: 'metadata',
    verbs: [...READS, 'patch', 'update', ...DELETE_VERBS],
    resources: ['secrets'],
    actor: isHumanOrUnproven,
    dryRun: true,
  },
  // A dry run of a write changes nothing and answers with the whole Secret, or with all that it would delete.
  find: ({ verb, object, dryRun }) =>
    (READS.includes(verb) || dryRun) && (object.name !== '' || object.namespace !== ''),
  window: threshold({ limit: 20, of: 'different Secrets, or namespaces whose Secrets were listed,', minutes: 10 }),
  distinct: (_found, { object }) => `${object.namespace}/${object.name}`,
  // An operator that copies or renews Secrets reads them all, again and again. Helm reads its own records in every namespace.
  weight: (_found, event) => {
    if (isSoftware(event.actor, event.userAgent)) return { confidence: 20 };
    return isOfHelmRelease(event) ? { confidence: 40 } : {};
  },
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, event) => said(event, 'read', 'many different Secrets'),
});

const reads = (count: number, by = alice, parts = {}, every = 10 * SECOND) =>
  calls(count, by, (index) => `get secrets shop/secret-${index}`, parts, every);
const script = () => serviceAccount('shop', 'web', { agent: 'curl/8.5.0' });

export const examples = () => ({
  fires: {
    'alice read many different Secrets': reads(21),
    'bob read many different Secrets': calls(21, bob, (index) => `list secrets team-${index}/`, {}, SECOND),
    'carol read many different Secrets': reads(21, carol, { verb: 'patch', query: 'dryRun=All' }),
    'service account shop/web read many different Secrets': reads(30, script()),
  },
  silent: {
    'twenty are tolerated': reads(20),
    'Secrets that are written': reads(40, alice, { verb: 'patch' }),
    'one Secret a hundred times': reads(100, alice, { name: 'api' }, SECOND),
    'AWS Backup reads them all': reads(60, awsBackup(), allowedToBackup(), SECOND),
    'kubelets read what their pods mount': reads(40, node()),
    'spread over the day': reads(100, alice, {}, 60 * SECOND),
    'from two addresses, few from each': [...reads(15), ...reads(30, { ...alice, ip: '192.0.2.9' }).slice(15)],
  },
});
