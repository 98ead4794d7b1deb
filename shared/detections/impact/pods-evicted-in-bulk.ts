import { isUserOrWorkload } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import type { Json } from '../../primitives/json.ts';
import { SECOND } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, allowedToAutoMode, autoMode, bob, call, dave, series, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { scalesToZero } from '../../sdk/scaling.ts';
import { threshold } from '../../sdk/windows.ts';

const SCALED = ['deployments', 'statefulsets', 'replicasets', 'replicationcontrollers'];

export default defineDetection({
  id: 'pods-evicted-in-bulk',
  title: 'Many pods evicted or workloads scaled to zero',
  description:
    'One principal evicted many pods, or set the replicas of many workloads to zero, in a short time. Nothing is deleted, so it looks like maintenance, but the applications are down.',
  tactic: 'impact',
  techniques: ['T1489'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives: 'Somebody drains several nodes by hand, or switches a test environment off for the night.',
  triage:
    'Compare with the announced maintenance, and ask the principal. If it was not planned, revoke the credentials of the principal, then scale the workloads up again: kubectl -n <namespace> scale deployment <name> --replicas <number>. Drained nodes take pods again after kubectl uncordon <node>.',
  references: [
    'https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/',
    'https://attack.mitre.org/techniques/T1489/',
  ],
  related: [],
  audit: {
    level: 'request',
    verbs: WRITE_VERBS,
    resources: ['pods/eviction', ...SCALED, ...SCALED.map((resource) => `${resource}/scale`)],
    // Autoscalers and upgraders of nodes are service accounts, and evicting is what they do.
    actor: (actor: Actor) => isUserOrWorkload(actor) && actor.serviceAccount === undefined,
  },
  find: (event) => event.object.resource === 'pods' || scalesToZero(event),
  window: threshold({ limit: 40, of: 'distinct pods and workloads stopped', minutes: 10 }),
  distinct: (_found, { object }) => [object.resource, object.namespace, object.name].join('/'),
  summary: (_found, event) => said(event, 'stop', 'many pods or workloads in a short time'),
});

const evicts = (count: number, by = alice, parts = {}) =>
  series(count, (at, i) => call(by, `create pods/eviction shop/web-${i}`, { at, ...parts }), SECOND);
const scales = (count: number, verb: string, spec: Json, by = alice, resource = 'deployments.apps/scale') =>
  series(count, (at, i) => call(by, `${verb} ${resource} shop/web-${i}`, { at, request: { spec } }), SECOND);
const account = '444455556666';

export const examples = () => ({
  fires: {
    'alice stopped many pods or workloads in a short time': evicts(41),
    'bob stopped many pods or workloads in a short time': [
      ...scales(25, 'patch', { replicas: 0 }, bob, 'statefulsets.apps'),
      ...scales(25, 'patch', { replicas: null }, bob),
    ],
    'dave stopped many pods or workloads in a short time': [...evicts(25, dave), ...scales(25, 'update', {}, dave)],
    // A role with the name of Auto Mode’s, in another account.
    'AmazonEKS (AWSServiceRoleForAmazonEKS) stopped many pods or workloads in a short time': evicts(
      41,
      autoMode({ account }),
      allowedToAutoMode('AmazonEKSComputeClusterPolicy', account),
    ),
  },
  silent: {
    'Auto Mode consolidates': evicts(200, autoMode(), allowedToAutoMode()),
    'Karpenter consolidates': evicts(200, serviceAccount('kube-system', 'karpenter')),
    'a drain that is only tried': evicts(80, alice, { request: { deleteOptions: { dryRun: ['All'] } } }),
    'one node is drained': evicts(40),
    'scaled down, but not to zero': scales(80, 'patch', { replicas: 1 }),
    'one pod that will not go': evicts(80, alice, { name: 'web' }),
  },
});
