import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, component, mallory, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { CREATE_VERBS, isNew, nameOfObject, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'daemon-set-created',
  title: 'DaemonSet created (a pod on every node)',
  description:
    'Somebody created a DaemonSet. It runs a pod on every node and on each node that joins later, so an attacker gets a foothold on all of them with one request.',
  tactic: 'persistence',
  techniques: ['T1543.005'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'The installation of an agent: logs, metrics, storage, security.',
  triage:
    'Check the image, and whether the template asks for privileges or paths of the node: kubectl get daemonset <name> -n <namespace> -o yaml. If it is not known, keep a copy of that output and delete the DaemonSet: kubectl delete daemonset <name> -n <namespace>. If it was privileged, replace the nodes.',
  references: [
    'https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/',
    'https://attack.mitre.org/techniques/T1543/005/',
  ],
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

const write = (verb: string, by = alice, parts: Partial<RequestParts> = {}) =>
  audit({ verb, by, resource: 'daemonsets.apps', namespace: 'default', name: 'agent', ...parts });

export const examples = () => ({
  fires: {
    'alice created daemonset default/agent': write('create'),
    'deploy-pipeline created daemonset default/agent': write('patch', pipeline(), { code: 201 }),
    'bob created daemonset default/(unnamed)': write('create', bob, { name: '' }),
    'mallory was denied creating daemonset default/agent': write('create', mallory, { code: 403 }),
  },
  silent: {
    'one that is there already': write('patch'),
    'Amazon EKS installs an add-on': write('create', {
      ...component('apiserver'),
      user: { username: 'eks:addon-manager', groups: ['system:authenticated'] },
    }),
    'a Deployment': write('create', alice, { resource: 'deployments.apps' }),
    'a dry run changes nothing': write('create', alice, { query: 'dryRun=All' }),
  },
});
