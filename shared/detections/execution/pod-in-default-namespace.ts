import { audit, controller, createPod, human, ownedBy, pod } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { nameOfRequested, whoRan } from '../../sdk/pod-requests.ts';

export default defineDetection({
  id: 'pod-in-default-namespace',
  title: 'Pod created in the default namespace',
  description:
    'A pod was created in the namespace that clients use when they name none. Teams that give everything a namespace of its own find there what was started in passing.',
  tactic: 'execution',
  attack: ['T1610'],
  impact: 40,
  confidence: 50,
  type: 'Hunting',
  falsePositives:
    'Every cluster whose teams deploy into the default namespace, which is why this is off until it is enabled.',
  triage: 'Find out what the workload belongs to, and move it to a namespace of its own.',
  references: ['https://research.splunk.com/cloud/3d6b1a81-367b-42d5-a925-6ef90b6b9f1e/'],
  answers: ['splunk:3d6b1a81-367b-42d5-a925-6ef90b6b9f1e'],
  // Half of all clusters run their workloads there.
  enabled: false,
  needs: 'header or body',
  on: { verbs: ['create', 'update', 'patch'], resources: ['pods'], outcomes: ['succeeded', 'denied'] },
  match: (event) =>
    !event.dryRun && event.object.namespace === 'default' && (event.verb === 'create' || event.code === 201),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 30 } : {}),
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)} in the default namespace`,
});

export const examples = () => ({
  fires: {
    'alice ran pod default/web in the default namespace': createPod(human(), pod({})),
    'service account kube-system/replicaset-controller ran deployment default/web in the default namespace': createPod(
      controller('replicaset-controller'),
      pod({}, { name: 'web-7d4b9c6f8-x2x4z', ...ownedBy('ReplicaSet', 'web-7d4b9c6f8') }),
    ),
  },
  silent: {
    'another namespace': createPod(human(), pod({}, { namespace: 'shop' })),
    'a namespace that only begins so': createPod(human(), pod({}, { namespace: 'default-2' })),
    'an eviction is no pod': audit({
      verb: 'create',
      by: human(),
      resource: 'pods/eviction',
      namespace: 'default',
      name: 'web',
    }),
    'a dry run makes nothing': createPod(human(), pod({}), { query: 'dryRun=All' }),
  },
});
