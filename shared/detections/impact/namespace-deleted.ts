import { isControlPlane } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import { audit, controller, human } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'namespace-deleted',
  title: 'Namespace deleted',
  description: 'Somebody deleted a namespace, and with one request everything in it.',
  tactic: 'impact',
  attack: ['T1485'],
  impact: 50,
  confidence: 60,
  type: 'Hunting',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives: 'Environments that are made for a branch and cleared away. Suppress their names.',
  triage: 'Candidate the principal; a namespace that is being deleted can’t be kept, only restored.',
  references: ['https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/'],
  answers: ['falco:K8s Namespace Deleted'],
  needs: 'header',
  on: {
    verbs: ['delete'],
    resources: ['namespaces'],
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: ({ object, dryRun }) => !dryRun && object.group === '',
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: ({ object, actor }) => ({ namespace: object.name || object.namespace, principal: principalOf(actor) }),
  summary: (event) => `${whoDid(event, 'deleted', 'delete')} namespace ${event.object.name || event.object.namespace}`,
});

const remove = (by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({ verb: 'delete', by, resource: 'namespaces', namespace: 'shop', name: 'shop', ...parts });

export const examples = () => ({
  fires: {
    'alice deleted namespace shop': remove(),
    'oscar deleted namespace shop': remove(human('oscar'), {
      query: 'dryRun=All',
      request: { kind: 'DeleteOptions', apiVersion: 'v1' },
    }),
    'mallory was refused to delete namespace kube-system': remove(human('mallory'), { name: 'kube-system', code: 403 }),
  },
  silent: {
    'the controller finishes it': remove(controller('namespace-controller'), {
      verb: 'update',
      resource: 'namespaces/finalize',
    }),
    'an object in it': remove(human(), { resource: 'configmaps', name: 'settings' }),
    'a custom resource of that name': remove(human(), { resource: 'namespaces.example.com' }),
    'a dry run changes nothing': [
      remove(human(), { query: 'dryRun=All', level: 'RequestResponse' }),
      remove(human(), { request: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] } }),
    ],
  },
});
