import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, createPod, pod, replicaPod } from '../../sdk/examples.ts';
import { isNew, said } from '../../sdk/phrases.ts';
import { nameOfRequested } from '../../sdk/pod-requests.ts';

export default defineDetection({
  id: 'pod-in-default-namespace',
  title: 'Pod created in the default namespace',
  description:
    'A pod was created in the namespace that clients use when they name none. Where every team has a namespace of its own, such a pod was started by hand or by somebody who does not know the cluster.',
  tactic: 'execution',
  techniques: ['T1610'],
  impact: 40,
  confidence: 50,
  denied: { confidence: 30 },
  type: 'Hunting',
  falsePositives: 'Every cluster whose teams deploy into the default namespace. This is why it is off by default.',
  triage:
    'Find out who created the workload and what it belongs to: kubectl -n default get pods -o wide. Move it to a namespace of its own, or delete it if nobody knows it.',
  references: [
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces',
    'https://research.splunk.com/cloud/3d6b1a81-367b-42d5-a925-6ef90b6b9f1e/',
  ],
  related: ['splunk:3d6b1a81-367b-42d5-a925-6ef90b6b9f1e'],
  // Half of all clusters run their workloads there.
  enabled: false,
  audit: { level: 'any', verbs: WRITE_VERBS, resources: ['pods'] },
  find: (event) => event.object.namespace === 'default' && isNew(event) && nameOfRequested(event),
  entities: (workload) => ({ workload }),
  principal: false,
  summary: (workload, event) => said(event, 'run', `${workload} in the default namespace`),
});

export const examples = () => ({
  fires: {
    'alice ran pod default/web in the default namespace': createPod(alice, pod({})),
    'service account kube-system/replicaset-controller ran deployment default/web in the default namespace':
      replicaPod('web'),
  },
  silent: {
    'another namespace': createPod(alice, pod({}, { namespace: 'shop' })),
    'a namespace that only begins so': createPod(alice, pod({}, { namespace: 'default-2' })),
    'a new label on a pod': call(alice, 'patch pods default/web'),
    'an eviction is no pod': call(alice, 'create pods/eviction default/web'),
    'a dry run makes nothing': createPod(alice, pod({}), { query: 'dryRun=All' }),
  },
});
