import { isUserOrWorkload } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import { audit, controller, human } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'events-deleted',
  title: 'Kubernetes Events deleted',
  description:
    'Somebody deleted Events, which tell what happened to pods and nodes during the last hour. Amazon EKS logs this only for the API group events.k8s.io, never for the core group, which kubectl uses.',
  tactic: 'defense-evasion',
  attack: ['T1070'],
  impact: 40,
  confidence: 50,
  type: 'TTP',
  falsePositives: 'A tidy test suite. Events expire on their own, so there is hardly a reason to delete any.',
  triage: 'The audit log still holds what the Events told: read what the principal did in the hour before.',
  references: [
    'https://attack.mitre.org/techniques/T1070/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Delete%20K8S%20events/',
    'https://docs.aws.amazon.com/eks/latest/best-practices/auditing-and-logging.html',
  ],
  answers: [
    'sigma:kubernetes_audit_events_deleted',
    'elastic:defense_evasion_events_deleted',
    'defender:K8S_DeleteEvents',
  ],
  needs: 'header',
  on: {
    verbs: ['delete', 'deletecollection'],
    resources: ['events'],
    outcomes: ['succeeded', 'denied'],
    actor: isUserOrWorkload,
  },
  match: (event) => !event.dryRun,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({ namespace: event.object.namespace, principal: principalOf(event.actor) }),
  summary: (event) => {
    const where = event.object.namespace === '' ? 'of the cluster' : `in ${event.object.namespace}`;
    return `${whoDid(event, 'deleted', 'delete')} Events ${where}`;
  },
});

const removal = (by = human('mallory'), parts: object = {}) =>
  audit({
    verb: 'deletecollection',
    by,
    resource: 'events.events.k8s.io',
    namespace: 'default',
    level: 'Metadata',
    ...parts,
  });

export const examples = () => ({
  fires: {
    'mallory deleted Events in default': removal(),
    'alice deleted Events in shop': removal(human(), {
      verb: 'delete',
      namespace: 'shop',
      name: 'web.17a1b2c3d4e5f607',
    }),
    'mallory was refused to delete Events in default': removal(human('mallory'), { code: 403 }),
  },
  silent: {
    'the namespace controller clears up': removal(controller('namespace-controller')),
    'Events are read': removal(human(), { verb: 'list' }),
    'a custom resource that is only called alike': removal(human(), { resource: 'eventsources.argoproj.io' }),
  },
});
