import { at, type Json } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, carol, controller, DENIED_BY_ADMISSION, mallory, oscar } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';

const LABEL = 'pod-security.kubernetes.io/enforce';

export default defineDetection({
  id: 'pod-security-relaxed',
  title: 'Pod Security Admission relaxed for a namespace (enforce label)',
  description:
    'Somebody removed the label pod-security.kubernetes.io/enforce from a namespace, or set it to privileged. From then on its pods may be privileged and may use the host. A full update that leaves the label out is not seen, because the request does not show what was there before.',
  tactic: 'defense-evasion',
  techniques: ['T1562.001'],
  impact: 80,
  confidence: 60, // The label says what may be, not what is.
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'A namespace for node agents, such as monitoring, needs the level privileged.',
  triage:
    'Look for privileged pods that were created in the namespace since: kubectl -n <namespace> get pods --sort-by=.metadata.creationTimestamp. Put the label back: kubectl label namespace <namespace> --overwrite pod-security.kubernetes.io/enforce=baseline. Pods that already run stay. Delete those that you don’t know.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  ],
  related: [],
  audit: {
    level: 'request',
    verbs: ['update', 'patch'],
    resources: ['namespaces'],
    actor: isNotControlPlane,
  },
  find: ({ requestObject, verb }) => {
    const labels = at(requestObject, 'metadata', 'labels');
    const level = at(labels, LABEL);
    // In a patch, null takes the label away, and so does a null for all labels.
    return level === 'privileged' || (verb === 'patch' && (level === null || labels === null));
  },
  // A full update repeats what was there.
  weight: (_found, event) => (event.verb === 'update' && event.outcome !== 'denied' ? { confidence: 40 } : {}),
  entities: (_found, event) => ({ namespace: event.object.name }),
  summary: (_found, event) => said(event, 'relax', `the pod security of namespace ${event.object.name}`),
});

const relabel = (labels: Json, by = alice, parts = {}) =>
  call(by, 'patch namespaces shop', { request: { metadata: { labels } }, ...parts });
const PRIVILEGED = { [LABEL]: 'privileged' };
const remove = (label: string) => ({ request: [{ op: 'remove', path: `/metadata/labels/${label}` }] });

export const examples = () => ({
  fires: {
    'alice relaxed the pod security of namespace shop': relabel({ [LABEL]: null }),
    'mallory relaxed the pod security of namespace shop': relabel({}, mallory, remove(LABEL.replace('/', '~1'))),
    'carol relaxed the pod security of namespace shop': relabel(null, carol),
    'bob relaxed the pod security of namespace shop': relabel(PRIVILEGED, bob, { verb: 'update' }),
    'oscar was denied relaxing the pod security of namespace shop': relabel(PRIVILEGED, oscar, DENIED_BY_ADMISSION),
  },
  silent: {
    'a stricter level': relabel({ [LABEL]: 'restricted' }),
    'another label goes away': relabel({}, alice, remove('team')),
    'only the warnings are relaxed': relabel({ 'pod-security.kubernetes.io/warn': null }),
    'the word as the value of another label': relabel({ tier: 'privileged' }),
    'an update of a namespace without labels': relabel(null, alice, { verb: 'update' }),
    'the namespace controller': relabel({ [LABEL]: null }, controller('namespace-controller')),
  },
});
