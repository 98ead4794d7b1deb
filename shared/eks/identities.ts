/**
 * Identities that make requests all day on every EKS cluster. Each is exact: a prefix such as `eks:` or `system:` is something that
 * an attacker may be given by an access entry or an aws-auth mapping, and proves nothing.
 */
import { isUnauthenticated } from '../events/actor.ts';
import type { Actor } from '../events/event.ts';
import { COMPONENT_USERS } from './components.ts';

/** Service accounts in kube-system of the controllers inside kube-controller-manager. Source: kubernetes/kubernetes, controller names of RBAC bootstrap policy. */
const WORKLOAD_CONTROLLERS = [
  'cronjob-controller',
  'daemon-set-controller',
  'deployment-controller',
  'job-controller',
  'replicaset-controller',
  'replication-controller',
  'statefulset-controller',
] as const;

const kubeSystem = (name: string): string => `system:serviceaccount:kube-system:${name}`;

const MAKES_PODS = new Set<string>(['system:kube-controller-manager', ...WORKLOAD_CONTROLLERS.map(kubeSystem)]);

const OTHER_CONTROLLERS = [
  'attachdetach-controller',
  'certificate-controller',
  'clusterrole-aggregation-controller',
  'disruption-controller',
  'endpoint-controller',
  'endpointslice-controller',
  'endpointslicemirroring-controller',
  'ephemeral-volume-controller',
  'expand-controller',
  'generic-garbage-collector',
  'horizontal-pod-autoscaler',
  'legacy-service-account-token-cleaner',
  'namespace-controller',
  'node-controller',
  'persistent-volume-binder',
  'pod-garbage-collector',
  'pv-protection-controller',
  'pvc-protection-controller',
  'resource-claim-controller',
  'resourcequota-controller',
  'root-ca-cert-publisher',
  'route-controller',
  'selinux-warning-controller',
  'service-account-controller',
  'service-cidrs-controller',
  'service-controller',
  'storage-version-migrator-controller',
  'tokens-controller',
  'token-cleaner',
  'ttl-after-finished-controller',
  'ttl-controller',
  'validatingadmissionpolicy-status-controller',
  'volumeattributesclass-protection-controller',
] as const;

/** Components that authenticate by a certificate of the cluster's own authority. */
const COMPONENTS = [
  'system:apiserver',
  'system:kube-controller-manager',
  'system:kube-scheduler',
  'system:cloud-controller-manager',
  'system:aws-cloud-provider',
] as const;

/** Controllers that Amazon EKS runs beside the controller manager, with service accounts of kube-system. */
const EKS_CONTROLLERS = [
  'aws-cloud-provider',
  'eks-vpc-resource-controller',
  'tagging-controller',
  'vpc-resource-controller',
] as const;

/**
 * Users that Amazon EKS itself acts as. `eks:support-engineer` is missing on purpose: that is a person. Sources: "Understand Amazon
 * EKS created RBAC roles and users" in the Amazon EKS user guide, and the ClusterRoleBindings of a new cluster.
 */
const EKS = [
  'eks:addon-manager',
  'eks:authenticator',
  'eks:az-poller',
  'eks:certificate-controller',
  'eks:cloud-controller-manager',
  'eks:cluster-bootstrap',
  'eks:cluster-event-watcher',
  'eks:coredns-autoscaler',
  'eks:extension-metrics-apiserver',
  'eks:fargate-manager',
  'eks:fargate-scheduler',
  'eks:k8s-metrics',
  'eks:kms-storage-migrator',
  'eks:network-policy-controller',
  'eks:network-webhooks',
  'eks:node-manager',
  'eks:nodewatcher',
  'eks:pod-identity-mutating-webhook',
  'eks:service-controller',
  'eks:service-operations',
  'eks:tagging-controller',
  'eks:vpc-resource-controller',
] as const;

const EKS_USERS = new Set<string>(EKS);
const COMPONENT_NAMES = new Set<string>(COMPONENTS);
const CONTROLLERS = new Set<string>([...WORKLOAD_CONTROLLERS, ...OTHER_CONTROLLERS].map(kubeSystem));
const EKS_CONTROLLER_NAMES = new Set<string>(EKS_CONTROLLERS.map(kubeSystem));

/**
 * IAM sessions that look like those with which Amazon EKS reaches a cluster from outside: its managers' functions in accounts of its
 * own, and its service-linked roles. Such a role name can be had in any account, so it only excuses what the managers do all day.
 */
const SESSION = /^arn:aws[\w-]*:sts::(\d{12}):assumed-role$/;
const EKS_ROLE = /^AWS(?:WesleyClusterManagerLambda-[\w+=,.@-]+|ServiceRoleForAmazonEKS(?:Nodegroup|ForFargate)?)$/;

/** Accounts of Amazon EKS in which its managers were seen. There is one for each Region or so, and AWS names none of them. */
const EKS_ACCOUNTS = new Set(['892146088969', '927209226484']);

/** The account of a session that looks like one of Amazon EKS; undefined for any other. */
const eksAccountOf = (arn: string): string | undefined => {
  const [kind = '', role = '', session = '', more] = arn.split('/', 4);
  return session !== '' && more === undefined && EKS_ROLE.test(role) ? SESSION.exec(kind)?.[1] : undefined;
};

/** Agents of kube-controller-manager begin so, for each of its controllers. */
const CONTROLLER_MANAGER = 'kube-controller-manager/';

/** The name of a controller's service account. Tokens of these can be minted by anyone who may, so the name proves nothing. */
const isControllerName = ({ arn, user }: Actor): boolean =>
  arn === undefined && (CONTROLLERS.has(user) || EKS_CONTROLLER_NAMES.has(user));

/** Whether a service account of kube-system belongs to a controller, by its name. */
export const isControllerAccount = (name: string): boolean => isControllerName({ user: kubeSystem(name), groups: [] });

/**
 * A controller as it is: none of them runs in a pod of the cluster, and those of the controller manager send its agent. Who holds such
 * a token may send that agent too, which is why this takes trust away and gives none: see `controller-identity-abused`.
 */
const isController = (actor: Actor): boolean =>
  isControllerName(actor) &&
  actor.boundPod === undefined &&
  (EKS_CONTROLLER_NAMES.has(actor.user) || actor.userAgent?.startsWith(CONTROLLER_MANAGER) === true);

/** A controller's service account in other hands: its token is bound to a pod, or another client uses it. */
export const isAbusedController = (actor: Actor): boolean => isControllerName(actor) && !isController(actor);

/** A component or controller of the control plane itself; a caller that came through IAM only borrows such a name. */
const isInternal = (actor: Actor): boolean =>
  (actor.arn === undefined && COMPONENT_NAMES.has(actor.user)) || isController(actor);

/** A controller of Kubernetes, a component of the control plane, or Amazon EKS itself. */
export const isControlPlane = (actor: Actor): boolean => isInternal(actor) || isEks(actor);

/** A controller that makes pods or workloads from a template that somebody else wrote. */
export const makesPods = (actor: Actor): boolean => MAKES_PODS.has(actor.user) && isInternal(actor);

/**
 * Amazon EKS itself, acting by a user name that it reserves, from inside or by a role of its own. The role is known by its name alone:
 * for what an attacker would do with it, see `isProvenControlPlane`. EKS maps its managers to no group, least of all system:masters.
 */
export const isEks = (actor: Actor): boolean =>
  EKS_USERS.has(actor.user) &&
  (actor.arn === undefined || (eksAccountOf(actor.arn) !== undefined && !actor.groups.includes('system:masters')));

/** Amazon EKS by a role in an account that is known to be its own, or from inside. */
export const isProvenEks = (actor: Actor): boolean =>
  isEks(actor) && (actor.arn === undefined || EKS_ACCOUNTS.has(eksAccountOf(actor.arn) ?? ''));

/** The control plane for certain, so that it may hand out access: `isControlPlane` without roles that are known by their name alone. */
export const isProvenControlPlane = (actor: Actor): boolean => isInternal(actor) || isProvenEks(actor);

/**
 * A service account of an add-on of Amazon EKS. Its token is on every node, so it is known, but not above suspicion: such an actor is
 * `isUserOrWorkload` too, since what an add-on does not do all day, a thief does.
 */
export const isAddOn = (actor: Actor): boolean => actor.arn === undefined && COMPONENT_USERS.has(actor.user);

/** A kubelet, or a caller with its credentials. The name alone does not make one: the node authorizer goes by the group. */
export const isNode = (actor: Actor): boolean => actor.node !== undefined && actor.groups.includes('system:nodes');

/** Somebody who answers for what they do: a person, a pipeline, or a workload. */
export const isUserOrWorkload = (actor: Actor): boolean =>
  !isControlPlane(actor) && !isUnauthenticated(actor) && !isNode(actor);

/** The same, and Amazon EKS where only a role's name says so. For what a person might do by that name, and EKS does not. */
export const isHumanOrUnproven = (actor: Actor): boolean =>
  isUserOrWorkload(actor) || (isControlPlane(actor) && !isProvenControlPlane(actor));
