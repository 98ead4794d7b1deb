import { attackObjectOf } from '../../indicators/attack-tools.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller } from '../../sdk/examples.ts';
import { isNew, nameOfObject, said } from '../../sdk/phrases.ts';
import { BINDINGS, ROLES } from '../../sdk/rbac.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';

const OTHER_KINDS = ['namespaces', 'serviceaccounts', 'secrets', 'certificatesigningrequests', 'persistentvolumes'];

/** Apart from attack-tool-client, which reads the caller. The engine indexes the two differently. */
export default defineDetection({
  id: 'attack-tool-object',
  title: 'Object named after an attack tool (badPods, kube-hunter, Stratus Red Team, …)',
  description:
    'Somebody created or changed a pod, workload, namespace, service account, role or Secret with a name that an attack tool gives to its objects. The tool may be running in the cluster.',
  tactic: 'discovery',
  techniques: ['T1613'],
  impact: 80,
  confidence: 60, // A name is weaker evidence than a client: people name things after the tools they write about.
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'A penetration test, or a workshop about attacks on Kubernetes.',
  triage:
    'Look at the object’s image, mounts and rights: kubectl -n <namespace> get <resource> <name> -o yaml. Ask its creator about it. If it is not planned, delete it, and look for what else the creator made.',
  references: ['https://attack.mitre.org/techniques/T1613/', 'https://github.com/BishopFox/badPods'],
  related: ['google:gke-suspicious-exploit-pod', 'defender:K8S_PenTestToolsKubeHunter'],
  audit: {
    level: 'metadata',
    verbs: WRITE_VERBS,
    resources: [...WORKLOADS, ...ROLES, ...BINDINGS, ...OTHER_KINDS],
    actor: isNotControlPlane,
  },
  find: ({ object }) => (attackObjectOf(object.name) ?? attackObjectOf(object.namespace)) !== undefined,
  entities: (_found, { object }) => ({ resource: object.resource, namespace: object.namespace, name: object.name }),
  principal: false,
  summary: (_found, event) =>
    said(event, isNew(event) ? 'create' : 'change', `${nameOfObject(event.object)}, a name that attack tools use`),
});

export const examples = () => ({
  fires: {
    'alice created pod shop/priv-exec-pod, a name that attack tools use': call(alice, 'create pods shop/priv-exec-pod'),
    'alice changed job shop/botb, a name that attack tools use': call(alice, 'update jobs.batch shop/botb'),
    'alice created namespace kdigger, a name that attack tools use': call(alice, 'create namespaces kdigger'),
    'alice was denied creating secret stratus-red-team-x7k2p/app, a name that attack tools use': call(
      alice,
      'create secrets stratus-red-team-x7k2p/app',
      { code: 403 },
    ),
  },
  silent: {
    'an ordinary pod': call(alice, 'create pods shop/web'),
    'a name that only begins alike': call(alice, 'create pods shop/peiratesque'),
    'a pod that a controller makes of a workload': call(controller('job-controller'), 'create pods shop/botb-x7k2p'),
    'a dry run': call(alice, 'create pods shop/peirates', { query: 'dryRun=All' }),
    'an object that is deleted': call(alice, 'delete pods shop/peirates'),
  },
});
