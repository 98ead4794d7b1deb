import { isControlPlane, isNode } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { DELETE_VERBS } from '../../kubernetes/verbs.ts';
import { MINUTE, SECOND } from '../../primitives/time.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  allowedToAutoMode,
  autoMode,
  bob,
  call,
  controller,
  node,
  series,
  serviceAccount,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

/** What workloads make and delete all day: jobs of pipelines, pods of workflows, leases of leader elections, nodes of autoscalers. */
const TRANSIENT = new Set(['events', 'leases', 'endpoints', 'endpointslices', 'pods', 'jobs', 'tokenreviews', 'nodes']);

/** Operators make and delete objects of kinds of their own, one for each of what they manage. */
const isCustom = (group: string): boolean => group.includes('.') && !group.endsWith('.k8s.io');

/** What a cluster can't do without. ConfigMaps and Secrets come and go with the jobs of runners. */
const LASTING = new Set([
  'daemonsets',
  'deployments',
  'ingresses',
  'namespaces',
  'persistentvolumeclaims',
  'persistentvolumes',
  'services',
  'statefulsets',
]);

/** Values that one collection may add; more would only make an aggregate larger. */
const LARGEST_COLLECTION = 100;

export default defineDetection({
  id: 'resources-mass-deleted',
  title: 'Many objects deleted (mass deletion)',
  description:
    'One principal deleted many different objects in a short time: somebody destroys what runs in the cluster, or a clean-up went wrong. The audit log does not say how many objects a deleted collection held, so each counts as ten.',
  tactic: 'impact',
  techniques: ['T1485'],
  impact: 80,
  confidence: 70,
  type: 'Anomaly',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives: 'Somebody uninstalls a large release, or clears a test environment away.',
  triage:
    'Ask the principal whether this was planned, and remove its access meanwhile: aws eks delete-access-entry --cluster-name <cluster> --principal-arn <arn>. If it was not planned, revoke its credentials before you restore anything.',
  references: [
    'https://attack.mitre.org/techniques/T1485/',
    'https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html',
  ],
  related: [],
  audit: {
    level: 'metadata',
    verbs: DELETE_VERBS,
    actor: (actor: Actor) => !isControlPlane(actor) && !isNode(actor),
  },
  options: { collection: [10, 'objects that the deletion of a whole collection counts as'] },
  find: ({ verb, object, actor }, { collection }): readonly string[] => {
    const { group, resource, subresource, namespace, name } = object;
    if (resource === '' || subresource !== '') return [];
    if (actor.serviceAccount !== undefined && (TRANSIENT.has(resource) || isCustom(group))) return [];
    const size = verb === 'delete' ? 1 : Math.min(collection, LARGEST_COLLECTION);
    return Array.from({ length: size }, (_, index) => [group, resource, namespace, name, index].join('/'));
  },
  window: threshold({ limit: 40, of: 'distinct deleted objects', minutes: 10 }),
  distinct: (deleted) => deleted,
  weight: (_deleted, { actor, object }) =>
    actor.serviceAccount !== undefined && !LASTING.has(object.resource) ? { confidence: 40 } : {},
  summary: (_deleted, event) => said(event, 'delete', 'many objects in a short time'),
});

const deletes = (count: number, by = alice, parts = {}, every = SECOND) =>
  series(count, (at, i) => call(by, `delete configmaps shop/object-${i}`, { at, ...parts }), every);

const KINDS = ['configmaps', 'secrets', 'services', 'deployments.apps', 'jobs.batch'];
const collections = (count: number) => KINDS.slice(0, count).map((kind) => call(bob, `deletecollection ${kind} shop/`));

export const examples = () => ({
  fires: {
    'alice deleted many objects in a short time': deletes(41),
    // Deletions of ConfigMaps are logged without bodies, so none proves that it was a dry run.
    'service account shop/api deleted many objects in a short time': deletes(41, serviceAccount('shop', 'api'), {
      query: 'dryRun=All',
    }),
    'bob deleted many objects in a short time': collections(5),
  },
  silent: {
    'a release is taken down': deletes(40),
    'four collections': collections(4),
    'one object again and again': deletes(80, alice, { name: 'same' }),
    'Auto Mode takes nodes away': deletes(80, autoMode(), { resource: 'nodes', namespace: '', ...allowedToAutoMode() }),
    'a kubelet deletes pods that have ended': deletes(80, node(), { resource: 'pods' }),
    'over a whole day': deletes(100, alice, {}, MINUTE),
    'the garbage collector': deletes(200, controller('generic-garbage-collector')),
    'a workflow engine clears its pods away': deletes(200, serviceAccount('ci', 'argo'), { resource: 'pods' }),
    'Karpenter takes nodes away': [
      ...deletes(40, serviceAccount('kube-system', 'karpenter'), { resource: 'nodes', namespace: '' }),
      ...deletes(40, serviceAccount('kube-system', 'karpenter'), {
        resource: 'nodeclaims.karpenter.sh',
        namespace: '',
      }),
    ],
    'DELETE requests to an application, through the API server': deletes(80, alice, { resource: 'services/proxy' }),
    'what was denied is still there': deletes(80, alice, { code: 403 }),
  },
});
