import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, type Caller, call, mallory } from '../../sdk/examples.ts';
import { podOf } from '../../sdk/exec.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'port-forward',
  title: 'Port of a pod forwarded (kubectl port-forward)',
  description:
    'Somebody opened a tunnel through the API server to a port of a pod. The tunnel bypasses network policies and security groups. It also reaches ports that listen only on the loopback address of the pod.',
  tactic: 'lateral-movement',
  techniques: ['T1021'],
  impact: 40,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  falsePositives: 'Teams often reach a dashboard or a database in this way from a laptop.',
  triage:
    'See what the pod serves, and whether the person belongs to its team. If not, remove the right to `pods/portforward` from their role, and delete the pod, which ends the tunnel: kubectl -n <namespace> delete pod <name>.',
  references: [
    'https://attack.mitre.org/techniques/T1021/',
    'https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/',
  ],
  related: ['falco:port-forward'],
  // No verbs: a WebSocket client sends GET, an SPDY client POST.
  audit: { level: 'metadata', resources: ['pods/portforward'] },
  entities: (_found, event) => ({ pod: podOf(event) }),
  summary: (_found, event) => said(event, 'forward', `a port of pod ${podOf(event)}`),
});

const forward = (by: Caller, parts = {}, verb = 'get') =>
  call(by, `${verb} pods/portforward shop/db-0`, { query: 'ports=5432', code: 101, ...parts });

export const examples = () => ({
  fires: {
    'alice forwarded a port of pod shop/db-0': [forward(alice, { stage: 'ResponseStarted' }), forward(alice)],
    'bob forwarded a port of pod shop/db-0': forward(bob, { query: '' }, 'create'),
    'mallory was denied forwarding a port of pod shop/db-0': forward(mallory, { code: 403 }),
  },
  silent: {
    'a Service that is read before its pod is chosen': call(alice, 'get services shop/db-0'),
    'a pod of that name': call(alice, 'get pods shop/portforward'),
    'a pod that does not exist': forward(alice, { code: 404 }),
  },
});
