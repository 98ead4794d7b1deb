import { credentialsOf, traitsOf } from '../../commands/command.ts';
import { principalOf } from '../../events/actor.ts';
import { audit, human, serviceAccount } from '../../sdk/examples.ts';
import { EXEC, execCommandOf, podOf } from '../../sdk/exec.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'exec-reads-credentials',
  title: 'Command in a pod reaches for credentials',
  description:
    'A command that was run in a pod names a token of its service account, the metadata service of its node, EKS Pod Identity, the environment of a process, or another file that holds credentials. Shells, encodings, globs and every spelling of the addresses are seen through.',
  tactic: 'credential-access',
  attack: ['T1552.007', 'T1552.005'],
  impact: 80,
  confidence: 80,
  type: 'TTP',
  falsePositives: 'Somebody who looks into why a pod can’t reach AWS. Printing the environment alone is raised as low.',
  triage:
    'Take the credentials of that pod as known to the caller: look for its service account and its IAM role in requests that follow, from other addresses.',
  references: [
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.credential-access.steal-serviceaccount-token/',
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html',
  ],
  answers: [
    'elastic:credential_access_kubernetes_pod_exec_cloud_instance_metadata',
    'elastic:credential_access_kubernetes_pod_exec_sensitive_file_access',
    'elastic:credential_access_kubernetes_env_vars_read_via_proc',
    'sumo:Kubernetes Service Account Token File Accessed',
    'panther:k8s_steal_serviceaccount_token',
    'guardduty:CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  needs: 'header',
  on: EXEC,
  each: (event) => {
    const command = execCommandOf(event);
    const credentials = [...credentialsOf(command)].sort();
    if (credentials.length > 0) return [credentials];
    return traitsOf(command).has('environment dump') ? [['environment']] : [];
  },
  match: () => true,
  weight: (event, _options, [first]) => {
    if (first === 'environment') return { confidence: 40 };
    return event.outcome === 'denied' ? { confidence: 60 } : {};
  },
  entities: (event) => ({ principal: principalOf(event.actor), pod: podOf(event) }),
  summary: (event, credentials) =>
    `${whoDid(event, 'reached', 'reach')} for ${credentials.join(', ')} in pod ${podOf(event)}`,
});

const exec = (command: readonly string[], parts: object = {}, resource = 'pods/exec') =>
  audit({
    verb: 'get',
    by: human(),
    resource,
    namespace: 'shop',
    name: 'web-0',
    query: `${command.map((word) => `command=${encodeURIComponent(word)}`).join('&')}&container=web&stdout=true`,
    code: 101,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice reached for service-account token in pod shop/web-0': exec([
      'cat',
      '/var/run/secrets/kubernetes.io/serviceaccount/token',
    ]),
    'bob reached for instance metadata in pod shop/web-0': exec(
      ['sh', '-c', 'c"u"rl -s http://0xa9fea9fe/latest/meta-data/iam/security-credentials/'],
      { by: human('bob'), verb: 'create', stage: 'ResponseStarted' },
    ),
    'alice reached for password hashes in pod shop/web-0': audit({
      verb: 'get',
      by: human(),
      resource: 'pods/exec',
      namespace: 'shop',
      name: 'web-0',
      uri: '/api/v1/namespaces/shop/pods/web-0/exec?stdin=true&%63ommand=cat&container=web&command=%2Fetc%2F%2fsh?dow',
      code: 101,
    }),
    'service account shop/ci reached for service-account token in pod kube-system/coredns-1': audit({
      verb: 'create',
      by: serviceAccount('shop', 'ci'),
      resource: 'nodes/proxy',
      name: 'ip-10-0-1-17',
      uri: '/api/v1/nodes/ip-10-0-1-17/proxy/run/kube-system/coredns-1/coredns?cmd=cat%20/run/secrets/x',
    }),
    'mallory was refused to reach for pod identity in pod shop/web-0': exec(
      ['wget', '-O-', 'http://[fd00:ec2::23]/v1/credentials'],
      { by: human('mallory'), code: 403 },
    ),
    'eve as alice reached for environment in pod shop/web-0': exec(['env'], {
      by: human('eve'),
      impersonated: { username: 'alice' },
    }),
  },
  silent: {
    'a shell': exec(['bash']),
    'other files': exec(['cat', '/etc/hosts', '/proc/1/status', '/app/token.js']),
    'a container that is named like a file': exec(['ls'], {
      query: 'command=ls&container=/var/run/secrets/kubernetes.io/serviceaccount/token',
    }),
    'no command at all': exec([], {}, 'pods/attach'),
    'a command that never ran': exec(['cat', '/etc/shadow'], { code: 404 }),
  },
});
