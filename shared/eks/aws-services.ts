/**
 * AWS services that reach a cluster from outside, at their ordinary work. None is known by its user name, which an access entry or an
 * aws-auth mapping may set. What counts is the IAM role, the cluster's own account, and the EKS access policy that the API server says
 * allowed the request; and of what that policy allows, only what the service does all day.
 */

import type { AuditHeader } from '../events/event.ts';
import { clientFamily } from '../events/user-agent.ts';
import { WRITE_VERBS } from '../kubernetes/verbs.ts';

/** An access policy that allowed a request, and the role that it is associated with. */
interface Allowed {
  readonly policy: string;
  readonly account: string;
  readonly role: string;
}

interface Service {
  /** Names of its access policies. */
  readonly policies: readonly string[];
  /** Role that is the service's own; any role that the customer gave it where absent. */
  readonly role?: string;
  readonly group?: string;
  readonly does: (event: AuditHeader) => boolean;
}

const READS = ['get', 'list', 'watch'];
const CHANGES = [...WRITE_VERBS, 'delete'];

/** What Auto Mode writes, by API group; every resource of a group where none is named. */
const AUTO_MODE: Readonly<Record<string, readonly string[]>> = {
  '': [
    'events',
    'nodes',
    'nodes/status',
    'persistentvolumeclaims',
    'persistentvolumeclaims/status',
    'persistentvolumes',
    'pods/eviction',
    'pods/status',
    'services',
    'services/status',
  ],
  'apiextensions.k8s.io': ['customresourcedefinitions', 'customresourcedefinitions/status'],
  'coordination.k8s.io': ['leases'],
  'eks.amazonaws.com': [],
  'events.k8s.io': ['events'],
  'groupsnapshot.storage.k8s.io': [],
  'karpenter.sh': [],
  'networking.k8s.io': ['ingresses', 'ingresses/status'],
  'snapshot.storage.k8s.io': [],
  'storage.k8s.io': [],
};

const kindOf = ({ object }: AuditHeader): string =>
  object.subresource === '' ? object.resource : `${object.resource}/${object.subresource}`;

/** A read of anything but a Secret. `get pods/exec` is how a WebSocket client opens a stream. */
const looksAround = ({ object }: AuditHeader): boolean =>
  object.resource !== 'secrets' && (object.subresource === '' || object.subresource === 'status');

const worksAsAutoMode = (event: AuditHeader): boolean => {
  const { verb, object } = event;
  const kind = kindOf(event);
  if (READS.includes(verb)) return looksAround(event);
  if (kind === 'pods') return verb === 'delete';
  if (object.group === 'admissionregistration.k8s.io')
    return WRITE_VERBS.includes(verb) && object.name === 'eks-load-balancing-webhook';
  const resources = Object.hasOwn(AUTO_MODE, object.group) ? AUTO_MODE[object.group] : undefined;
  return CHANGES.includes(verb) && resources !== undefined && (resources.length === 0 || resources.includes(kind));
};

/** Programs that people type into. What AWS Backup calls itself is not documented, so libraries are no sign of anything. */
const TYPED_INTO = new Set([
  'curl',
  'freelens',
  'headlamp',
  'httpie',
  'k9s',
  'kubectl',
  'lens',
  'oc',
  'openlens',
  'wget',
]);

const CRDS = 'customresourcedefinitions';

/**
 * Sources: "Review access policy permissions" and "Grant additional Kubernetes RBAC to EKS Auto Mode managed controllers" in the Amazon
 * EKS user guide.
 */
const SERVICES: readonly Service[] = [
  {
    policies: [
      'AmazonEKSBlockStorageClusterPolicy',
      'AmazonEKSBlockStoragePolicy',
      'AmazonEKSClusterInsightsPolicy',
      'AmazonEKSComputeClusterPolicy',
      'AmazonEKSComputePolicy',
      'AmazonEKSEventPolicy',
      'AmazonEKSLoadBalancingClusterPolicy',
      'AmazonEKSLoadBalancingPolicy',
      'AmazonEKSNetworkingClusterPolicy',
      'AmazonEKSNetworkingPolicy',
      'AmazonEKSPodIdentityPolicy',
    ],
    // A service-linked role: in the account of a cluster the name is taken, and only the service can assume it.
    role: 'AWSServiceRoleForAmazonEKS',
    group: 'eks:managed',
    does: worksAsAutoMode,
  },
  {
    // AWS Backup reads every object, Secrets too. Its policy can be given to any role, also to one that people use.
    policies: ['AWSBackupFullAccessPolicyForBackup'],
    does: ({ verb, object, userAgent }) =>
      (verb === 'get' || verb === 'list') && object.subresource === '' && !TYPED_INTO.has(clientFamily(userAgent)),
  },
  {
    policies: ['AmazonEKSKROPolicy'],
    does: ({ verb, object }) =>
      [...READS, ...CHANGES].includes(verb) && (object.group === 'kro.run' || object.resource === CRDS),
  },
  {
    // A controller of ACK follows its resources; it neither makes nor deletes them.
    policies: ['AmazonEKSACKPolicy'],
    does: (event) =>
      READS.includes(event.verb)
        ? looksAround(event)
        : (/^(?:\w+\.)?services\.k8s\.aws$/.test(event.object.group) &&
            (event.verb === 'update' || event.verb === 'patch')) ||
          (event.object.resource === CRDS && WRITE_VERBS.includes(event.verb)),
  },
];

const BY_POLICY = new Map(SERVICES.flatMap((service) => service.policies.map((policy) => [policy, service] as const)));

/** Anchored: names and subjects of bindings, which the reason of RBAC quotes, are chosen by the person who writes them. */
const ALLOWED =
  /^EKS Access Policy: allowed by (?:Cluster)?RoleBinding "arn:aws[\w-]*:iam::(\d{12}):role\/([\w+=,.@/-]+)\+arn:aws[\w-]*:eks::aws:cluster-access-policy\/(\w+)"/;

const allowedBy = (annotations: AuditHeader['annotations']): Allowed | undefined => {
  const reason: unknown = annotations['authorization.k8s.io/reason'];
  const [, account, path, policy] = (typeof reason === 'string' && ALLOWED.exec(reason)) || [];
  if (account === undefined || path === undefined || policy === undefined) return undefined;
  return { account, role: path.slice(path.lastIndexOf('/') + 1), policy };
};

const SESSION = /^arn:aws[\w-]*:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/;

/**
 * Whether a request is what an AWS service does all day in this cluster. Where the account of the cluster is not known, nothing is: a
 * role of the same name may exist in any account.
 */
export const isServiceAtWork = (event: AuditHeader): boolean => {
  const { actor, origin } = event;
  if (actor.arn === undefined || origin.account === undefined || event.impersonated || event.truncated) return false;
  if (event.outcome !== 'succeeded') return false;
  const [, account, role] = SESSION.exec(actor.arn) ?? [];
  if (account !== origin.account) return false;
  const allowed = allowedBy(event.annotations);
  if (allowed === undefined || allowed.account !== account || allowed.role !== role) return false;
  const service = BY_POLICY.get(allowed.policy);
  if (service === undefined || (service.role !== undefined && service.role !== role)) return false;
  return (service.group === undefined || actor.groups.includes(service.group)) && service.does(event);
};
