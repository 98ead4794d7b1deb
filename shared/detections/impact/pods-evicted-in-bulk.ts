import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { at } from '../../primitives/json.ts';
import { MINUTE } from '../../primitives/time.ts';
import { allowedToAutoMode, autoMode } from '../../sdk/aws-service-examples.ts';
import { audit, human, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

const SCALED = ['deployments', 'statefulsets', 'replicasets', 'replicationcontrollers'];

/** An eviction, or a request that sets the number of replicas to nothing. */
const stops = (event: AuditEvent): boolean => {
  if (event.object.resource === 'pods') return true;
  const written = event.verb === 'patch' ? (event.requestObject ?? event.body) : event.body;
  return at(written, 'spec', 'replicas') === 0;
};

export default defineDetection({
  id: 'pods-evicted-in-bulk',
  title: 'Many pods evicted or workloads scaled to nothing',
  description:
    'One principal evicted many pods, or set the replicas of many workloads to zero, in a short time. Nothing is deleted, so it looks like maintenance, and everything stands still.',
  tactic: 'impact',
  attack: ['T1489'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives: 'Draining several nodes by hand; switching a test environment off for the night.',
  triage: 'Candidate the principal, and compare with the announced maintenance.',
  references: ['https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/'],
  answers: [],
  needs: 'body',
  on: {
    verbs: ['create', 'update', 'patch'],
    resources: ['pods/eviction', ...SCALED, ...SCALED.map((resource) => `${resource}/scale`)],
    outcomes: ['succeeded'],
    // Autoscalers and upgraders of nodes are service accounts, and evicting is what they do.
    actor: (actor) => isUserOrWorkload(actor) && actor.serviceAccount === undefined,
  },
  options: {
    limit: [40, 'distinct pods and workloads that may be stopped within the window'],
    windowMinutes: [10, 'length of the sliding window, in minutes'],
  },
  match: (event) => !event.dryRun && stops(event),
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowMinutes * MINUTE,
    distinct: ({ object }) => [object.resource, object.namespace, object.name].join('/'),
  },
  entities: ({ actor }) => ({ principal: principalOf(actor) }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} stopped many workloads`,
});

const stop = (count: number, by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  Array.from({ length: count }, (_, index) =>
    audit({
      verb: 'create',
      by,
      resource: 'pods/eviction',
      namespace: 'shop',
      name: `web-${index}`,
      request: { kind: 'Eviction' },
      at: new Date(Date.UTC(2026, 2, 2, 10) + index * 1_000).toISOString(),
      ...parts,
    }),
  );
const scaled = (replicas: number) => ({
  verb: 'patch',
  resource: 'deployments.apps/scale',
  request: { spec: { replicas } },
});

export const examples = () => ({
  fires: {
    'alice stopped many workloads': stop(41),
    'bob stopped many workloads': stop(45, human('bob'), scaled(0)),
    // A role of that name in another account.
    'arn:aws:sts::444455556666:assumed-role/AWSServiceRoleForAmazonEKS/AmazonEKS stopped many workloads': stop(
      41,
      autoMode({ account: '444455556666' }),
      allowedToAutoMode('AmazonEKSComputeClusterPolicy', '444455556666'),
    ),
    'carol stopped many workloads': [
      ...stop(25, human('carol')),
      ...stop(25, human('carol'), { ...scaled(0), resource: 'statefulsets.apps' }),
    ],
  },
  silent: {
    'Auto Mode consolidates': stop(200, autoMode(), allowedToAutoMode()),
    'a drain that is only tried': stop(80, human(), {
      request: { kind: 'Eviction', deleteOptions: { dryRun: ['All'] } },
    }),
    'one node is drained': stop(40),
    'Karpenter consolidates': stop(200, serviceAccount('kube-system', 'karpenter')),
    'scaled down, but not to nothing': stop(80, human(), scaled(1)),
    'one pod that will not go': stop(80, human(), { name: 'web' }),
  },
});
