/** Builders of raw records that write roles and bindings, for the examples beside the detections. */

import type { JsonObject } from '../primitives/json.ts';
import type { Caller } from './caller-examples.ts';
import { audit, type RequestParts } from './record-examples.ts';

const group = (resource: string): string => `${resource}.rbac.authorization.k8s.io`;

/** One element of a role's rules; by default of the core group. */
export const element = (
  verbs: readonly string[],
  resources: readonly string[],
  apiGroups: readonly string[] = [''],
) => ({
  apiGroups,
  resources,
  verbs,
});

/** Somebody writes a ClusterRole, or a Role where `parts` name a namespace. */
export const writeRole = (by: Caller, rules: readonly JsonObject[], parts: Partial<RequestParts> = {}): JsonObject => {
  const { name = 'reader', namespace } = parts;
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  return audit({
    verb: 'create',
    by,
    resource: group(`${kind.toLowerCase()}s`),
    name,
    request: { kind, apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name }, rules },
    ...parts,
  });
};

/** Somebody writes a ClusterRoleBinding, or a RoleBinding where `parts` name a namespace. */
export const writeBinding = (
  by: Caller,
  role: string,
  subjects: readonly JsonObject[],
  parts: Partial<RequestParts> & { readonly roleKind?: string } = {},
): JsonObject => {
  const { roleKind = 'ClusterRole', ...rest } = parts;
  const { name = 'grant', namespace } = rest;
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  return audit({
    verb: 'create',
    by,
    resource: group(`${kind.toLowerCase()}s`),
    name,
    request: {
      kind,
      apiVersion: 'rbac.authorization.k8s.io/v1',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: role },
      subjects,
    },
    ...rest,
  });
};

export const user = (name: string): JsonObject => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
export const members = (name: string): JsonObject => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name });
export const account = (namespace: string, name: string): JsonObject => ({ kind: 'ServiceAccount', namespace, name });

const subject = (line: string): JsonObject => {
  const [kind, fullName = ''] = line.split(' ');
  if (kind !== 'account') return kind === 'group' ? members(fullName) : user(fullName);
  const [name = '', namespace] = fullName.split('/').reverse();
  return namespace === undefined ? { kind: 'ServiceAccount', name } : account(namespace, name);
};

/**
 * `writeBinding` as a line: `bind(alice, 'shop/edit to user eve, group platform, account ci/deployer')`. A denied one has its body: RBAC
 * allows to write bindings, and a later check denies to hand on what the caller does not have.
 *
 * @param line the role, with a namespace for a RoleBinding, and the subjects
 */
export const bind = (
  by: Caller,
  line: string,
  parts: Partial<RequestParts> & { readonly roleKind?: string } = {},
): JsonObject => {
  const [target = '', subjects = ''] = line.split(' to ');
  const [role = '', namespace] = target.split('/').reverse();
  const listed = subjects.split(', ').filter(Boolean).map(subject);
  return writeBinding(by, role, listed, { ...(namespace && { namespace }), refusedBy: 'admission', ...parts });
};
