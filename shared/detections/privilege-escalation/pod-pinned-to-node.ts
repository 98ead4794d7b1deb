import { isUserOrWorkload } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WORKLOADS, WRITE_VERBS } from '../../kubernetes/workload.ts';
import { textAt } from '../../primitives/json.ts';
import {
  audit,
  component,
  controller,
  createPod,
  human,
  node,
  pod,
  serviceAccount,
  workload,
} from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { nameOfRequested, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

const isBinding = ({ object }: AuditEvent): boolean =>
  object.resource === 'bindings' || (object.resource === 'pods' && object.subresource === 'binding');

/** The node that a request names. A pod that was stored before has one from the scheduler, so of pods only new ones count. */
const nodeOf = (event: AuditEvent): string => {
  // Schedulers that a team runs itself are service accounts, and binding pods is what they do.
  if (isBinding(event)) return event.actor.serviceAccount ? '' : textAt(event.requestObject, 'target', 'name');
  if (event.object.resource === 'pods' && event.verb !== 'create') return '';
  return (
    requestedPodSpecs(event)
      .map((spec) => textAt(spec.raw, 'nodeName'))
      .find((name) => name !== '') ?? ''
  );
};

const nameOfPinned = (event: AuditEvent): string =>
  isBinding(event) ? `pod ${event.object.namespace}/${event.object.name}` : nameOfRequested(event);

export default defineDetection({
  id: 'pod-pinned-to-node',
  title: 'Pod pinned to a node by hand',
  description:
    'A pod, or the template of a workload, names the node that it has to run on, or somebody bound a pod to one. That goes around the scheduler with its taints and quotas, and is how one gets to the node that runs something worth stealing.',
  tactic: 'privilege-escalation',
  attack: ['T1610'],
  impact: 50,
  confidence: 50,
  type: 'Hunting',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: '`kubectl debug node/…`, and tools that test every node in turn.',
  triage: 'See what else runs on that node, and whether the pod reaches for it (hostPath, hostPID, privileged).',
  references: ['https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename'],
  answers: [],
  needs: 'body',
  on: {
    verbs: WRITE_VERBS,
    resources: [...WORKLOADS, 'pods/binding', 'bindings'],
    outcomes: ['succeeded', 'denied'],
    actor: isUserOrWorkload,
  },
  match: (event) => !event.dryRun && nodeOf(event) !== '',
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({ workload: nameOfPinned(event), node: nodeOf(event), principal: principalOf(event.actor) }),
  summary: (event) => `${whoRan(event)} ${nameOfPinned(event)} on node ${nodeOf(event)}, chosen by name`,
});

const pinned = { nodeName: 'ip-10-0-1-17' };
const bind = (by = human()) =>
  audit({
    verb: 'create',
    by,
    resource: 'pods/binding',
    namespace: 'default',
    name: 'web',
    request: { kind: 'Binding', target: { kind: 'Node', name: 'ip-10-0-1-17' } },
  });

export const examples = () => ({
  fires: {
    'alice ran pod default/web on node ip-10-0-1-17, chosen by name': createPod(human(), pod(pinned)),
    'bob ran job default/web on node ip-10-0-1-17, chosen by name': audit({
      verb: 'create',
      by: human('bob'),
      resource: 'jobs.batch',
      namespace: 'default',
      name: 'web',
      request: workload('Job', pinned),
    }),
    'carol ran pod default/web on node ip-10-0-1-17, chosen by name': bind(human('carol')),
    'service account shop/api ran pod default/web on node ip-10-0-1-17, chosen by name': createPod(
      serviceAccount('shop', 'api'),
      pod(pinned),
    ),
  },
  silent: {
    'a label that many nodes have': createPod(human(), pod({ nodeSelector: { zone: 'a' } })),
    'the scheduler binds': bind(component('kube-scheduler')),
    'a new label on a pod that runs': audit({
      verb: 'update',
      by: human(),
      resource: 'pods',
      namespace: 'default',
      name: 'web',
      request: pod(pinned),
    }),
    'a kubelet mirrors its static pod': createPod(node(), pod(pinned)),
    'the DaemonSet controller': createPod(controller('daemon-set-controller'), pod(pinned)),
  },
});
