import { isHumanOrUnproven } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { isHandHeld, isSoftware } from '../../events/user-agent.ts';
import { allowedToBackup, awsBackup, session } from '../../sdk/aws-service-examples.ts';
import { audit, controller, human, pipeline, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'secrets-listed-cluster-wide',
  title: 'Secrets of all namespaces listed',
  description:
    'One request returned every Secret of the cluster, values included. A list is enough for that; nobody has to read a single Secret by name.',
  tactic: 'credential-access',
  attack: ['T1552.007'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives:
    'Backup software, secret operators and graphical clients list everything. A service account that does so with a program of its own is raised as informational; suppress the people whose clients do.',
  triage:
    'Treat every credential that was stored in a Secret as known to the caller until the request is explained; then see what was done with service-account tokens.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.credential-access.dump-secrets/',
  ],
  answers: [
    'panther:k8s_secrets_dump_all_namespaces',
    'elastic:credential_access_kubernetes_secrets_list_cluster_and_sensitive_namespaces',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
    'sumo:Kubernetes ListSecrets',
    'sigma:kubernetes_audit_secrets_enumeration',
  ],
  needs: 'header',
  on: { verbs: ['list', 'watch'], resources: ['secrets'], outcomes: ['succeeded'], actor: isHumanOrUnproven },
  match: ({ object }) => object.namespace === '' && object.name === '',
  // An operator's informer lists and watches all Secrets whenever it starts; `helm list -A` asks for its own releases only.
  weight: (event) => {
    if (isSoftware(event.actor, event.userAgent)) return { confidence: 20 };
    const selectors = event.query.get('labelSelector') ?? [];
    const isHelm = selectors.length === 1 && selectors[0]?.split(',').includes('owner=helm') === true;
    return isHelm && !isHandHeld(event.userAgent) ? { confidence: 40 } : {};
  },
  entities: (event) => ({ principal: principalOf(event.actor) }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} listed the Secrets of all namespaces`,
});

const list = { verb: 'list', resource: 'secrets' };

export const examples = () => ({
  fires: {
    'alice listed the Secrets of all namespaces': audit({ ...list, by: human(), query: 'limit=500' }),
    'deploy-pipeline listed the Secrets of all namespaces': audit({
      ...list,
      by: pipeline(),
      query: 'labelSelector=owner%3Dhelm&limit=500',
    }),
    'service account shop/web listed the Secrets of all namespaces': audit({
      ...list,
      verb: 'watch',
      by: serviceAccount('shop', 'web', { agent: 'curl/8.5.0' }),
      uri: '/api/v1/watch/secrets',
    }),
    // Somebody uses the role of AWS Backup by hand.
    'arn:aws:sts::111122223333:assumed-role/AWSBackupDefaultServiceRole/AWSBackup-AWSBackupDefaultServiceRole listed the Secrets of all namespaces':
      audit({ ...list, by: awsBackup({ agent: 'kubectl/v1.32.2 (darwin/arm64)' }), ...allowedToBackup() }),
    // A manager of Amazon EKS by the name of its role only: add-ons need no list of Secrets.
    'eks:addon-manager listed the Secrets of all namespaces': audit({
      ...list,
      by: session('AWSWesleyClusterManagerLambda-x', 'y', { account: '444455556666', user: 'eks:addon-manager' }),
    }),
    'eve as alice listed the Secrets of all namespaces': audit({
      ...list,
      by: human('eve'),
      impersonated: { username: 'alice' },
    }),
  },
  silent: {
    'the Secrets of one namespace': audit({ ...list, by: human(), namespace: 'shop' }),
    'one Secret, asked for as a list': audit({
      ...list,
      by: human(),
      name: 'api',
      query: 'fieldSelector=metadata.name%3Dapi',
    }),
    'AWS Backup reads everything, night by night': audit({ ...list, by: awsBackup(), ...allowedToBackup() }),
    'a refused list is for secret-reads-denied': audit({ ...list, by: human(), code: 403 }),
    'the garbage collector watches everything': audit({ ...list, by: controller('generic-garbage-collector') }),
    'other resources of the cluster': audit({ ...list, resource: 'configmaps', by: human() }),
  },
});
