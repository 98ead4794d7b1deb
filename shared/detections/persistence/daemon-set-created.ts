import { defineDetection } from '../../sdk/detection.ts';
import { alice, amazonEks, call, mallory, pipeline } from '../../sdk/examples.ts';
import { CREATE_VERBS, isNew, nameOfObject, said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';

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
  audit: { level: 'metadata', verbs: CREATE_VERBS, resources: ['daemonsets'], actor: isNotControlPlane },
  find: (event) => event.object.group === 'apps' && isNew(event),
  entities: (_found, { object }) => ({ workload: nameOfObject(object) }),
  summary: (_found, event) => said(event, 'create', nameOfObject(event.object)),
});

const DAEMON_SET = 'daemonsets.apps default/agent';

export const examples = () => ({
  fires: {
    'alice created daemonset default/agent': call(alice, `create ${DAEMON_SET}`),
    'deploy-pipeline created daemonset default/agent': call(pipeline(), `patch ${DAEMON_SET}`, { code: 201 }),
    'alice created daemonset default/(unnamed)': call(alice, 'create daemonsets.apps default/'),
    'mallory was denied creating daemonset default/agent': call(mallory, `create ${DAEMON_SET}`, { code: 403 }),
  },
  silent: {
    'one that is there already': call(alice, `patch ${DAEMON_SET}`),
    'Amazon EKS installs an add-on': call(amazonEks('addon-manager'), `create ${DAEMON_SET}`),
    'a Deployment': call(alice, 'create deployments.apps default/agent'),
    'a custom resource of that name': call(alice, 'create daemonsets.example.com default/agent'),
    'a dry run changes nothing': call(alice, `create ${DAEMON_SET}`, { query: 'dryRun=All' }),
  },
});
