import { signOfMining } from '../../indicators/miners.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { type JsonObject, objectsAt, textAt, textsAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, controller, createPod, deniedPod, ownedBy, pod, workload, writeWorkload } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { CONTAINER_WRITES, nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';

const textsRunBy = ({ image, raw }: Container): readonly string[] => [
  image,
  textsAt(raw, 'command').join(' '),
  textsAt(raw, 'args').join(' '),
  ...objectsAt(raw, 'env').map((variable) => textAt(variable, 'value')),
];

export default defineDetection({
  id: 'miner-workload',
  title: 'Cryptocurrency miner in a workload (cryptojacking)',
  description:
    'A container has the image, command, environment or name of a cryptocurrency miner, or the address of a mining pool. Somebody uses your nodes to earn money, and can start anything else with the same access.',
  tactic: 'impact',
  techniques: ['T1496.001'],
  impact: 90,
  confidence: 80,
  type: 'TTP',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives: 'Research, and workloads that are only named like a miner.',
  triage:
    'Stop the workload: kubectl -n <namespace> delete <kind> <name>. Then revoke the credentials of the principal, and find out how the principal got them and what else it created.',
  references: [
    'https://attack.mitre.org/techniques/T1496/001/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Resource%20hijacking/',
  ],
  related: ['defender:K8S_MaliciousContainerImage'],
  audit: CONTAINER_WRITES,
  find: (event) => {
    const containers = requestedContainers(event);
    if (containers.length === 0) return undefined;
    const run = signOfMining(containers.flatMap(textsRunBy));
    if (run !== undefined) return { sign: run, confidence: 80 };
    const named = signOfMining([nameOfRequested(event), ...containers.map(({ name }) => name)]);
    return named !== undefined && { sign: named, confidence: 50 };
  },
  weight: ({ confidence }, { outcome }) => ({ confidence: outcome === 'denied' ? confidence - 20 : confidence }),
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: ({ sign }, event) => said(event, 'run', `${nameOfRequested(event)} with miner indicator ${sign}`),
});

const DECOY = { name: 'web', image: 'nginx' };
const podOf = (raw: JsonObject, metadata = {}) => pod({ containers: [DECOY, { name: 'main', ...raw }] }, metadata);
const runs = (raw: JsonObject, metadata = {}, by = alice) => createPod(by, podOf(raw, metadata));
const agent = () =>
  workload('DaemonSet', { initContainers: [{ env: [{ name: 'P', value: 'pool.minexmr.com:443' }] }] });
const LABEL = { metadata: { labels: { team: 'a' } } };
const STRATUM = { image: 'xmrig', args: ['-o', 'stratum+tcp://203.0.113.9:3333'] };

export const examples = () => ({
  fires: {
    'alice ran pod default/web with miner indicator xmrig': runs({ image: 'docker.io/Miner/XMRig:6' }),
    'alice ran pod default/web with miner indicator kdevtmpfsi': runs({ command: ['/tmp/kdevtmpfsi'] }),
    'alice ran pod default/web with miner indicator --donate-level': runs({ args: ['--donate-level', '1'] }),
    'alice ran pod default/xmrig with miner indicator xmrig': runs({}, { name: 'xmrig' }),
    'alice ran pod default/web with miner indicator nbminer': runs({ name: 'nbminer' }),
    'alice ran daemonset default/web with miner indicator minexmr.com': writeWorkload(alice, agent()),
    // The address of a pool is more certain than a name.
    'service account kube-system/replicaset-controller ran deployment default/web with miner indicator stratum+tcp://':
      runs(STRATUM, ownedBy('ReplicaSet', 'web-7d4b9c6f8'), controller('replicaset-controller')),
    'mallory was denied running pod default/web with miner indicator kinsing': deniedPod(podOf({ image: 'kinsing' })),
  },
  silent: {
    'a word that contains one': runs({ image: 'example/examinerd:1', args: ['--coins=2'] }),
    'a domain that ends like one': runs({ args: ['https://not-minexmr.com.example.org'] }),
    'data is mined too': runs({ image: 'example/process-miner:1' }, { name: 'data-miner' }),
    'a label on what is there': createPod(alice, podOf({}, { name: 'xmrig' }), { verb: 'patch', request: LABEL }),
    'a dry run changes nothing': createPod(alice, podOf({ image: 'xmrig' }), { query: 'dryRun=All' }),
  },
});
