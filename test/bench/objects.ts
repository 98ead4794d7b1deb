/** Objects as they stand in bodies, of the size that they have on a real cluster. */

import type { JsonObject } from '../../shared/primitives/json.ts';
import type { Random } from './random.ts';

export const uid = (random: Random): string =>
  `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;

export const SERVICES = ['web', 'api', 'cart', 'checkout', 'search', 'mail', 'report', 'login'] as const;

export const NAMESPACES = ['shop', 'payments', 'default', 'monitoring', 'argocd'] as const;

const AT = '2026-03-02T10:15:00Z';

const containerOf = (service: string, random: Random): JsonObject => ({
  name: service,
  image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/${service}:1.${random.below(40)}.${random.below(10)}`,
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  env: [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
  ],
  resources: { limits: { memory: '512Mi' }, requests: { cpu: '250m', memory: '256Mi' } },
  readinessProbe: { httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
  terminationMessagePath: '/dev/termination-log',
  imagePullPolicy: 'IfNotPresent',
  securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
});

const podSpec = (service: string, random: Random): JsonObject => ({
  volumes: [
    {
      name: 'kube-api-access-x7k2p',
      projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }], defaultMode: 420 },
    },
  ],
  containers: [containerOf(service, random)],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  serviceAccountName: service,
  securityContext: {},
  schedulerName: 'default-scheduler',
  tolerations: [
    { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  ],
});

export const replicaOf = (service: string, namespace: string, random: Random): JsonObject => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    name: `${service}-7d4b9c6f5-${random.hex(5)}`,
    generateName: `${service}-7d4b9c6f5-`,
    namespace,
    uid: uid(random),
    creationTimestamp: AT,
    labels: { app: service, 'pod-template-hash': '7d4b9c6f5' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${service}-7d4b9c6f5`, uid: uid(random), controller: true },
    ],
  },
  spec: podSpec(service, random),
});

export const deploymentOf = (service: string, namespace: string, random: Random): JsonObject => ({
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { name: service, namespace, uid: uid(random), generation: random.below(90), labels: { app: service } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: service } },
    template: { metadata: { labels: { app: service } }, spec: podSpec(service, random) },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
  },
});

/** What a kubelet reports of a pod, as a patch. */
export const podStatusOf = (service: string, random: Random): JsonObject => ({
  metadata: { uid: uid(random) },
  status: {
    conditions: [
      { lastProbeTime: null, lastTransitionTime: AT, status: 'True', type: 'Ready' },
      { lastProbeTime: null, lastTransitionTime: AT, status: 'True', type: 'ContainersReady' },
    ],
    containerStatuses: [
      {
        containerID: `containerd://${random.hex(64)}`,
        image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/${service}:1.2.3`,
        imageID: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/${service}@sha256:${random.hex(64)}`,
        lastState: {},
        name: service,
        ready: true,
        restartCount: 0,
        started: true,
        state: { running: { startedAt: AT } },
      },
    ],
    podIP: `10.0.${random.below(8)}.${random.below(250)}`,
    podIPs: [{ ip: '10.0.3.77' }],
  },
});

/** What a kubelet reports of its node, as a patch. */
export const nodeStatusOf = (): JsonObject => ({
  status: {
    conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
      lastHeartbeatTime: AT,
      lastTransitionTime: AT,
      message: `kubelet has sufficient ${type}`,
      reason: `KubeletHas${type}`,
      status: type === 'Ready' ? 'True' : 'False',
      type,
    })),
  },
});

export const endpointSliceOf = (service: string, namespace: string, random: Random): JsonObject => ({
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  metadata: { name: `${service}-${random.hex(5)}`, namespace, uid: uid(random), labels: { app: service } },
  addressType: 'IPv4',
  endpoints: [10, 11, 12].map((last) => ({
    addresses: [`10.0.3.${last}`],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: 'ip-10-0-3-23.eu-west-1.compute.internal',
    targetRef: { kind: 'Pod', namespace, name: `${service}-7d4b9c6f5-${random.hex(5)}`, uid: uid(random) },
  })),
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
});
