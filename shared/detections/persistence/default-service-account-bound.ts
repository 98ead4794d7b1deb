import type { AuditEvent } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bind, bob, mallory } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { nameOfRole, powerOf, requestedBinding } from '../../sdk/rbac.ts';
import { BINDING_WRITES } from '../../sdk/rbac-requests.ts';

/** A binding of a powerful role, with the namespaces whose default service account gets it. */
const powerfulDefaults = (event: AuditEvent) => {
  const binding = requestedBinding(event);
  if (binding === undefined || powerOf(binding.role) === undefined) return undefined;
  const namespaces = binding.subjects
    .filter(({ kind, name }) => kind === 'serviceaccount' && name.endsWith('/default'))
    .map(({ name }) => name.slice(0, -'/default'.length));
  return namespaces.length > 0 && { binding, namespaces };
};

export default defineDetection({
  id: 'default-service-account-bound',
  title: 'Powerful role bound to a default service account',
  description:
    'The default service account of a namespace was given a powerful role. Every pod there that names no account of its own has that power, and its token is in the pod’s file system.',
  tactic: 'persistence',
  techniques: ['T1098.006'],
  impact: 80,
  confidence: 80,
  denied: { confidence: 60 },
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'Somebody followed instructions from the web. The binding is as dangerous then.',
  triage:
    'List the pods that run as this account: kubectl -n <namespace> get pods --field-selector spec.serviceAccountName=default. Delete the binding: kubectl delete clusterrolebinding <name>, or kubectl -n <namespace> delete rolebinding <name>. Give the workload that needs the role a service account of its own.',
  references: [
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-kubernetes.html#policy-kubernetes-adminaccesstodefaultserviceaccount',
  ],
  related: ['guardduty:Policy:Kubernetes/AdminAccessToDefaultServiceAccount'],
  audit: BINDING_WRITES,
  find: powerfulDefaults,
  entities: ({ binding }) => ({ binding: nameOfRole(binding) }),
  summary: ({ binding, namespaces }, event) =>
    said(event, 'bind', `${binding.role.name} to the default service account of ${listed(namespaces)}`),
});

const USER_NAME = 'edit to user system:serviceaccount:shop:default';
const GRANT = 'cluster-admin to user eve, account shop/default';

export const examples = () => ({
  fires: {
    'alice bound cluster-admin to the default service account of shop': bind(alice, GRANT),
    'bob bound admin to the default service account of shop': bind(bob, 'shop/admin to account default'),
    'mallory was denied binding edit to the default service account of shop': bind(mallory, USER_NAME, { code: 403 }),
  },
  silent: {
    'an account of its own': bind(alice, 'cluster-admin to account shop/api'),
    'a role that only looks': bind(alice, 'view to account shop/default'),
    'an account in the namespace default': bind(alice, 'cluster-admin to account default/api'),
    'a user of that name': bind(alice, 'cluster-admin to user shop/default'),
  },
});
