import { isControlPlane } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { at } from '../../primitives/json.ts';
import { audit, controller, human } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** Split from security-tooling-removed: it reads a label, and weighs less where a namespace only says what is so already. */
export default defineDetection({
  id: 'pod-security-relaxed',
  title: 'Pod security level of a namespace relaxed',
  description:
    'The label by which a namespace enforces a pod security standard was removed or set to privileged. From then on its pods may ask for the host. A removal by a full update leaves no trace in the request and is not seen.',
  tactic: 'defense-evasion',
  attack: ['T1562.001'],
  impact: 80,
  confidence: 60, // The label says what may be, not what is.
  type: 'TTP',
  falsePositives: 'A namespace for node agents, such as monitoring, needs the level privileged.',
  triage: 'Look for privileged pods created in the namespace soon after, and put the label back.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  ],
  answers: [],
  needs: 'body',
  on: {
    verbs: ['update', 'patch'],
    resources: ['namespaces'],
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: (event) => !event.dryRun && isRelaxed(event),
  weight: (event) => {
    if (event.outcome === 'denied') return { confidence: 50 };
    // A full update repeats what was there.
    return event.verb === 'update' ? { confidence: 40 } : {};
  },
  entities: (event) => ({ namespace: event.object.name, principal: principalOf(event.actor) }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? 'was refused to relax' : 'relaxed';
    return `${nameOf(event.actor, event.impersonated)} ${did} the pod security level of ${event.object.name}`;
  },
});

const LABEL = 'pod-security.kubernetes.io/enforce';

/** In a patch, null takes the label away, and so does a null for all labels. */
const isRelaxed = ({ requestObject, verb }: AuditEvent): boolean => {
  const labels = at(requestObject, 'metadata', 'labels');
  const level = at(labels, LABEL);
  return level === 'privileged' || (verb === 'patch' && (level === null || labels === null));
};

const relabel = (request: unknown, parts: object = {}) =>
  audit({ verb: 'patch', by: human(), resource: 'namespaces', name: 'shop', request: request as never, ...parts });

export const examples = () => ({
  fires: {
    'alice relaxed the pod security level of shop': relabel({ metadata: { labels: { [LABEL]: null } } }),
    'mallory relaxed the pod security level of shop': relabel(
      [{ op: 'remove', path: '/metadata/labels/pod-security.kubernetes.io~1enforce' }],
      { by: human('mallory') },
    ),
    'bob relaxed the pod security level of shop': relabel(
      { metadata: { name: 'shop', labels: { [LABEL]: 'privileged' } } },
      { by: human('bob'), verb: 'update' },
    ),
  },
  silent: {
    'a stricter level': relabel({ metadata: { labels: { [LABEL]: 'restricted' } } }),
    'another label goes away': relabel([{ op: 'remove', path: '/metadata/labels/team' }]),
    'only the warnings are relaxed': relabel({ metadata: { labels: { 'pod-security.kubernetes.io/warn': null } } }),
    'the word as the value of another label': relabel({ metadata: { labels: { tier: 'privileged' } } }),
    'the namespace controller': relabel(
      { metadata: { labels: { [LABEL]: null } } },
      { by: controller('namespace-controller') },
    ),
  },
});
