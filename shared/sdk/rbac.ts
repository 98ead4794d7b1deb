/** Roles and bindings, read rule element by rule element: a wildcard in one element says nothing about the next. */
import { serviceAccountOf } from '../events/actor.ts';
import type { AuditEvent } from '../events/event.ts';
import { at, isObject, type JsonObject, objectAt, objectsAt, textAt, textsAt } from '../primitives/json.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
export const ROLES: readonly string[] = ['clusterroles', 'roles'];
export const BINDINGS: readonly string[] = ['clusterrolebindings', 'rolebindings'];

/** One element of a role's rules. */
export interface RoleRule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  /** Names that the element is limited to; empty for any. */
  readonly names: readonly string[];
}

/** A role as a request writes it. */
export interface Role {
  /** `clusterrole` or `role`. */
  readonly kind: string;
  readonly name: string;
  /** Empty for a cluster role. */
  readonly namespace: string;
  readonly rules: readonly RoleRule[];
  /** An aggregation that takes in the rules of every cluster role. */
  readonly aggregatesAll: boolean;
}

const ruleOf = (element: JsonObject): RoleRule => ({
  verbs: textsAt(element, 'verbs'),
  groups: textsAt(element, 'apiGroups'),
  resources: textsAt(element, 'resources'),
  names: textsAt(element, 'resourceNames'),
});

/** Whether a request of this verb writes one of these fields; a patch that leaves them alone changes nothing that matters here. */
const writes = (event: AuditEvent, ...fields: readonly string[]): boolean =>
  event.verb !== 'patch' ||
  event.requestObject === undefined ||
  fields.some((field) => event.requestObject?.[field] !== undefined);

/**
 * The role that a request writes: its rules as they were stored, and as they were asked for where nothing was stored. Undefined for
 * other resources, for a record without a body, and for a patch that leaves the rules as they were.
 */
export const requestedRole = (event: AuditEvent): Role | undefined => {
  const { object, body } = event;
  if (object.group !== RBAC_GROUP || object.subresource !== '' || !ROLES.includes(object.resource)) return undefined;
  if (body === undefined || !writes(event, 'rules', 'aggregationRule')) return undefined;
  return {
    kind: object.resource.slice(0, -1),
    name: object.name || textAt(body, 'metadata', 'name') || textAt(body, 'metadata', 'generateName'),
    namespace: object.resource === 'roles' ? object.namespace : '',
    rules: objectsAt(body, 'rules').map(ruleOf),
    aggregatesAll: objectsAt(body, 'aggregationRule', 'clusterRoleSelectors').some(selectsAll),
  };
};

/** A label selector without a requirement selects everything. */
const selectsAll = (selector: JsonObject): boolean =>
  Object.keys(objectAt(selector, 'matchLabels') ?? {}).length === 0 &&
  objectsAt(selector, 'matchExpressions').length === 0;

const includes = (listed: readonly string[], wanted: string): boolean =>
  listed.includes('*') || listed.includes(wanted);

/**
 * Whether one element grants one of these verbs on a resource (`pods/exec`) of a group. As the RBAC authorizer reads it: `*` stands for
 * every resource with every subresource, `*` before a slash for every resource with that subresource, `pods/*` for nothing.
 */
export const grants = (rule: RoleRule, verbs: readonly string[], group: string, resource: string): boolean => {
  const slash = resource.indexOf('/');
  return (
    includes(rule.groups, group) &&
    verbs.some((verb) => includes(rule.verbs, verb)) &&
    (includes(rule.resources, resource) || (slash >= 0 && rule.resources.includes(`*${resource.slice(slash)}`)))
  );
};

/** Who a binding gives its role to. */
export interface Subject {
  /** `user`, `group` or `serviceaccount`; a user name that stands for a service account is one. */
  readonly kind: string;
  /** `namespace/name` for a service account. */
  readonly name: string;
}

export interface Binding {
  readonly kind: string;
  readonly name: string;
  /** Empty for a cluster role binding. */
  readonly namespace: string;
  readonly role: { readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
}

const subjectOf = (entry: JsonObject, namespace: string): Subject => {
  const name = textAt(entry, 'name');
  const kind = textAt(entry, 'kind').toLowerCase();
  if (kind === 'serviceaccount') return { kind, name: `${textAt(entry, 'namespace') || namespace}/${name}` };
  const account = kind === 'user' ? serviceAccountOf(name) : undefined;
  return account === undefined
    ? { kind, name }
    : { kind: 'serviceaccount', name: `${account.namespace}/${account.name}` };
};

/** The binding that a request writes, with the same limits as `requestedRole`. A binding without subjects gives nobody anything. */
export const requestedBinding = (event: AuditEvent): Binding | undefined => {
  const { object, body } = event;
  if (object.group !== RBAC_GROUP || object.subresource !== '' || !BINDINGS.includes(object.resource)) return undefined;
  if (body === undefined || !writes(event, 'subjects', 'roleRef')) return undefined;
  const role = at(body, 'roleRef');
  const namespace = object.resource === 'rolebindings' ? object.namespace : '';
  const subjects = objectsAt(body, 'subjects').map((entry) => subjectOf(entry, namespace));
  if (!isObject(role) || subjects.length === 0) return undefined;
  return {
    kind: object.resource.slice(0, -1),
    name: object.name || textAt(body, 'metadata', 'name') || textAt(body, 'metadata', 'generateName'),
    namespace,
    role: { kind: textAt(role, 'kind').toLowerCase(), name: textAt(role, 'name') },
    subjects,
  };
};

/** Built-in roles that hand out little: what anybody may look up, and the delegation of one's own authentication. */
const HARMLESS_BUILT_IN = new Set([
  'system:aggregated-metrics-reader',
  'system:auth-delegator',
  'system:basic-user',
  'system:coredns',
  'system:discovery',
  'system:kube-dns',
  'system:metrics-server',
  'system:monitoring',
  'system:node-problem-detector',
  'system:node-proxier',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
]);

/** What anybody may know, credentials or not. */
const DISCOVERY = new Set([
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
]);

/** Power of a role that goes by a known name. `all`: the cluster is theirs; `much`: workloads and secrets are, where it is bound. */
export type Power = 'all' | 'much';

/**
 * What a role's name says about its power; undefined says nothing. Names of `system:` and `eks:` that are not on the list of harmless ones
 * are the control plane's own: nobody else has a reason to hold them.
 */
export const powerOf = ({ kind, name }: Binding['role']): Power | undefined => {
  if (kind !== 'clusterrole') return undefined;
  if (name === 'cluster-admin') return 'all';
  if (name === 'admin' || name === 'edit') return 'much';
  return /^(?:system|eks):/.test(name) && !HARMLESS_BUILT_IN.has(name) ? 'all' : undefined;
};

export const isDiscoveryRole = ({ name }: Binding['role']): boolean => DISCOVERY.has(name);

/** A role whose rights end with one namespace that is not the system's own. */
export const isSmall = ({ kind, namespace }: Pick<Role, 'kind' | 'namespace'>): boolean =>
  kind === 'role' && namespace !== 'kube-system';

/** `clusterrole reader`, `role default/reader`. */
export const nameOfRole = ({ kind, namespace, name }: Pick<Role, 'kind' | 'namespace' | 'name'>): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

/** `service account ci/deployer`, `group system:authenticated`. */
export const nameOfSubject = ({ kind, name }: Subject): string =>
  `${kind === 'serviceaccount' ? 'service account' : kind} ${name}`;
