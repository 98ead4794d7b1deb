/**
 * The audit policy of Amazon EKS as a table, first match wins. Source: "Auditing and logging" in the Amazon EKS best practices guide,
 * https://docs.aws.amazon.com/eks/latest/best-practices/auditing-and-logging.html. How rules match:
 * https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/.
 */

export type Level = 'None' | 'Metadata' | 'Request' | 'RequestResponse';

/** What a policy looks at in a request. */
export interface PolicyRequest {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  /** Empty for a request outside the API, which then has a path. */
  readonly resource: string;
  readonly subresource: string;
  readonly group: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
}

/** Resources of an API group; every one of the group, with every subresource, when none is named. */
interface GroupResources {
  readonly group: string;
  readonly resources?: readonly string[];
  readonly names?: readonly string[];
}

interface PolicyRule {
  readonly level: Level;
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly resources?: readonly GroupResources[];
  /** Paths outside the API; `*` at the end matches everything behind it. */
  readonly paths?: readonly string[];
}

const core = (...resources: readonly string[]): readonly GroupResources[] => [{ group: '', resources }];

/** Groups whose writes are logged with bodies: in particular not events.k8s.io, coordination.k8s.io, and no custom resource. */
const KNOWN_GROUPS: readonly GroupResources[] = [
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'extensions',
  'metrics.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'settings.k8s.io',
  'storage.k8s.io',
].map((group) => ({ group }));

const POLICY: readonly PolicyRule[] = [
  {
    level: 'RequestResponse',
    namespaces: ['kube-system'],
    verbs: ['update', 'patch', 'delete'],
    resources: [{ group: '', resources: ['configmaps'], names: ['aws-auth'] }],
  },
  {
    level: 'None',
    users: ['system:kube-proxy'],
    verbs: ['watch'],
    resources: core('endpoints', 'services', 'services/status'),
  },
  { level: 'None', users: ['kubelet'], verbs: ['get'], resources: core('nodes', 'nodes/status') },
  { level: 'None', groups: ['system:nodes'], verbs: ['get'], resources: core('nodes', 'nodes/status') },
  {
    level: 'None',
    users: [
      'system:kube-controller-manager',
      'system:kube-scheduler',
      'system:serviceaccount:kube-system:endpoint-controller',
    ],
    verbs: ['get', 'update'],
    namespaces: ['kube-system'],
    resources: core('endpoints'),
  },
  {
    level: 'None',
    users: ['system:apiserver'],
    verbs: ['get'],
    resources: core('namespaces', 'namespaces/status', 'namespaces/finalize'),
  },
  {
    level: 'None',
    users: ['system:kube-controller-manager'],
    verbs: ['get', 'list'],
    resources: [{ group: 'metrics.k8s.io' }],
  },
  { level: 'None', paths: ['/healthz*', '/version', '/swagger*'] },
  { level: 'None', resources: core('events') },
  {
    level: 'Request',
    users: ['kubelet', 'system:node-problem-detector', 'system:serviceaccount:kube-system:node-problem-detector'],
    verbs: ['update', 'patch'],
    resources: core('nodes/status', 'pods/status'),
  },
  {
    level: 'Request',
    groups: ['system:nodes'],
    verbs: ['update', 'patch'],
    resources: core('nodes/status', 'pods/status'),
  },
  {
    level: 'Request',
    users: ['system:serviceaccount:kube-system:namespace-controller'],
    verbs: ['deletecollection'],
  },
  {
    level: 'Metadata',
    resources: [...core('secrets', 'configmaps'), { group: 'authentication.k8s.io', resources: ['tokenreviews'] }],
  },
  // The one rule that keeps the stage RequestReceived. Records of 2025 show Metadata here, so nothing may depend on this body.
  { level: 'Request', resources: core('serviceaccounts/token') },
  { level: 'Request', verbs: ['get', 'list', 'watch'], resources: KNOWN_GROUPS },
  { level: 'RequestResponse', resources: KNOWN_GROUPS },
  { level: 'Metadata' },
];

/** The level at which EKS logs a request. */
export const levelOf = (request: PolicyRequest): Level =>
  POLICY.find((rule) => matches(rule, request))?.level ?? 'None';

/** Whether an audit record of a request at this level can carry what the client sent. */
export const hasRequestBody = (level: Level): boolean => level === 'Request' || level === 'RequestResponse';

const matches = (rule: PolicyRule, request: PolicyRequest): boolean => {
  if (rule.users && !rule.users.includes(request.user)) return false;
  if (rule.groups && !rule.groups.some((group) => request.groups.includes(group))) return false;
  if (rule.verbs && !rule.verbs.includes(request.verb)) return false;
  if (rule.paths) return request.resource === '' && rule.paths.some((pattern) => takesPath(pattern, request.path));
  if (rule.namespaces && !rule.namespaces.includes(request.namespace)) return false;
  return rule.resources === undefined || rule.resources.some((entry) => takesResource(entry, request));
};

const takesPath = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;

const takesResource = (entry: GroupResources, request: PolicyRequest): boolean => {
  if (request.resource === '' || entry.group !== request.group) return false;
  if (entry.names && !entry.names.includes(request.name)) return false;
  const named = request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`;
  return entry.resources === undefined || entry.resources.includes(named);
};
