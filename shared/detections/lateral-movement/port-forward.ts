import { principalOf } from '../../events/actor.ts';
import { audit, human } from '../../sdk/examples.ts';
import { podOf } from '../../sdk/exec.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'port-forward',
  title: 'Port of a pod forwarded',
  description:
    'Somebody opened a tunnel through the API server to a port of a pod. It passes every network policy and security group, and reaches what listens on the pod’s loopback only.',
  tactic: 'lateral-movement',
  attack: ['T1090'],
  impact: 40,
  confidence: 60,
  type: 'Hunting',
  falsePositives: 'The everyday way to look at a dashboard or a database from a laptop.',
  triage: 'See what the pod serves, and whether the person belongs to its team.',
  references: [
    'https://attack.mitre.org/techniques/T1090/',
    'https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/',
  ],
  answers: ['falco:port-forward'],
  needs: 'header',
  // A WebSocket client sends GET, an SPDY client POST: the verb says nothing.
  on: { resources: ['pods/portforward'], outcomes: ['succeeded', 'denied'] },
  match: () => true,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({ principal: principalOf(event.actor), pod: podOf(event) }),
  summary: (event) => `${whoDid(event, 'forwarded', 'forward')} a port of pod ${podOf(event)}`,
});

const forward = (parts: object = {}) =>
  audit({
    verb: 'get',
    by: human(),
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
    'bob forwarded a port of pod shop/db-0': forward({ by: human('bob'), verb: 'create', query: '' }),
    'mallory was refused to forward a port of pod shop/db-0': forward({ by: human('mallory'), code: 403 }),
  },
  silent: {
    'a Service that is read before its pod is chosen': forward({ resource: 'services', code: 200, query: '' }),
    'a pod of that name': forward({ resource: 'pods', name: 'portforward', code: 200 }),
    'a pod that is not there': forward({ code: 404 }),
  },
});
