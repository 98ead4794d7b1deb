import type { AuditEvent } from '../../events/event.ts';
import { isDangerous } from '../../sdk/dangerous-grants.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { account, alice, bob, element, user, writeBinding, writeRole } from '../../sdk/examples.ts';
import { BINDINGS, nameOfRole, ROLES, requestedBinding, requestedRole } from '../../sdk/rbac.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';
import { threshold } from '../../sdk/windows.ts';

/** What a request says about a role: that it was made dangerous, or that it was bound. */
const stepOf = (event: AuditEvent): { readonly step: 'made' | 'bound'; readonly role: string } | undefined => {
  const role = requestedRole(event);
  if (role !== undefined) return isDangerous(role) ? { step: 'made', role: nameOfRole(role) } : undefined;
  const binding = requestedBinding(event);
  if (binding === undefined) return undefined;
  const namespace = binding.role.kind === 'role' ? binding.namespace : '';
  return { step: 'bound', role: nameOfRole({ ...binding.role, namespace }) };
};

export default defineDetection({
  id: 'dangerous-role-bound',
  title: 'Role given dangerous permissions, and bound (ClusterRole backdoor)',
  description:
    'Within a day a role was given all permissions, or the right to escalate, bind or impersonate, and was bound to somebody. That is cluster-admin under another name. The order of the two steps does not matter, nor whether one person did both.',
  tactic: 'persistence',
  techniques: ['T1098.006'],
  impact: 90,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives: 'The installation of an operator that was written generously, or of a GitOps controller.',
  triage:
    'Read the role and who is bound to it: kubectl get clusterrole <name> -o yaml, kubectl get clusterrolebindings,rolebindings -A -o wide. Delete the binding, then the role, and list what the subjects did since.',
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
  entities: ({ role }) => ({ role }),
  principal: false,
  summary: ({ role }) => `A dangerous ${role} was made and bound`,
});

const everything = [/* @__PURE__ */ element(['*'], ['*'], ['*'])];
const at = (time: string) => ({ at: `2026-03-02T${time}:00.000000Z` });

export const examples = () => ({
  fires: {
    'A dangerous clusterrole evil was made and bound': [
      writeRole(alice, everything, { name: 'evil', ...at('10:15') }),
      writeBinding(alice, 'evil', [account('kube-system', 'evil')], at('10:16')),
    ],
    'A dangerous clusterrole list was made and bound': [
      writeRole(alice, [{ ...element(['*'], ['*'], ['*']), resourceNames: [''] }], { name: 'list', ...at('10:15') }),
      writeBinding(alice, 'list', [account('kube-system', 'evil')], at('10:16')),
    ],
    'A dangerous role team/evil was made and bound': [
      writeBinding(bob, 'evil', [user('eve')], { namespace: 'team', roleKind: 'Role', ...at('09:00') }),
      writeRole(alice, everything, { name: 'evil', namespace: 'team', ...at('21:00') }),
    ],
  },
  silent: {
    'made and never bound': writeRole(alice, everything),
    'bound twice, and harmless': [
      writeRole(alice, [element(['get'], ['pods'])], at('10:00')),
      writeBinding(alice, 'reader', [user('eve')], at('10:01')),
      writeBinding(alice, 'reader', [user('eve')], at('10:02')),
    ],
    'two roles of one name in two namespaces': [
      writeRole(alice, everything, { name: 'evil', namespace: 'a', ...at('10:00') }),
      writeBinding(alice, 'evil', [user('eve')], { namespace: 'b', roleKind: 'Role', ...at('10:01') }),
    ],
    'a dangerous role that was refused': [
      writeRole(alice, everything, { code: 403, refusedBy: 'admission', ...at('10:00') }),
      writeBinding(alice, 'reader', [user('eve')], at('10:01')),
    ],
  },
});
