import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { attackObjectOf } from '../../indicators/attack-tools.ts';
import { WORKLOADS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, controller, createPod, pod, type RequestParts } from '../../sdk/examples.ts';
import { isNew, nameOfObject, said } from '../../sdk/phrases.ts';

/** Apart from attack-tool-client: that one reads a caller, this one a name, and the engine indexes them differently. */
export default defineDetection({
  id: 'attack-tool-object',
  title: 'Object named after an attack tool (badPods, kube-hunter, Stratus Red Team, …)',
  description:
    'Somebody created or changed a pod, workload, namespace, service account, role or Secret with a name that an attack tool gives to what it makes. The tool may be at work in the cluster now.',
  tactic: 'discovery',
  techniques: ['T1613'],
  impact: 80,
  confidence: 60, // A name is weaker evidence than a client: people name things after the tools they write about.
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'A penetration test, or a workshop about one.',
  triage:
    'Ask its creator. Look at what the object may do (its image, mounts and rights): kubectl -n <namespace> get <resource> <name> -o yaml. Then delete it, and look for what else the creator made.',
  references: [
    'https://attack.mitre.org/techniques/T1613/',
    'https://github.com/BishopFox/badPods',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/',
  ],
  related: ['google:gke-suspicious-exploit-pod', 'defender:K8S_PenTestToolsKubeHunter'],
  audit: {
    level: 'metadata',
    verbs: WRITE_VERBS,
    resources: [
      ...WORKLOADS,
      'namespaces',
      'serviceaccounts',
      'secrets',
      'roles',
      'clusterroles',
      'rolebindings',
      'clusterrolebindings',
      'certificatesigningrequests',
      'persistentvolumes',
    ],
    actor: (actor: Actor) => !isControlPlane(actor),
  },
  find: ({ object }) => (attackObjectOf(object.name) ?? attackObjectOf(object.namespace)) !== undefined,
  entities: (_found, { object }) => ({ resource: object.resource, namespace: object.namespace, name: object.name }),
  principal: false,
  summary: (_found, event) =>
    said(event, isNew(event) ? 'create' : 'change', `${nameOfObject(event.object)}, a name that attack tools use`),
});

const named = (name: string, parts: Partial<RequestParts> = {}) => createPod(alice, pod({}, { name }), parts);

export const examples = () => ({
  fires: {
    'alice created pod default/everything-allowed-exec-pod, a name that attack tools use':
      named('everything-allowed-exec-pod'),
    'alice was denied creating secret stratus-red-team-x7k2p/app, a name that attack tools use': audit({
      verb: 'create',
      by: alice,
      resource: 'secrets',
      namespace: 'stratus-red-team-x7k2p',
      name: 'app',
      code: 403,
    }),
    'alice created namespace stratus-red-team-x7k2p, a name that attack tools use': audit({
      verb: 'create',
      by: alice,
      resource: 'namespaces',
      name: 'stratus-red-team-x7k2p',
    }),
  },
  silent: {
    'an ordinary pod': named('web'),
    'a name that only begins alike': named('peiratesque'),
    'what a controller makes was judged with its workload': named('kube-hunter-x7k2p', {
      by: controller('job-controller'),
    }),
    'a dry run creates nothing': named('peirates', { query: 'dryRun=All' }),
  },
});
