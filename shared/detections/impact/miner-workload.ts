import type { AuditEvent } from '../../events/event.ts';
import { type Mining, miningIn } from '../../indicators/miners.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { type JsonObject, objectsAt, textAt, textsAt } from '../../primitives/json.ts';
import { perObject } from '../../primitives/memo.ts';
import { audit, controller, createPod, human, ownedBy, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { CONTAINER_WRITES, nameOfRequested, requestedContainers, whoRan } from '../../sdk/pod-requests.ts';

type Found = { readonly sign: string; readonly weight: number };

/** What a container runs (image, command, arguments, environment) counts in full; a name that it, or the workload, bears counts less. */
const foundIn = perObject((event: AuditEvent): Found | undefined => {
  const containers = requestedContainers(event);
  const named = containers.length === 0 ? [] : [nameOfRequested(event), ...containers.map(({ name }) => name)];
  return signIn(containers.flatMap(textsRunBy), 80) ?? signIn(named, 50);
});

const textsRunBy = ({ image, raw }: Container): readonly string[] => [
  image,
  textsAt(raw, 'command').join(' '),
  textsAt(raw, 'args').join(' '),
  ...objectsAt(raw, 'env').map(valueOfVariable),
];

const valueOfVariable = (variable: JsonObject): string => textAt(variable, 'value');

const signIn = (texts: readonly string[], weight: number): Found | undefined => {
  let sign: Mining | undefined;
  for (const text of texts) {
    const found = miningIn(text);
    if (found?.isCertain) return { sign: found.sign, weight };
    sign ??= found;
  }
  return sign && { sign: sign.sign, weight };
};

export default defineDetection({
  id: 'miner-workload',
  title: 'Crypto-currency miner in a workload',
  description:
    'A container’s image, command, arguments or environment speak of mining: a known program, a pool, or the stratum protocol. In pods and in every workload template, in containers of every sort.',
  tactic: 'impact',
  attack: ['T1496.001'],
  impact: 90,
  confidence: 80,
  type: 'TTP',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives: 'Research, and workloads that are only called like a miner.',
  triage: 'Delete the workload, then find out how it came in: whoever can start a miner can start anything.',
  references: [
    'https://attack.mitre.org/techniques/T1496/001/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Resource%20hijacking/',
  ],
  answers: ['defender:K8S_MaliciousContainerImage'],
  needs: 'body',
  on: CONTAINER_WRITES,
  match: (event) => !event.dryRun && foundIn(event) !== undefined,
  weight: (event) => {
    const confidence = foundIn(event)?.weight ?? 80;
    return { confidence: event.outcome === 'denied' ? confidence - 20 : confidence };
  },
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)}, which speaks of ${foundIn(event)?.sign}`,
});

const running = (raw: object) => ({
  containers: [
    { name: 'decoy', image: 'nginx' },
    { name: 'main', image: 'alpine', ...raw },
  ],
});

export const examples = () => ({
  fires: {
    'alice ran pod default/web, which speaks of xmrig': createPod(
      human(),
      pod(running({ image: 'docker.io/Miner/XMRig:6' })),
    ),
    'bob ran pod default/web, which speaks of stratum+tcp://': createPod(
      human('bob'),
      pod(running({ command: ['/tmp/nginx'], args: ['-o', 'stratum+tcp://203.0.113.9:3333'] })),
    ),
    'deploy-pipeline ran daemonset default/agent, which speaks of minexmr.com': audit({
      verb: 'create',
      by: pipeline(),
      resource: 'daemonsets.apps',
      namespace: 'default',
      name: 'agent',
      request: workload(
        'DaemonSet',
        { initContainers: [{ name: 'init', image: 'alpine', env: [{ name: 'P', value: 'pool.minexmr.com:443' }] }] },
        'agent',
      ),
    }),
    'carol ran pod default/xmrig, which speaks of xmrig': createPod(human('carol'), pod({}, { name: 'xmrig' })),
    'service account kube-system/replicaset-controller ran deployment default/web, which speaks of --donate-level':
      createPod(
        controller('replicaset-controller'),
        pod(running({ args: ['--donate-level', '1'] }), ownedBy('ReplicaSet', 'web-7d4b9c6f8')),
      ),
    'mallory was refused to run pod default/web, which speaks of kinsing': createPod(
      human('mallory'),
      pod(running({ command: ['/tmp/kinsing'] })),
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'a word that contains one': createPod(human(), pod(running({ image: 'example/examinerd:1', args: ['--coins=2'] }))),
    'a domain that ends like one': createPod(human(), pod(running({ args: ['https://not-minexmr.com.example.org'] }))),
    'data is mined too': createPod(human(), pod(running({ image: 'example/process-miner:1' }), { name: 'data-miner' })),
    'a dry run changes nothing': createPod(human(), pod(running({ image: 'xmrig/xmrig' })), { query: 'dryRun=All' }),
  },
});
