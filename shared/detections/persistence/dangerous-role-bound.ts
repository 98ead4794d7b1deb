import type { AuditEvent } from '../../events/event.ts';
import { isDangerous } from '../../sdk/dangerous-grants.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bind, bob, DENIED_BY_ADMISSION, element, writeRole } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { BINDINGS, nameOfRole, nameOfSubject, ROLES, requestedBinding, requestedRole } from '../../sdk/rbac.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';
import { threshold } from '../../sdk/windows.ts';

/** What a request says about a role: that it was made dangerous, or that it was bound. */
const stepOf = (event: AuditEvent) => {
  const made = requestedRole(event);
  if (made !== undefined)
    return isDangerous(made) && { step: 'made', role: nameOfRole(made), bound: '', isBackdoor: false };
  const binding = requestedBinding(event);
  if (binding === undefined) return undefined;
  const { role, namespace, subjects } = binding;
  const bound = `${role.kind} ${role.name}${inNamespace(namespace)} to ${listed(subjects.map(nameOfSubject))}`;
  // Charts bind such roles to the service account of their own software, in a namespace of its own.
  const isBackdoor = subjects.some(
    ({ kind, name }) => kind !== 'serviceaccount' || /^(?:kube-system|default)\//.test(name),
  );
  const bindable = { ...role, namespace: role.kind === 'role' ? namespace : '' };
  return { step: 'bound', role: nameOfRole(bindable), bound, isBackdoor };
};

export default defineDetection({
  id: 'dangerous-role-bound',
  title: 'Role given dangerous permissions, and bound (ClusterRole backdoor)',
  description:
    'Within a day a role was given all permissions, or the right to escalate, bind or impersonate, and was bound to somebody. That is cluster-admin under another name. The order of the two steps does not matter, nor whether one person did both.',
  tactic: 'persistence',
  techniques: ['T1098.006'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'The installation of an operator that asks for more than it needs, or of a GitOps controller.',
  triage:
    'Read the role and who is bound to it: kubectl get clusterrole <name> -o yaml, kubectl get clusterrolebindings,rolebindings -A -o wide. Delete the binding (kubectl delete clusterrolebinding <name>), then the role. List what the subjects did since.',
  references: [
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.persistence.create-admin-clusterrole/',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  ],
  related: ['elastic:privilege_escalation_sensitive_rbac_change_followed_by_workload_modification'],
  audit: { ...ROLE_WRITES, resources: [...ROLES, ...BINDINGS], outcomes: ['succeeded'] },
  find: stepOf,
  // Two steps are two distinct values: more than one of them in the window is both, in whatever order they arrive.
  window: threshold({ limit: 1, of: 'steps, of making and binding,', hours: 24 }),
  distinct: ({ step }) => step,
  weight: ({ isBackdoor }) => (isBackdoor ? { impact: 90, confidence: 80 } : {}),
  entities: ({ role }) => ({ role }),
  principal: false,
  summary: ({ role, bound }, event) =>
    bound === ''
      ? said(event, 'grant', `dangerous permissions to ${role}, which is bound`)
      : said(event, 'bind', `dangerous ${bound}`),
});

const everything = [/* @__PURE__ */ element(['*'], ['*'], ['*'])];
const nameless = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'], resourceNames: [''] }];
const at = (time: string) => ({ at: `2026-03-02T${time}:00.000000Z` });

export const examples = () => ({
  fires: {
    'alice bound dangerous clusterrole reader to service account kube-system/evil': [
      writeRole(alice, everything, at('10:15')),
      bind(alice, 'reader to account kube-system/evil', at('10:16')),
    ],
    'alice bound dangerous clusterrole reader in namespace team to user eve': [
      writeRole(bob, nameless, at('10:15')),
      bind(alice, 'team/reader to user eve', at('10:16')),
    ],
    'alice granted dangerous permissions to role team/reader, which is bound': [
      bind(bob, 'team/reader to user eve', { roleKind: 'Role', ...at('09:00') }),
      writeRole(alice, everything, { namespace: 'team', ...at('21:00') }),
    ],
  },
  silent: {
    'made and never bound': writeRole(alice, everything),
    'bound twice, and harmless': [
      writeRole(alice, [element(['get'], ['pods'])], at('10:00')),
      bind(alice, 'reader to user eve', at('10:01')),
      bind(alice, 'reader to user eve', at('10:02')),
    ],
    'two roles of one name in two namespaces': [
      writeRole(alice, everything, { namespace: 'a', ...at('10:00') }),
      bind(alice, 'b/reader to user eve', { roleKind: 'Role', ...at('10:01') }),
    ],
    'a dangerous role that was refused': [
      writeRole(alice, everything, { ...DENIED_BY_ADMISSION, ...at('10:00') }),
      bind(alice, 'reader to user eve', at('10:01')),
    ],
  },
});
