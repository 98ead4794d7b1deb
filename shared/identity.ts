/**
 * Identities that make requests all day on every EKS cluster. Each is exact: a prefix such as `eks:` or `system:` is something that
 * an attacker may be given by an access entry or an aws-auth mapping, and proves nothing.
 */
import { isUnauthenticated } from './actor.ts';
import type { Actor } from './event.ts';

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

/** Users that Amazon EKS itself acts as. Source: the ClusterRoleBindings that EKS creates, `kubectl get clusterrolebindings` on a new cluster. */
const EKS = [
  'eks:addon-manager',
  'eks:authenticator',
  'eks:az-poller',
  'eks:certificate-controller',
  'eks:cloud-controller-manager',
  'eks:cluster-event-watcher',
  'eks:cluster-bootstrap',
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
  'eks:tagging-controller',
  'eks:vpc-resource-controller',
] as const;

const KNOWN = new Set<string>([...MAKES_PODS, ...OTHER_CONTROLLERS.map(kubeSystem), ...COMPONENTS, ...EKS]);

/** A controller of Kubernetes, a component of the control plane, or Amazon EKS itself. */
export const isControlPlane = (actor: Actor): boolean => KNOWN.has(actor.user);

/** A controller that makes pods or workloads from a template that somebody else wrote. */
export const makesPods = (actor: Actor): boolean => MAKES_PODS.has(actor.user);

/** Amazon EKS itself, acting by a user name that it reserves. */
export const isEks = (actor: Actor): boolean => (EKS as readonly string[]).includes(actor.user);

/** Somebody who answers for what they do: a person, a pipeline, or a workload of the team's own. */
export const isHuman = (actor: Actor): boolean =>
  !isControlPlane(actor) && !isUnauthenticated(actor) && actor.node === undefined;
