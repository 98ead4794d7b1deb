import { isControlPlane, isNode } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { MINUTE } from '../../primitives/time.ts';
import { allowedToAutoMode, autoMode } from '../../sdk/aws-service-examples.ts';
import { audit, controller, human, pipeline, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** What workloads of a team make and delete all day: jobs of pipelines, pods of workflows, what elects a leader. */
const TRANSIENT = new Set(['events', 'leases', 'endpoints', 'endpointslices', 'pods', 'jobs', 'tokenreviews']);

export default defineDetection({
  id: 'resources-mass-deleted',
  title: 'Many objects deleted',
  description:
    'One principal deleted many different objects in a short time. Deleting a whole collection counts as ten, since the audit log does not tell how many it was.',
  tactic: 'impact',
  attack: ['T1485'],
  impact: 80,
  confidence: 70,
  type: 'Anomaly',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives: 'Taking a large release down, or clearing a test environment away.',
  triage: 'Candidate the principal. If it was not meant, revoke its credentials before you restore anything.',
  references: ['https://attack.mitre.org/techniques/T1485/'],
  answers: [],
  needs: 'header',
  on: {
    verbs: ['delete', 'deletecollection'],
    outcomes: ['succeeded'],
    actor: (actor) => !isControlPlane(actor) && !isNode(actor),
  },
  options: {
    limit: [40, 'distinct objects that may be deleted within the window'],
    windowMinutes: [10, 'length of the sliding window, in minutes'],
    collection: [10, 'objects that the deletion of a whole collection counts as'],
  },
  // Each counts as a value of its own, so that a collection weighs as much as that many objects.
  each: ({ verb }, options): readonly number[] =>
    verb === 'delete' ? [0] : Array.from({ length: Math.min(options.collection, 100) }, (_, index) => index),
  match: ({ object, actor, dryRun }) =>
    !dryRun &&
    object.resource !== '' &&
    object.subresource === '' &&
    !(actor.serviceAccount !== undefined && TRANSIENT.has(object.resource)),
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowMinutes * MINUTE,
    distinct: ({ object }, _options, index) =>
      [object.group, object.resource, object.namespace, object.name, index].join('/'),
  },
  entities: ({ actor }) => ({ principal: principalOf(actor) }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} deleted many objects`,
});

const remove = (count: number, by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}, seconds = 1) =>
  Array.from({ length: count }, (_, index) =>
    audit({
      verb: 'delete',
      by,
      resource: 'configmaps',
      namespace: 'shop',
      name: `object-${index}`,
      at: new Date(Date.UTC(2026, 2, 2, 10) + index * seconds * 1_000).toISOString(),
      ...parts,
    }),
  );
const collections = ['configmaps', 'secrets', 'services', 'deployments.apps', 'jobs.batch', 'persistentvolumeclaims'];

export const examples = () => ({
  fires: {
    'alice deleted many objects': remove(41),
    // Deletions of ConfigMaps are logged without bodies, so none proves that it was a dry run.
    'oscar deleted many objects': remove(41, human('oscar'), { query: 'dryRun=All' }),
    'bob deleted many objects': collections.map((resource, index) =>
      audit({
        verb: 'deletecollection',
        by: human('bob'),
        resource,
        namespace: 'shop',
        at: `2026-03-02T10:00:0${index}.000000Z`,
      }),
    ),
    'service account shop/api deleted many objects': remove(60, serviceAccount('shop', 'api')),
  },
  silent: {
    'a release is taken down': remove(40, pipeline()),
    'one object again and again': remove(80, human(), { name: 'same' }),
    'Auto Mode takes nodes away': remove(80, autoMode(), { resource: 'nodes', namespace: '', ...allowedToAutoMode() }),
    'over a whole day': remove(100, human(), {}, 60),
    'the garbage collector': remove(200, controller('generic-garbage-collector')),
    'a workflow engine clears its pods away': remove(200, serviceAccount('ci', 'argo'), { resource: 'pods' }),
    'what was refused is still there': remove(80, human(), { code: 403 }),
  },
});
