import { isUserOrWorkload } from '../../eks/identities.ts';
import type { Actor, AuditEvent } from '../../events/event.ts';
import { at } from '../../primitives/json.ts';
import { SECOND } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  allowedToAutoMode,
  audit,
  autoMode,
  bob,
  carol,
  type RequestParts,
  series,
  serviceAccount,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

const SCALED = ['deployments', 'statefulsets', 'replicasets', 'replicationcontrollers'];

/** An eviction, or a request that sets the number of replicas to zero. */
const stops = (event: AuditEvent): boolean => {
  if (event.object.resource === 'pods') return true;
  const written = event.verb === 'patch' ? (event.requestObject ?? event.body) : event.body;
  return at(written, 'spec', 'replicas') === 0;
};

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
    'Compare with the announced maintenance, and ask the principal. When it was not meant, revoke the credentials of the principal, then scale the workloads up again: kubectl -n <namespace> scale deployment <name> --replicas <number>. Drained nodes take pods again after kubectl uncordon <node>.',
  references: [
    'https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/',
    'https://attack.mitre.org/techniques/T1489/',
  ],
  related: [],
  audit: {
    level: 'request',
    verbs: ['create', 'update', 'patch'],
    resources: ['pods/eviction', ...SCALED, ...SCALED.map((resource) => `${resource}/scale`)],
    // Autoscalers and upgraders of nodes are service accounts, and evicting is what they do.
    actor: (actor: Actor) => isUserOrWorkload(actor) && actor.serviceAccount === undefined,
  },
  find: stops,
  window: threshold({ limit: 40, of: 'distinct pods and workloads stopped', minutes: 10 }),
  distinct: (_found, { object }) => [object.resource, object.namespace, object.name].join('/'),
  summary: (_found, event) => said(event, 'stop', 'many pods or workloads in a short time'),
});

const stopped = (count: number, parts: Partial<RequestParts> = {}) =>
  series(
    count,
    (time, index) =>
      audit({
        verb: 'create',
        by: alice,
        resource: 'pods/eviction',
        namespace: 'shop',
        name: `web-${index}`,
        request: { kind: 'Eviction' },
        at: time,
        ...parts,
      }),
    SECOND,
  );

const scaledTo = (replicas: number, resource = 'deployments.apps/scale') => ({
  verb: 'patch',
  resource,
  request: { spec: { replicas } },
});

export const examples = () => ({
  fires: {
    'alice stopped many pods or workloads in a short time': stopped(41),
    'bob stopped many pods or workloads in a short time': stopped(45, { by: bob, ...scaledTo(0) }),
    // A role of that name in another account.
    'AmazonEKS (AWSServiceRoleForAmazonEKS) stopped many pods or workloads in a short time': stopped(41, {
      by: autoMode({ account: '444455556666' }),
      ...allowedToAutoMode('AmazonEKSComputeClusterPolicy', '444455556666'),
    }),
    'carol stopped many pods or workloads in a short time': [
      ...stopped(25, { by: carol }),
      ...stopped(25, { by: carol, ...scaledTo(0, 'statefulsets.apps') }),
    ],
  },
  silent: {
    'Auto Mode consolidates': stopped(200, { by: autoMode(), ...allowedToAutoMode() }),
    'a drain that is only tried': stopped(80, { request: { kind: 'Eviction', deleteOptions: { dryRun: ['All'] } } }),
    'one node is drained': stopped(40),
    'Karpenter consolidates': stopped(200, { by: serviceAccount('kube-system', 'karpenter') }),
    'scaled down, but not to zero': stopped(80, scaledTo(1)),
    'one pod that will not go': stopped(80, { name: 'web' }),
  },
});
