import type { AuditEvent } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bind, bob, component, mallory } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';
import { isDiscoveryRole, nameOfRole, powerOf, requestedBinding } from '../../sdk/rbac.ts';
import { BINDING_WRITES } from '../../sdk/rbac-requests.ts';

/** Whom a group or user name takes in: the whole internet, everybody with credentials, or every pod of one namespace. */
const BREADTHS = [
  ['anybody', /^system:(?:anonymous|unauthenticated)$/],
  ['everybody', /^system:(?:authenticated|serviceaccounts)$/],
  ['a namespace', /^system:serviceaccounts:.+$/],
] as const;

const broadSubjectOf = (event: AuditEvent) => {
  const binding = requestedBinding(event);
  if (binding === undefined || isDiscoveryRole(binding.role)) return undefined;
  for (const [breadth, pattern] of BREADTHS) {
    const subject = binding.subjects.find(({ kind, name }) => kind !== 'serviceaccount' && pattern.test(name));
    if (subject !== undefined) return { binding, breadth, group: subject.name };
  }
  return undefined;
};

export default defineDetection({
  id: 'broad-group-bound',
  title: 'Role bound to everybody (system:authenticated, system:anonymous)',
  description:
    'A role was bound to a group that Kubernetes puts callers into by itself: callers without credentials, all authenticated callers, all service accounts, or all of one namespace.',
  tactic: 'persistence',
  techniques: ['T1098.006'],
  impact: 90,
  confidence: 90,
  denied: { confidence: 70 },
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'A harmless role for all who are authenticated, such as reading a public ConfigMap.',
  triage:
    'Find the binding: kubectl get clusterrolebinding,rolebinding -A -o wide. One to system:anonymous or system:unauthenticated is open to the internet when the endpoint is public. Delete it: kubectl delete clusterrolebinding <name>, or kubectl -n <namespace> delete rolebinding <name>.',
  references: [
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-kubernetes.html#policy-kubernetes-anonymousaccessgranted',
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings',
  ],
  related: [
    'guardduty:Policy:Kubernetes/AnonymousAccessGranted',
    'google:Privilege Escalation: Effectively Anonymous Users Granted GKE Cluster Access',
  ],
  audit: BINDING_WRITES,
  find: broadSubjectOf,
  weight: ({ binding, breadth }) => {
    const isPowerful = powerOf(binding.role) !== undefined;
    if (breadth === 'anybody' || (breadth === 'everybody' && isPowerful)) return {};
    if (isPowerful) return { impact: 80, confidence: 70 };
    return breadth === 'everybody' ? { impact: 70, confidence: 60 } : { impact: 40, confidence: 50 };
  },
  entities: ({ binding, group }) => ({ binding: nameOfRole(binding), group }),
  summary: ({ binding, group }, event) =>
    said(event, 'bind', `${binding.role.name}${inNamespace(binding.namespace)} to ${group}`),
});

export const examples = () => ({
  fires: {
    'bob bound view to system:anonymous': bind(bob, 'view to group system:authenticated, user system:anonymous'),
    'alice bound reader to system:unauthenticated': bind(alice, 'reader to group system:unauthenticated'),
    'alice bound edit in namespace shop to system:authenticated': bind(
      alice,
      'shop/edit to group system:authenticated',
    ),
    'alice bound reader to system:serviceaccounts:shop': bind(alice, 'reader to group system:serviceaccounts:shop'),
    'mallory was denied binding admin to system:serviceaccounts': bind(
      mallory,
      'admin to group system:serviceaccounts',
      {
        code: 403,
      },
    ),
  },
  silent: {
    'a group of the team': bind(alice, 'cluster-admin to group platform'),
    'the version is public': bind(alice, 'system:public-info-viewer to group system:unauthenticated'),
    'the API server writes its own when it starts': bind(
      component('apiserver'),
      'system:basic-user to group system:authenticated',
    ),
    'a name that only begins like one': bind(alice, 'reader to group system:authenticated-partners'),
  },
});
