import type { AuditEvent } from '../../events/event.ts';
import { miningIn } from '../../indicators/miners.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { type JsonObject, objectsAt, textAt, textsAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  bob,
  carol,
  controller,
  createPod,
  deniedPod,
  ownedBy,
  pipeline,
  pod,
  workload,
  writeWorkload,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { CONTAINER_WRITES, nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';

interface Miner {
  readonly sign: string;
  readonly confidence: number;
}

/** What a container runs counts in full; a name, its own or that of the workload, counts less. */
const minerIn = (event: AuditEvent): Miner | undefined => {
  const containers = requestedContainers(event);
  if (containers.length === 0) return undefined;
  const names = [nameOfRequested(event), ...containers.map(({ name }) => name)];
  return signIn(containers.flatMap(textsRunBy), 80) ?? signIn(names, 50);
};

const textsRunBy = ({ image, raw }: Container): readonly string[] => [
  image,
  textsAt(raw, 'command').join(' '),
  textsAt(raw, 'args').join(' '),
  ...objectsAt(raw, 'env').map((variable) => textAt(variable, 'value')),
];

/** The first certain sign of mining in these texts, otherwise the first sign. */
const signIn = (texts: readonly string[], confidence: number): Miner | undefined => {
  const signs = texts.map(miningIn).filter((mining) => mining !== undefined);
  const mining = signs.find(({ isCertain }) => isCertain) ?? signs[0];
  return mining && { sign: mining.sign, confidence };
};

export default defineDetection({
  id: 'miner-workload',
  title: 'Cryptocurrency miner in a workload (cryptojacking)',
  description:
    'A container has the image, command, environment or name of a cryptocurrency miner, or the address of a mining pool. Somebody uses your nodes to earn money, and with the same access they can start anything else.',
  tactic: 'impact',
  techniques: ['T1496.001'],
  impact: 90,
  confidence: 80,
  type: 'TTP',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives: 'Research, and workloads that are only named like a miner.',
  triage:
    'Stop it: kubectl -n <namespace> delete <kind> <name>. Then revoke the credentials of the principal, and find out how the principal got them and what else it created.',
  references: [
    'https://attack.mitre.org/techniques/T1496/001/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Resource%20hijacking/',
  ],
  related: ['defender:K8S_MaliciousContainerImage'],
  audit: CONTAINER_WRITES,
  find: minerIn,
  weight: ({ confidence }, { outcome }) => ({ confidence: outcome === 'denied' ? confidence - 20 : confidence }),
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: ({ sign }, event) => said(event, 'run', `${nameOfRequested(event)} with miner indicator ${sign}`),
});

const running = (raw: JsonObject): JsonObject => ({
  containers: [
    { name: 'decoy', image: 'nginx' },
    { name: 'main', image: 'alpine', ...raw },
  ],
});
const POOL = { name: 'init', image: 'alpine', env: [{ name: 'P', value: 'pool.minexmr.com:443' }] };

export const examples = () => ({
  fires: {
    'alice ran pod default/web with miner indicator xmrig': createPod(
      alice,
      pod(running({ image: 'docker.io/Miner/XMRig:6' })),
    ),
    'bob ran pod default/web with miner indicator stratum+tcp://': createPod(
      bob,
      pod(running({ command: ['/tmp/nginx'], args: ['-o', 'stratum+tcp://203.0.113.9:3333'] })),
    ),
    'deploy-pipeline ran daemonset default/agent with miner indicator minexmr.com': writeWorkload(
      pipeline(),
      workload('DaemonSet', { initContainers: [POOL] }, 'agent'),
    ),
    'carol ran pod default/xmrig with miner indicator xmrig': createPod(carol, pod({}, { name: 'xmrig' })),
    'service account kube-system/replicaset-controller ran deployment default/web with miner indicator --donate-level':
      createPod(
        controller('replicaset-controller'),
        pod(running({ args: ['--donate-level', '1'] }), ownedBy('ReplicaSet', 'web-7d4b9c6f8')),
      ),
    'mallory was denied running pod default/web with miner indicator kinsing': deniedPod(
      pod(running({ command: ['/tmp/kinsing'] })),
    ),
  },
  silent: {
    'a word that contains one': createPod(alice, pod(running({ image: 'example/examinerd:1', args: ['--coins=2'] }))),
    'a domain that ends like one': createPod(alice, pod(running({ args: ['https://not-minexmr.com.example.org'] }))),
    'data is mined too': createPod(alice, pod(running({ image: 'example/process-miner:1' }), { name: 'data-miner' })),
    'a dry run changes nothing': createPod(alice, pod(running({ image: 'xmrig/xmrig' })), { query: 'dryRun=All' }),
  },
});
