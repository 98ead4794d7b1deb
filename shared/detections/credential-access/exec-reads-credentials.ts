import { credentialsOf, traitsOf } from '../../commands/command.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { bob, call, exec, mallory, serviceAccount } from '../../sdk/examples.ts';
import { EXEC, execCommandOf, podOf, replicasOf } from '../../sdk/exec.ts';
import { said } from '../../sdk/phrases.ts';

/** Software prints its environment for many reasons, so that alone weighs less. */
const ENVIRONMENT = 'environment';

export default defineDetection({
  id: 'exec-reads-credentials',
  title: 'Command in a pod reads credentials (token, IMDS, EKS Pod Identity)',
  description:
    'A command in a pod reads the token of its service account, the metadata service of its node (IMDS), EKS Pod Identity, the environment of a process, or another file that holds credentials. The caller can then act as that pod, or as the IAM role of its node, from anywhere.',
  tactic: 'credential-access',
  techniques: ['T1552.007', 'T1552.005'],
  impact: 80,
  confidence: 80,
  denied: { confidence: 60 },
  type: 'TTP',
  falsePositives: 'Somebody who looks into why a pod can’t reach AWS. Printing the environment alone is raised as low.',
  triage:
    'Treat the credentials of that pod as stolen. Look for its service account and its IAM role in later requests from other addresses. Delete the pod, which ends its token: kubectl -n <namespace> delete pod <name>.',
  references: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html'],
  related: [
    'elastic:credential_access_kubernetes_pod_exec_cloud_instance_metadata',
    'elastic:credential_access_kubernetes_pod_exec_sensitive_file_access',
    'sumo:Kubernetes Service Account Token File Accessed',
    'panther:k8s_steal_serviceaccount_token',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  audit: { level: 'metadata', ...EXEC },
  find: (event) => {
    const command = execCommandOf(event);
    const credentials = [...credentialsOf(command)].sort().join(', ');
    return credentials || (traitsOf(command).has('environment dump') && ENVIRONMENT);
  },
  weight: (credentials) => (credentials === ENVIRONMENT ? { confidence: 40 } : {}),
  entities: (_credentials, event) => ({ pod: replicasOf(event) }),
  summary: (credentials, event) => said(event, 'run', `a command in pod ${podOf(event)} that reads ${credentials}`),
});

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const IMDS = ['sh', '-c', 'c"u"rl -s http://0xa9fea9fe/latest/meta-data/iam/security-credentials/'];
const IDENTITY = 'wget -O- http://[fd00:ec2::23]/v1/credentials';
const ENCODED = '/api/v1/namespaces/shop/pods/web-0/exec?%63ommand=cat&container=web&command=%2Fetc%2F%2fsh?dow';
const KUBELET = '/api/v1/nodes/node-1/proxy/run/ops/db-0/db?cmd=cat%20/run/secrets/x';
const proxy = (uri: string) => call(serviceAccount('shop', 'ci'), 'create nodes/proxy node-1', { uri });
const spdy = { verb: 'create', stage: 'ResponseStarted' };
const impersonated = { username: 'alice' };

export const examples = () => ({
  fires: {
    'alice ran a command in pod shop/web-0 that reads service-account token': exec(`cat ${TOKEN}`),
    'bob ran a command in pod shop/web-0 that reads instance metadata': exec(IMDS, { by: bob, ...spdy }),
    'alice ran a command in pod shop/web-0 that reads password hashes': exec('', { uri: ENCODED }),
    'service account shop/ci ran a command in pod ops/db-0 that reads service-account token': proxy(KUBELET),
    'mallory was denied running a command in pod shop/web-0 that reads pod identity': exec(IDENTITY, {
      by: mallory,
      code: 403,
    }),
    'bob as alice ran a command in pod shop/web-0 that reads environment': exec('env', { by: bob, impersonated }),
  },
  silent: {
    'a shell': exec('bash'),
    'other files': exec('cat /etc/hosts /proc/1/status /app/token.js'),
    'a container that is named like a file': exec('ls', { query: `command=ls&container=${TOKEN}` }),
    'no command at all': exec([], { resource: 'pods/attach' }),
    'a command that never ran': exec('cat /etc/shadow', { code: 404 }),
  },
});
