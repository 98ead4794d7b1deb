import { isHumanOrUnproven } from '../../eks/identities.ts';
import { isHandHeld, isSoftware } from '../../events/user-agent.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, allowedToBackup, awsBackup, call, controller, serviceAccount, session } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'secrets-listed-cluster-wide',
  title: 'Secrets of all namespaces listed',
  description:
    'One request returned every Secret of the cluster, values included. The caller now knows every password, key and token in it.',
  tactic: 'credential-access',
  techniques: ['T1552.007'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives:
    'Backup software, secret operators and graphical clients list everything. A service account that does so with a program of its own is raised as informational. Suppress people whose graphical clients do so.',
  triage:
    'Ask the caller what the list was for. If nobody can explain it, the caller knows every Secret: revoke the sessions of the role in IAM, or delete the pod whose token it is (kubectl -n <namespace> delete pod <name>). Then replace the Secrets, and see what was done with the service-account tokens among them.',
  references: ['https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.credential-access.dump-secrets/'],
  related: [
    'panther:k8s_secrets_dump_all_namespaces',
    'elastic:credential_access_kubernetes_secrets_list_cluster_and_sensitive_namespaces',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
    'sumo:Kubernetes ListSecrets',
    'sigma:kubernetes_audit_secrets_enumeration',
  ],
  audit: { level: 'metadata', verbs: ['list', 'watch'], resources: ['secrets'], actor: isHumanOrUnproven },
  find: ({ object }) => object.namespace === '' && object.name === '',
  // An operator's informer lists and watches all Secrets whenever it starts; `helm list -A` asks for its own releases only.
  weight: (_found, { actor, userAgent, query }) => {
    if (isSoftware(actor, userAgent)) return { confidence: 20 };
    const selectors = query.get('labelSelector') ?? [];
    const isHelm = selectors.length === 1 && selectors[0]?.split(',').includes('owner=helm') === true;
    return isHelm && !isHandHeld(userAgent) ? { confidence: 40 } : {};
  },
  summary: (_found, event) => said(event, 'list', 'the Secrets of all namespaces'),
});

const list = (by = alice, parts = {}) => call(by, 'list secrets', parts);
const HELM = { query: 'labelSelector=owner%3Dhelm&limit=500' };
const WATCH = { verb: 'watch', uri: '/api/v1/watch/secrets' };
const curl = () => serviceAccount('shop', 'web', { agent: 'curl/8.5.0' });
const pipeline = () => session('deploy', 'ci', { user: 'deploy', agent: 'Helm/3.17.0' });
/** A manager of Amazon EKS by the name of its role only: add-ons need no list of Secrets. */
const eks = () => session('AWSServiceRoleForAmazonEKS', 'y', { account: '444455556666', user: 'eks:addon-manager' });
/** Somebody uses the role of AWS Backup by hand. */
const thief = () => list(awsBackup({ agent: 'kubectl/v1.32.2 (darwin/arm64)' }), allowedToBackup());

export const examples = () => ({
  fires: {
    'alice listed the Secrets of all namespaces': list(alice, { query: 'limit=500' }),
    'deploy listed the Secrets of all namespaces': list(pipeline(), HELM),
    'service account shop/web listed the Secrets of all namespaces': list(curl(), WATCH),
    'AWSBackup-AWSBackupDefaultServiceRole (AWSBackupDefaultServiceRole) listed the Secrets of all namespaces': thief(),
    'eks:addon-manager listed the Secrets of all namespaces': list(eks()),
    'alice as bob listed the Secrets of all namespaces': list(alice, { impersonated: { username: 'bob' } }),
  },
  silent: {
    'the Secrets of one namespace': list(alice, { namespace: 'shop' }),
    'one Secret, asked for as a list': list(alice, { name: 'api', query: 'fieldSelector=metadata.name%3Dapi' }),
    'AWS Backup reads everything, night by night': list(awsBackup(), allowedToBackup()),
    'a denied list is for secret-reads-denied': list(alice, { code: 403 }),
    'the garbage collector watches everything': list(controller('generic-garbage-collector')),
    'other resources of the cluster': list(alice, { resource: 'configmaps' }),
  },
});
