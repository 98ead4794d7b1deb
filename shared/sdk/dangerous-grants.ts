/** What one element of a role's rules gives that leads further than it looks. */
import { WRITE_VERBS } from '../kubernetes/verbs.ts';
import { grants, RBAC_GROUP, type Role, type RoleRule } from './rbac.ts';

/** Groups whose every resource together are the cluster, one way or another: pods can be made through each of them. */
const POWERFUL_GROUPS = ['', 'apps', 'batch', RBAC_GROUP, 'admissionregistration.k8s.io', 'certificates.k8s.io'];

/**
 * Verbs of requests that name no object. Names are compared literally, and such a request has the name "", so `resourceNames: [""]`
 * grants these verbs as if there were no names. Source: ResourceNameMatches of the RBAC authorizer.
 */
const NAMELESS = ['create', 'deletecollection', 'list', 'watch'];

/** Whether the names of an element leave nothing of these verbs that reaches every object. */
const isLimited = ({ names }: RoleRule, verbs: readonly string[]): boolean =>
  names.length > 0 && !(names.includes('') && verbs.some((verb) => verb === '*' || NAMELESS.includes(verb)));

/**
 * A wildcard in one element. `all`: every verb on every resource of the core group, of RBAC's or of any; `some`: one of the two, or both
 * in another built-in group. Wildcards of an operator in its own group are how operators are written, and are none.
 */
export const wildcardOf = (rule: RoleRule): 'all' | 'some' | undefined => {
  const [verbs, resources] = [rule.verbs.includes('*'), rule.resources.includes('*')];
  if ((!verbs && !resources) || isLimited(rule, rule.verbs)) return undefined;
  if (verbs && resources && ['*', '', RBAC_GROUP].some((group) => rule.groups.includes(group))) return 'all';
  return ['*', ...POWERFUL_GROUPS].some((group) => rule.groups.includes(group)) ? 'some' : undefined;
};

/** Verbs that only RBAC has, each with what it is asked for on. `*` includes them. */
const ESCALATIONS = [
  ['escalate', RBAC_GROUP, ['clusterroles', 'roles']],
  ['bind', RBAC_GROUP, ['clusterroles', 'roles']],
  ['impersonate', '', ['users', 'groups', 'serviceaccounts']],
  ['impersonate', 'authentication.k8s.io', ['uids', 'userextras']],
] as const;

/** Extra values are granted key by key, as `userextras/scopes`; one key is enough to be somebody else to a webhook. */
const grantsExtras = (rule: RoleRule): boolean =>
  rule.resources.some(
    (resource) =>
      /^(?:userextras|\*)\/./.test(resource) && grants(rule, ['impersonate'], 'authentication.k8s.io', resource),
  );

/** Roles that may be handed on without harm: a right to bind just these is how namespaces are delegated. */
const HARMLESS_TO_BIND = new Set(['view']);

/** Escalating verbs that an element grants, and whether it names them itself or only says `*`. */
export const escalationsOf = (rule: RoleRule): readonly { readonly verb: string; readonly isNamed: boolean }[] => {
  if (wildcardOf(rule) === 'all') return [];
  // Constrained impersonation (KEP-5284) has verbs of its own, such as `impersonate:user-info`.
  const constrained = rule.verbs.find((verb) => verb.startsWith('impersonate:'));
  const plain = ESCALATIONS.filter(
    ([verb, group, resources]) =>
      (resources.some((resource) => grants(rule, [verb], group, resource)) ||
        (group === 'authentication.k8s.io' && grantsExtras(rule))) &&
      !(verb === 'bind' && rule.names.length > 0 && rule.names.every((name) => HARMLESS_TO_BIND.has(name))),
  ).map(([verb]) => ({ verb, isNamed: rule.verbs.includes(verb) }));
  return constrained === undefined ? plain : [...plain, { verb: constrained, isNamed: true }];
};

interface Grant {
  readonly what: string;
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resource: string;
  /** A list of names makes it harmless: a controller's own secret, one account's token. */
  readonly isTamedByNames?: true;
}

/** Who makes pods acts as any service account of the namespace. Deployers and operators have this right, so alone it says little. */
export const WORKLOAD_CREATION = 'workload creation';

const POD_MAKERS = [
  ['', 'pods'],
  ['', 'replicationcontrollers'],
  ['apps', 'daemonsets'],
  ['apps', 'deployments'],
  ['apps', 'replicasets'],
  ['apps', 'statefulsets'],
  ['batch', 'cronjobs'],
  ['batch', 'jobs'],
] as const;

/** Source: "Role Based Access Control Good Practices" in the Kubernetes documentation, privilege escalation risks. */
const GRANTS: readonly Grant[] = [
  { what: 'secrets', verbs: ['get', 'list', 'watch'], group: '', resource: 'secrets', isTamedByNames: true },
  { what: 'exec', verbs: ['create', 'get'], group: '', resource: 'pods/exec' },
  { what: 'attach', verbs: ['create', 'get'], group: '', resource: 'pods/attach' },
  { what: 'ephemeral containers', verbs: ['update', 'patch'], group: '', resource: 'pods/ephemeralcontainers' },
  { what: 'node proxy', verbs: ['get', 'create'], group: '', resource: 'nodes/proxy' },
  {
    what: 'service account tokens',
    verbs: ['create'],
    group: '',
    resource: 'serviceaccounts/token',
    isTamedByNames: true,
  },
  {
    what: 'certificate approval',
    verbs: ['update', 'patch'],
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests/approval',
  },
  ...['mutating', 'validating'].map((kind) => ({
    what: `${kind} webhooks`,
    verbs: WRITE_VERBS,
    group: 'admissionregistration.k8s.io',
    resource: `${kind}webhookconfigurations`,
    isTamedByNames: true as const,
  })),
  ...POD_MAKERS.map(([group, resource]) => ({
    what: WORKLOAD_CREATION,
    verbs: WRITE_VERBS,
    group,
    resource,
    isTamedByNames: true as const,
  })),
  { what: 'persistent volume creation', verbs: ['create'], group: '', resource: 'persistentvolumes' },
  { what: 'namespace labels', verbs: ['update', 'patch'], group: '', resource: 'namespaces', isTamedByNames: true },
];

/** Whether names leave nothing of a grant that reaches every object. A subresource always has the name of its object. */
const isTamed = (rule: RoleRule, verbs: readonly string[], resource: string): boolean =>
  resource.includes('/') ? rule.names.length > 0 : isLimited(rule, granted(rule, verbs));

/** Those of the verbs that an element grants. */
const granted = (rule: RoleRule, verbs: readonly string[]): readonly string[] =>
  rule.verbs.includes('*') ? verbs : verbs.filter((verb) => rule.verbs.includes(verb));

/** What a role gives away, in words; only what one and the same element grants counts. Full wildcards are another detection's. */
export const dangerousGrantsOf = (role: Role): readonly string[] => [
  ...new Set(
    role.rules
      .filter((rule) => wildcardOf(rule) !== 'all')
      .flatMap((rule) =>
        GRANTS.filter(
          ({ verbs, group, resource, isTamedByNames }) =>
            grants(rule, verbs, group, resource) && !(isTamedByNames && isTamed(rule, verbs, resource)),
        ).map(({ what }) => what),
      ),
  ),
];

/** A holder of such a role can make themselves master of what it covers. */
export const isDangerous = (role: Role): boolean =>
  role.aggregatesAll ||
  role.rules.some((rule) => wildcardOf(rule) === 'all' || escalationsOf(rule).some(({ isNamed }) => isNamed));
