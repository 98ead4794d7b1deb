import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { audit, component, human, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { CREATE_VERBS, isNew, nameOfObject, said } from '../../sdk/phrases.ts';

type Parts = Partial<RequestParts>;

export default defineDetection({
  id: 'daemon-set-created',
  title: 'DaemonSet created',
  description:
    'Somebody created a DaemonSet: one pod on every node, and on every node that joins from now on. An attacker reaches all nodes with one request.',
  tactic: 'persistence',
  techniques: ['T1543.005'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'The installation of an agent: logs, metrics, storage, security.',
  triage:
    'Read the image, and the host access that the template requests: kubectl -n <namespace> get daemonset <name> -o yaml. Delete the DaemonSet when nobody answers for it; its pods go with it.',
  references: ['https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/'],
  related: ['splunk:Kubernetes DaemonSet Deployed', 'panther:k8s_daemonset_created'],
  audit: {
    level: 'metadata',
    verbs: CREATE_VERBS,
    resources: ['daemonsets'],
    actor: (actor: Actor) => !isControlPlane(actor),
  },
  find: (event) => event.object.group === 'apps' && isNew(event),
  entities: (_found, { object }) => ({ workload: nameOfObject(object) }),
  summary: (_found, event) => said(event, 'create', nameOfObject(event.object)),
});

const write = (verb: string, by = human(), parts: Parts = {}) =>
  audit({ verb, by, resource: 'daemonsets.apps', namespace: 'default', name: 'agent', ...parts });

export const examples = () => ({
  fires: {
    'alice created daemonset default/agent': write('create'),
    'deploy-pipeline created daemonset default/agent': write('patch', pipeline(), { code: 201 }),
    'bob created daemonset default/(unnamed)': write('create', human('bob'), { name: '' }),
    'mallory was denied creating daemonset default/agent': write('create', human('mallory'), { code: 403 }),
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
