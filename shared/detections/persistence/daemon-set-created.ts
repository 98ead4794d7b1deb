import { isControlPlane } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import { audit, component, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { CREATE_VERBS, isNew, nameOfObject, whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'daemon-set-created',
  title: 'DaemonSet created',
  description:
    'Somebody created a DaemonSet: one pod on every node, and on every node that joins from now on. There is no shorter way to all of them.',
  tactic: 'persistence',
  attack: ['T1543.005'],
  impact: 50,
  confidence: 60,
  type: 'Hunting',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'The installation of an agent: logs, metrics, storage, security.',
  triage: 'Look at the image, and at what the template asks of the node.',
  references: ['https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/'],
  answers: ['splunk:Kubernetes DaemonSet Deployed', 'panther:k8s_daemonset_created'],
  needs: 'header',
  on: {
    verbs: CREATE_VERBS,
    resources: ['daemonsets'],
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: (event) => !event.dryRun && event.object.group === 'apps' && isNew(event),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: ({ object, actor }) => ({ workload: nameOfObject(object), principal: principalOf(actor) }),
  summary: (event) => `${whoDid(event, 'created', 'create')} ${nameOfObject(event.object)}`,
});

const write = (verb: string, by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({ verb, by, resource: 'daemonsets.apps', namespace: 'default', name: 'agent', ...parts });

export const examples = () => ({
  fires: {
    'alice created daemonset default/agent': write('create'),
    'deploy-pipeline created daemonset default/agent': write('patch', pipeline(), { code: 201 }),
    'bob created daemonset default/(unnamed)': write('create', human('bob'), { name: '' }),
    'mallory was refused to create daemonset default/agent': write('create', human('mallory'), { code: 403 }),
  },
  silent: {
    'one that is there already': write('patch'),
    'Amazon EKS installs an add-on': write('create', {
      ...component('apiserver'),
      user: { username: 'eks:addon-manager', groups: ['system:authenticated'] },
    }),
    'a Deployment': write('create', human(), { resource: 'deployments.apps' }),
    'a dry run changes nothing': write('create', human(), { query: 'dryRun=All' }),
  },
});
