import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { component, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';
import { isDiscoveryRole, nameOfRole, powerOf, requestedBinding } from '../../sdk/rbac.ts';
import { members, user, writeBinding } from '../../sdk/rbac-examples.ts';
import { BINDING_WRITES } from '../../sdk/rbac-requests.ts';

/** How many stand behind a name: the whole Internet, everybody with credentials, or every pod of one namespace. */
const BREADTHS = [
  ['anybody', /^system:(?:anonymous|unauthenticated)$/],
  ['everybody', /^system:(?:authenticated|serviceaccounts)$/],
  ['a namespace', /^system:serviceaccounts:.+$/],
] as const;

const broadestIn = (event: AuditEvent): { readonly name: string; readonly breadth: string } | undefined => {
  const binding = requestedBinding(event);
  if (binding === undefined || isDiscoveryRole(binding.role)) return undefined;
  for (const [breadth, pattern] of BREADTHS) {
    const subject = binding.subjects.find(({ kind, name }) => kind !== 'serviceaccount' && pattern.test(name));
    if (subject !== undefined) return { name: subject.name, breadth };
  }
  return undefined;
};

export default defineDetection({
  id: 'broad-group-bound',
  title: 'Role bound to everybody',
  description:
    'A role was bound to a group that Kubernetes puts callers into by itself: those without credentials, all with credentials, all service accounts, or all of one namespace. Roles that only show what the API offers are left out.',
  tactic: 'persistence',
  attack: ['T1098.006'],
  impact: 90,
  confidence: 90,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'A harmless role for all who are authenticated, such as reading a public ConfigMap; and roles for all pods of one namespace, which weigh little.',
  triage:
    'A binding to system:anonymous or system:unauthenticated is open to the Internet when the endpoint is public: delete it first.',
  references: [
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-kubernetes.html#policy-kubernetes-anonymousaccessgranted',
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings',
  ],
  answers: [
    'guardduty:Policy:Kubernetes/AnonymousAccessGranted',
    'elastic:persistence_anonymous_user_bound_to_clusterrole',
    'google:Privilege Escalation: Effectively Anonymous Users Granted GKE Cluster Access',
  ],
  needs: 'body',
  on: BINDING_WRITES,
  match: (event) => !event.dryRun && broadestIn(event) !== undefined,
  weight: (event) => {
    const binding = requestedBinding(event);
    const breadth = broadestIn(event)?.breadth;
    const isPowerful = binding !== undefined && powerOf(binding.role) !== undefined;
    const doubt = event.outcome === 'denied' ? 20 : 0;
    if (breadth === 'anybody' || (breadth === 'everybody' && isPowerful)) return { confidence: 90 - doubt };
    if (isPowerful) return { impact: 80, confidence: 70 - doubt };
    return breadth === 'everybody' ? { impact: 70, confidence: 60 - doubt } : { impact: 40, confidence: 50 - doubt };
  },
  entities: (event) => {
    const binding = requestedBinding(event);
    return {
      binding: binding === undefined ? '' : nameOfRole(binding),
      group: broadestIn(event)?.name ?? '',
      principal: principalOf(event.actor),
    };
  },
  summary: (event) => {
    const binding = requestedBinding(event);
    const where = binding === undefined || binding.namespace === '' ? '' : ` in ${binding.namespace}`;
    return `${whoDid(event, 'bound', 'bind')} ${binding?.role.name}${where} to ${broadestIn(event)?.name}`;
  },
});

export const examples = () => ({
  fires: {
    'alice bound view to system:anonymous': writeBinding(human(), 'view', [user('eve'), user('system:anonymous')]),
    'bob bound reader to system:unauthenticated': writeBinding(human('bob'), 'reader', [
      members('system:serviceaccounts:shop'),
      members('system:unauthenticated'),
    ]),
    'carol bound edit in shop to system:authenticated': writeBinding(
      human('carol'),
      'edit',
      [members('system:authenticated')],
      { namespace: 'shop' },
    ),
    'deploy-pipeline bound reader to system:serviceaccounts:shop': writeBinding(pipeline(), 'reader', [
      members('system:serviceaccounts:shop'),
    ]),
    'mallory was refused to bind cluster-admin to system:serviceaccounts': writeBinding(
      human('mallory'),
      'cluster-admin',
      [members('system:serviceaccounts')],
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'a group of the team': writeBinding(human(), 'cluster-admin', [members('platform')]),
    'the version is public': writeBinding(human(), 'system:public-info-viewer', [members('system:unauthenticated')]),
    'the API server writes its own when it starts': writeBinding(component('apiserver'), 'system:basic-user', [
      members('system:authenticated'),
    ]),
    'a name that only begins like one': writeBinding(human(), 'reader', [members('system:authenticated-partners')]),
  },
});
