/** Who asks on an ordinary cluster: the control plane, kubelets, add-ons, operators, a pipeline and a few people. */

import type { JsonObject } from '../../shared/primitives/json.ts';
import {
  type Caller,
  component,
  controller,
  human,
  node,
  pipeline,
  serviceAccount,
} from '../../shared/sdk/examples.ts';
import { uid } from './objects.ts';
import { createRandom } from './random.ts';

const NODES = 30;

/** Ids of callers: each has its own, and they say nothing, which is what makes real logs hard to compress. */
const random = createRandom(4_711);

const withExtra = (caller: Caller, extra: JsonObject): Caller => ({
  ...caller,
  user: { ...caller.user, extra: { ...(caller.user['extra'] as JsonObject), ...extra } },
});

/** A kubelet authenticates as the instance that it runs on. */
const instance = (index: number): Caller => {
  const id = `i-0${random.hex(16)}`;
  return withExtra(node(nodeName(index), addressOf(index)), {
    accessKeyId: [`ASIA${random.hex(16).toUpperCase()}`],
    arn: [`arn:aws:sts::111122223333:assumed-role/node-role/${id}`],
    sessionName: [id],
  });
};

const addressOf = (index: number): string => `10.0.${index % 8}.${20 + index}`;

export const nodeName = (index: number): string => `ip-10-0-${index % 8}-${20 + index}.eu-west-1.compute.internal`;

export const KUBELETS: readonly Caller[] = Array.from({ length: NODES }, (_, index) => instance(index));

/** Controllers of the controller manager that read and renew all day. */
export const CONTROLLERS: readonly Caller[] = [
  'generic-garbage-collector',
  'resourcequota-controller',
  'endpointslice-controller',
  'node-controller',
  'horizontal-pod-autoscaler',
].map(controller);

export const COMPONENTS: readonly Caller[] = [
  'kube-controller-manager',
  'kube-scheduler',
  'apiserver',
  'cloud-controller-manager',
].map(component);

/** A pod's token names the pod and its node. */
const inPod = (namespace: string, name: string, agent: string, index: number): Caller =>
  withExtra(serviceAccount(namespace, name, { ip: `10.0.${index % 8}.${100 + index}`, agent }), {
    'authentication.kubernetes.io/credential-id': [`JTI=${uid(random)}`],
    'authentication.kubernetes.io/node-name': [nodeName(index % NODES)],
    'authentication.kubernetes.io/node-uid': [uid(random)],
    'authentication.kubernetes.io/pod-name': [`${name}-${random.hex(5)}`],
    'authentication.kubernetes.io/pod-uid': [uid(random)],
  });

const onEveryNode = (name: string, agent: string): readonly Caller[] =>
  Array.from({ length: NODES }, (_, index) => inPod('kube-system', name, agent, index));

export const ADD_ONS: readonly Caller[] = [
  ...onEveryNode('aws-node', 'aws-node/v1.19.2'),
  ...onEveryNode('kube-proxy', 'kube-proxy/v1.32.3 (linux/amd64) kubernetes/bd3a2b5'),
  ...onEveryNode('ebs-csi-node-sa', 'aws-ebs-csi-driver/v1.40.0'),
  inPod('kube-system', 'coredns', 'coredns/v0.0.0 (linux/amd64) kubernetes/$Format', 2),
  inPod('kube-system', 'ebs-csi-controller-sa', 'csi-attacher/v0.0.0 (linux/amd64) kubernetes/$Format', 4),
];

export const METRICS_SERVER: Caller = inPod(
  'kube-system',
  'metrics-server',
  'metrics-server/v0.7.2 (linux/amd64) kubernetes/$Format',
  5,
);

/** Software that a team installs; each is a workload identity that uses the API all day. */
export const OPERATORS: readonly Caller[] = [
  inPod('cert-manager', 'cert-manager', 'cert-manager-controller/v1.16.2 (linux/amd64) cert-manager/f1b8c2', 11),
  inPod(
    'argocd',
    'argocd-application-controller',
    'argocd-application-controller/v0.0.0 (linux/amd64) kubernetes/$Format',
    12,
  ),
  inPod('monitoring', 'prometheus-k8s', 'Prometheus/2.55.1', 13),
  inPod(
    'kube-system',
    'cluster-autoscaler',
    'cluster-autoscaler/v0.0.0 (linux/amd64) kubernetes/$Format/leader-election',
    14,
  ),
  inPod('external-secrets', 'external-secrets', 'external-secrets/v0.0.0 (linux/amd64) kubernetes/$Format', 15),
  inPod('ingress-nginx', 'ingress-nginx', 'nginx-ingress-controller/v1.11.3 (linux/amd64) ingress-nginx/a1b2c3d', 16),
];

export const PEOPLE: readonly Caller[] = ['alice', 'bob', 'carol', 'dave'].map((name, index) =>
  human(name, { ip: `203.0.113.${20 + index}` }),
);

export const PIPELINE: Caller = pipeline();
