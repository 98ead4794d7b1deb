import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { human } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { nameOfRole, powerOf, requestedBinding } from '../../sdk/rbac.ts';
import { account, user, writeBinding } from '../../sdk/rbac-examples.ts';
import { BINDING_WRITES } from '../../sdk/rbac-requests.ts';

/** Namespaces whose default service account gets a powerful role. */
const namespacesIn = (event: AuditEvent): readonly string[] => {
  const binding = requestedBinding(event);
  if (binding === undefined || powerOf(binding.role) === undefined) return [];
  return binding.subjects
    .filter(({ kind, name }) => kind === 'serviceaccount' && name.endsWith('/default'))
    .map(({ name }) => name.slice(0, -'/default'.length));
};

export default defineDetection({
  id: 'default-service-account-bound',
  title: 'Powerful role bound to a default service account',
  description:
    'The default service account of a namespace was given a powerful role. Every pod there that names no account of its own has that power, and its token lies in the pod’s file system.',
  tactic: 'persistence',
  attack: ['T1098.006'],
  impact: 80,
  confidence: 80,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'Instructions on the web that were followed to get something running. It is as dangerous then.',
  triage: 'Delete the binding and give the one workload that needs it an account of its own.',
  references: [
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-kubernetes.html#policy-kubernetes-adminaccesstodefaultserviceaccount',
  ],
  answers: ['guardduty:Policy:Kubernetes/AdminAccessToDefaultServiceAccount'],
  needs: 'body',
  on: BINDING_WRITES,
  match: (event) => !event.dryRun && namespacesIn(event).length > 0,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 60 } : {}),
  entities: (event) => {
    const binding = requestedBinding(event);
    return { binding: binding === undefined ? '' : nameOfRole(binding), principal: principalOf(event.actor) };
  },
  summary: (event) =>
    `${whoDid(event, 'bound', 'bind')} ${requestedBinding(event)?.role.name} to the default service account of ${listed(namespacesIn(event))}`,
});

export const examples = () => ({
  fires: {
    'alice bound cluster-admin to the default service account of shop': writeBinding(human(), 'cluster-admin', [
      user('eve'),
      account('shop', 'default'),
    ]),
    'bob bound admin to the default service account of shop': writeBinding(
      human('bob'),
      'admin',
      [{ kind: 'ServiceAccount', name: 'default' }],
      { namespace: 'shop' },
    ),
    'mallory was refused to bind edit to the default service account of shop': writeBinding(
      human('mallory'),
      'edit',
      [user('system:serviceaccount:shop:default')],
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'an account of its own': writeBinding(human(), 'cluster-admin', [account('shop', 'api')]),
    'a role that only looks': writeBinding(human(), 'view', [account('shop', 'default')]),
    'an account in the namespace default': writeBinding(human(), 'cluster-admin', [account('default', 'api')]),
  },
});
