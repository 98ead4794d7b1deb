import { isUserOrWorkload } from '../../eks/identities.ts';
import { DELETE_VERBS } from '../../kubernetes/verbs.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, mallory } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'events-deleted',
  title: 'Kubernetes Events deleted',
  description:
    'Somebody deleted Kubernetes Events, the record of what happened to pods and nodes during the last hour. Amazon EKS logs this for the API group events.k8s.io only, not for the core group that kubectl uses.',
  tactic: 'defense-evasion',
  techniques: ['T1070'],
  impact: 40,
  confidence: 50,
  denied: { confidence: 40 },
  type: 'TTP',
  falsePositives: 'A test suite that cleans up after itself. Events expire on their own, so people rarely delete them.',
  triage:
    'Read in the audit log what the principal did in the hour before; the log holds the requests that the Events were about. List what runs there now: kubectl -n <namespace> get pods -o wide. If a pod is not yours, delete it and revoke the principal’s access.',
  references: [
    'https://attack.mitre.org/techniques/T1070/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Delete%20K8S%20events/',
  ],
  related: [
    'sigma:kubernetes_audit_events_deleted',
    'elastic:defense_evasion_events_deleted',
    'defender:K8S_DeleteEvents',
  ],
  audit: { level: 'metadata', verbs: DELETE_VERBS, resources: ['events'], actor: isUserOrWorkload },
  entities: (_found, { object }) => ({ namespace: object.namespace }),
  summary: (_found, event) => said(event, 'delete', `Kubernetes Events${inNamespace(event.object.namespace)}`),
});

const ALL = 'deletecollection events.events.k8s.io default/';

export const examples = () => ({
  fires: {
    'mallory deleted Kubernetes Events in namespace default': call(mallory, ALL),
    'alice deleted Kubernetes Events in namespace shop': call(
      alice,
      'delete events.events.k8s.io shop/web.17a1b2c3d4e5',
    ),
    'mallory was denied deleting Kubernetes Events in namespace default': call(mallory, ALL, { code: 403 }),
  },
  silent: {
    'the namespace controller clears up': call(controller('namespace-controller'), ALL),
    'Events are read': call(alice, 'list events.events.k8s.io default/'),
    'a custom resource with a similar name': call(alice, 'deletecollection eventsources.argoproj.io default/'),
  },
});
