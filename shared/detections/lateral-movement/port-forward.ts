import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, mallory, type RequestParts } from '../../sdk/examples.ts';
import { podOf } from '../../sdk/exec.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'port-forward',
  title: 'Port of a pod forwarded (kubectl port-forward)',
  description:
    'Somebody opened a tunnel through the API server to a port of a pod. The tunnel bypasses network policies and security groups. It also reaches what listens only on the loopback address of the pod.',
  tactic: 'lateral-movement',
  techniques: ['T1021'],
  impact: 40,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  falsePositives: 'The everyday way to look at a dashboard or a database from a laptop.',
  triage:
    'See what the pod serves, and whether the person belongs to its team. If not, remove the right to create `pods/portforward` from their role, and delete the pod, which ends the tunnel: kubectl -n <namespace> delete pod <name>.',
  references: [
    'https://attack.mitre.org/techniques/T1021/',
    'https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/',
  ],
  related: ['falco:port-forward'],
  // A WebSocket client sends GET, an SPDY client POST: the verb says nothing.
  audit: { level: 'metadata', resources: ['pods/portforward'] },
  entities: (_found, event) => ({ pod: podOf(event) }),
  summary: (_found, event) => said(event, 'forward', `a port of pod ${podOf(event)}`),
});

const forward = (parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'get',
    by: alice,
    resource: 'pods/portforward',
    namespace: 'shop',
    name: 'db-0',
    query: 'ports=5432',
    code: 101,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice forwarded a port of pod shop/db-0': [
      forward({ stage: 'ResponseStarted', auditId: 'a' }),
      forward({ stage: 'ResponseComplete', auditId: 'a' }),
    ],
    'bob forwarded a port of pod shop/db-0': forward({ by: bob, verb: 'create', query: '' }),
    'mallory was denied forwarding a port of pod shop/db-0': forward({ by: mallory, code: 403 }),
  },
  silent: {
    'a Service that is read before its pod is chosen': forward({ resource: 'services', code: 200, query: '' }),
    'a pod of that name': forward({ resource: 'pods', name: 'portforward', code: 200 }),
    'a pod that is not there': forward({ code: 404 }),
  },
});
