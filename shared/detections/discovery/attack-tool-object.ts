import { isControlPlane } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import { attackObjectOf } from '../../indicators/attack-tools.ts';
import { WORKLOADS } from '../../kubernetes/workload.ts';
import { audit, controller, createPod, human, pod } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** Split from attack-tool-client: that one reads a caller, this one a name, and the engine indexes them apart. */
export default defineDetection({
  id: 'attack-tool-object',
  title: 'Object named by an offensive tool',
  description:
    'Somebody created a pod, workload, namespace, service account, role or secret with a name that an offensive tool gives to what it makes when nobody chooses another.',
  tactic: 'discovery',
  attack: ['T1613', 'T1610'],
  impact: 80,
  confidence: 60, // A name is weaker evidence than a client: people name things after the tools they write about.
  type: 'TTP',
  falsePositives: 'A penetration test, or a workshop about one.',
  triage: 'Look at what the object may do (its image, mounts and rights), remove it, and ask its creator.',
  references: [
    'https://attack.mitre.org/techniques/T1610/',
    'https://github.com/BishopFox/badPods',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/',
  ],
  answers: ['google:gke-suspicious-exploit-pod', 'defender:K8S_PenTestToolsKubeHunter'],
  needs: 'header',
  on: {
    verbs: ['create', 'update', 'patch'],
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
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: ({ object, dryRun }) =>
    !dryRun && (attackObjectOf(object.name) !== undefined || attackObjectOf(object.namespace) !== undefined),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: ({ object }) => ({ resource: object.resource, namespace: object.namespace, name: object.name }),
  summary: (event) => {
    const { resource, namespace, name } = event.object;
    const place = [namespace, name].filter((part) => part !== '').join('/');
    const did = event.outcome === 'denied' ? 'was refused to write' : 'wrote';
    return `${nameOf(event.actor, event.impersonated)} ${did} ${resource} ${place}, a name of an offensive tool`;
  },
});

const named = (name: string) => createPod(human(), pod({}, { name }));

export const examples = () => ({
  fires: {
    'alice wrote pods default/everything-allowed-exec-pod, a name of an offensive tool':
      named('everything-allowed-exec-pod'),
    'alice was refused to write secrets stratus-red-team-x7k2p/app, a name of an offensive tool': audit({
      verb: 'create',
      by: human(),
      resource: 'secrets',
      namespace: 'stratus-red-team-x7k2p',
      name: 'app',
      code: 403,
    }),
    'alice wrote namespaces stratus-red-team-x7k2p, a name of an offensive tool': audit({
      verb: 'create',
      by: human(),
      resource: 'namespaces',
      name: 'stratus-red-team-x7k2p',
    }),
  },
  silent: {
    'an ordinary pod': named('web'),
    'a name that only begins alike': named('peiratesque'),
    'what a controller makes was judged with its workload': createPod(
      controller('job-controller'),
      pod({}, { name: 'kube-hunter-x7k2p' }),
    ),
    'a dry run creates nothing': createPod(human(), pod({}, { name: 'peirates' }), { query: 'dryRun=All' }),
  },
});
