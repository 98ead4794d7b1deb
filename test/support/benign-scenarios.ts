/** What a healthy EKS cluster does, as its audit log shows it. No detection of severity medium or above may fire on any of it. */

import type { JsonObject } from '../../shared/primitives/json.ts';
import { MINUTE, SECOND } from '../../shared/primitives/time.ts';
import {
  audit,
  type Caller,
  component,
  controller,
  createPod,
  node,
  ownedBy,
  pipeline,
  pod,
  serviceAccount,
  workload,
} from '../../shared/sdk/examples.ts';

export type Scenario = readonly JsonObject[];

const START = Date.UTC(2026, 2, 2, 10);

/** Stamps records a second apart, so that every request is one of its own. */
const inOrder = (records: readonly ((at: string) => JsonObject)[], apart = SECOND): Scenario =>
  records.map((record, index) => record(new Date(START + index * apart).toISOString()));

const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const addonManager: Caller = {
  ...component('addon-manager'),
  user: { username: 'eks:addon-manager', groups: ['system:authenticated'] },
};

const API_IMAGE = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/api:1.4.2';
const apiSpec = {
  serviceAccountName: 'api',
  containers: [
    {
      name: 'api',
      image: API_IMAGE,
      env: [{ name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 'api', key: 'password' } } }],
      securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};

const mintForPod = (at: string, kubelet: Caller, namespace: string, name: string): JsonObject =>
  audit({
    verb: 'create',
    by: kubelet,
    resource: 'serviceaccounts/token',
    namespace,
    name,
    request: {
      kind: 'TokenRequest',
      spec: {
        audiences: ['https://kubernetes.default.svc'],
        expirationSeconds: 3607,
        boundObjectRef: { kind: 'Pod', name: 'x' },
      },
    },
    at,
  });

/** What each new pod brings with it: scheduling, token, secret and config reads by the kubelet, status reports. */
const podStarts = (namespace: string, name: string, account: string, image: string, kubelet = node()) => [
  (at: string) =>
    audit({
      verb: 'create',
      by: component('kube-scheduler'),
      resource: 'pods/binding',
      namespace,
      name,
      request: { kind: 'Binding', target: { kind: 'Node', name: 'ip-10-0-1-17' } },
      at,
    }),
  (at: string) => mintForPod(at, kubelet, namespace, account),
  (at: string) => audit({ verb: 'get', by: kubelet, resource: 'secrets', namespace, name: 'api', at }),
  (at: string) =>
    audit({ verb: 'watch', by: kubelet, resource: 'configmaps', namespace, name: 'kube-root-ca.crt', at }),
  (at: string) =>
    audit({
      verb: 'patch',
      by: kubelet,
      resource: 'pods/status',
      namespace,
      name,
      request: { status: { containerStatuses: [{ name: 'main', image }] } },
      at,
    }),
];

/** A Deployment gets a new image: the pipeline patches, the controllers do the rest. */
export const rollingUpdate = (): Scenario =>
  inOrder([
    (at) =>
      audit({
        verb: 'patch',
        by: pipeline(),
        resource: 'deployments.apps',
        namespace: 'shop',
        name: 'api',
        request: { spec: { template: { spec: { containers: [{ name: 'api', image: API_IMAGE }] } } } },
        response: workload('Deployment', apiSpec, 'api'),
        at,
      }),
    (at) =>
      audit({
        verb: 'create',
        by: controller('deployment-controller'),
        resource: 'replicasets.apps',
        namespace: 'shop',
        name: 'api-7d4b9c6f8',
        request: {
          ...workload('Deployment', apiSpec, 'api'),
          kind: 'ReplicaSet',
          metadata: { name: 'api-7d4b9c6f8', ...ownedBy('Deployment', 'api') },
        },
        at,
      }),
    ...times(
      6,
      (index) => (at: string) =>
        createPod(
          controller('replicaset-controller'),
          pod(apiSpec, {
            name: `api-7d4b9c6f8-x${index}`,
            namespace: 'shop',
            ...ownedBy('ReplicaSet', 'api-7d4b9c6f8'),
          }),
          { at },
        ),
    ),
    ...times(6, (index) => podStarts('shop', `api-7d4b9c6f8-x${index}`, 'api', API_IMAGE)).flat(),
    ...times(
      6,
      (index) => (at: string) =>
        audit({
          verb: 'delete',
          by: controller('replicaset-controller'),
          resource: 'pods',
          namespace: 'shop',
          name: `api-5c8d7b9f4-y${index}`,
          at,
        }),
    ),
    ...times(
      6,
      (index) => (at: string) =>
        audit({
          verb: 'update',
          by: controller('endpointslice-controller'),
          resource: 'endpointslices.discovery.k8s.io',
          namespace: 'shop',
          name: `api-${index}`,
          at,
        }),
    ),
  ]);

const HOST_AGENT = {
  hostNetwork: true,
  containers: [
    {
      name: 'main',
      image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.33.0',
      securityContext: { privileged: true },
    },
  ],
};

/** Three nodes join through EC2: the kubelet registers itself, DaemonSet pods come up, tokens are minted. */
export const nodeScaleUp = (): Scenario =>
  inOrder(
    times(3, (index) => {
      const name = `ip-10-0-3-${20 + index}.eu-west-1.compute.internal`;
      const kubelet = node(name, `10.0.3.${20 + index}`);
      return [
        (at: string) =>
          audit({
            verb: 'create',
            by: kubelet,
            resource: 'nodes',
            name,
            request: { kind: 'Node', metadata: { name } },
            at,
          }),
        (at: string) =>
          audit({
            verb: 'create',
            by: kubelet,
            resource: 'leases.coordination.k8s.io',
            namespace: 'kube-node-lease',
            name,
            at,
          }),
        (at: string) =>
          audit({ verb: 'patch', by: kubelet, resource: 'nodes/status', name, request: { status: {} }, at }),
        (at: string) => audit({ verb: 'create', by: kubelet, resource: 'csinodes.storage.k8s.io', name, at }),
        ...['kube-proxy', 'aws-node', 'ebs-csi-node'].flatMap((agent) => [
          (at: string) =>
            createPod(
              controller('daemon-set-controller'),
              pod(
                { ...HOST_AGENT, serviceAccountName: agent },
                { name: `${agent}-${index}`, namespace: 'kube-system', ...ownedBy('DaemonSet', agent) },
              ),
              { at },
            ),
          ...podStarts(
            'kube-system',
            `${agent}-${index}`,
            agent,
            '602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.33.0',
            kubelet,
          ),
        ]),
        (at: string) =>
          audit({
            verb: 'patch',
            by: controller('node-controller'),
            resource: 'nodes',
            name,
            request: { metadata: { labels: { 'topology.kubernetes.io/zone': 'eu-west-1a' } } },
            at,
          }),
      ];
    }).flat(),
  );

/** helm upgrade: release secrets read and written, every object of the chart patched. */
export const helmUpgrade = (): Scenario =>
  inOrder([
    (at) =>
      audit({
        verb: 'list',
        by: pipeline(),
        resource: 'secrets',
        namespace: 'shop',
        query: 'labelSelector=name%3Dapi%2Cowner%3Dhelm',
        at,
      }),
    (at) =>
      audit({
        verb: 'get',
        by: pipeline(),
        resource: 'secrets',
        namespace: 'shop',
        name: 'sh.helm.release.v1.api.v41',
        at,
      }),
    (at) =>
      audit({
        verb: 'create',
        by: pipeline(),
        resource: 'secrets',
        namespace: 'shop',
        name: 'sh.helm.release.v1.api.v42',
        at,
      }),
    ...['serviceaccounts', 'configmaps', 'services'].map(
      (resource) => (at: string) =>
        audit({
          verb: 'patch',
          by: pipeline(),
          resource,
          namespace: 'shop',
          name: 'api',
          request: { metadata: { labels: { 'helm.sh/chart': 'api-1.4.2' } } },
          at,
        }),
    ),
    (at) =>
      audit({
        verb: 'patch',
        by: pipeline(),
        resource: 'deployments.apps',
        namespace: 'shop',
        name: 'api',
        request: { metadata: { labels: { 'helm.sh/chart': 'api-1.4.2' } } },
        response: workload('Deployment', apiSpec, 'api'),
        at,
      }),
    (at) =>
      audit({
        verb: 'update',
        by: pipeline(),
        resource: 'secrets',
        namespace: 'shop',
        name: 'sh.helm.release.v1.api.v42',
        at,
      }),
    (at) =>
      audit({
        verb: 'delete',
        by: pipeline(),
        resource: 'secrets',
        namespace: 'shop',
        name: 'sh.helm.release.v1.api.v32',
        at,
      }),
  ]);

/** kubectl apply by a pipeline: discovery, then a few objects of the team's namespace. */
export const kubectlApply = (): Scenario => {
  const by = pipeline({ agent: 'kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0' });
  return inOrder([
    ...['/api', '/apis', '/openapi/v3', '/version'].map((uri) => (at: string) => audit({ verb: 'get', by, uri, at })),
    (at) => audit({ verb: 'get', by, resource: 'deployments.apps', namespace: 'shop', name: 'web', code: 404, at }),
    (at) =>
      audit({
        verb: 'create',
        by,
        resource: 'deployments.apps',
        namespace: 'shop',
        name: 'web',
        request: workload('Deployment', apiSpec),
        query: 'fieldManager=kubectl-client-side-apply',
        at,
      }),
    (at) =>
      audit({
        verb: 'create',
        by,
        resource: 'services',
        namespace: 'shop',
        name: 'web',
        request: { kind: 'Service', spec: { type: 'ClusterIP', ports: [{ port: 80 }] } },
        at,
      }),
    (at) =>
      audit({
        verb: 'patch',
        by,
        resource: 'horizontalpodautoscalers.autoscaling',
        namespace: 'shop',
        name: 'web',
        request: { spec: { maxReplicas: 8 } },
        at,
      }),
    (at) => audit({ verb: 'watch', by, resource: 'deployments.apps', namespace: 'shop', at }),
  ]);
};

/** cert-manager renews: it reads and writes secrets in every namespace, from inside the cluster, all day. */
export const certManager = (): Scenario => {
  const by = serviceAccount('cert-manager', 'cert-manager', {
    agent: 'cert-manager-certificates-issuing/v1.17.1 (linux/amd64)',
  });
  return inOrder([
    (at) => audit({ verb: 'list', by, resource: 'secrets', at }),
    (at) => audit({ verb: 'watch', by, resource: 'secrets', at }),
    ...times(12, (index) => [
      (at: string) => audit({ verb: 'get', by, resource: 'secrets', namespace: `team-${index}`, name: 'tls', at }),
      (at: string) => audit({ verb: 'update', by, resource: 'secrets', namespace: `team-${index}`, name: 'tls', at }),
      (at: string) =>
        audit({
          verb: 'update',
          by,
          resource: 'certificates.cert-manager.io/status',
          namespace: `team-${index}`,
          name: 'tls',
          at,
        }),
    ]).flat(),
    ...times(
      30,
      () => (at: string) =>
        audit({
          verb: 'update',
          by,
          resource: 'leases.coordination.k8s.io',
          namespace: 'kube-system',
          name: 'cert-manager-controller',
          at,
        }),
    ),
  ]);
};

/** Karpenter makes and consolidates nodes, evicting a few pods at a time. */
export const karpenter = (): Scenario => {
  const by = serviceAccount('kube-system', 'karpenter', { agent: 'karpenter/1.4.0' });
  return inOrder([
    ...times(3, (index) => [
      (at: string) =>
        audit({
          verb: 'create',
          by,
          resource: 'nodeclaims.karpenter.sh',
          name: `default-${index}`,
          level: 'Metadata',
          at,
        }),
      (at: string) =>
        audit({
          verb: 'patch',
          by,
          resource: 'nodes',
          name: `ip-10-0-4-${index}`,
          request: { metadata: { labels: { 'karpenter.sh/registered': 'true' } } },
          at,
        }),
    ]).flat(),
    ...times(
      4,
      (index) => (at: string) =>
        audit({
          verb: 'create',
          by,
          resource: 'pods/eviction',
          namespace: 'shop',
          name: `web-${index}`,
          request: { kind: 'Eviction' },
          at,
        }),
    ),
    (at) => audit({ verb: 'delete', by, resource: 'nodes', name: 'ip-10-0-4-9', at }),
  ]);
};

/** EKS updates its add-ons with its own identity. */
export const addonUpdate = (): Scenario =>
  inOrder([
    ...['kube-proxy', 'aws-node', 'ebs-csi-node'].map(
      (name) => (at: string) =>
        audit({
          verb: 'patch',
          by: addonManager,
          resource: 'daemonsets.apps',
          namespace: 'kube-system',
          name,
          request: workload('DaemonSet', HOST_AGENT, name),
          response: workload('DaemonSet', HOST_AGENT, name),
          at,
        }),
    ),
    (at) =>
      audit({
        verb: 'patch',
        by: addonManager,
        resource: 'deployments.apps',
        namespace: 'kube-system',
        name: 'coredns',
        request: workload('Deployment', apiSpec, 'coredns'),
        at,
      }),
    (at) =>
      audit({ verb: 'patch', by: addonManager, resource: 'configmaps', namespace: 'kube-system', name: 'coredns', at }),
    (at) =>
      audit({
        verb: 'patch',
        by: addonManager,
        resource: 'clusterroles.rbac.authorization.k8s.io',
        name: 'system:coredns',
        request: {
          rules: [
            { verbs: ['list', 'watch'], apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'] },
          ],
        },
        at,
      }),
    (at) =>
      audit({
        verb: 'patch',
        by: addonManager,
        resource: 'clusterrolebindings.rbac.authorization.k8s.io',
        name: 'system:coredns',
        request: {
          roleRef: { kind: 'ClusterRole', name: 'system:coredns' },
          subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace: 'kube-system' }],
        },
        at,
      }),
  ]);

/** The noise beneath it all: leases, watches, health checks, garbage collection, a kubelet whose token expired. */
export const quietHour = (): Scenario =>
  inOrder(
    times(40, (index) => [
      (at: string) =>
        audit({
          verb: 'update',
          by: node(),
          resource: 'leases.coordination.k8s.io',
          namespace: 'kube-node-lease',
          name: 'ip-10-0-1-17',
          at,
        }),
      (at: string) => audit({ verb: 'watch', by: controller('generic-garbage-collector'), resource: 'pods', at }),
      (at: string) =>
        audit({
          verb: 'list',
          by: serviceAccount('kube-system', 'coredns'),
          resource: 'services',
          query: `limit=500&resourceVersion=${index}`,
          at,
        }),
      (at: string) => audit({ verb: 'list', by: component('kube-controller-manager'), resource: 'secrets', at }),
      (at: string) => audit({ verb: 'get', by: component('apiserver'), resource: 'namespaces', name: 'default', at }),
    ]).flat(),
    MINUTE / 4,
  );

export const SCENARIOS: Readonly<Record<string, () => Scenario>> = {
  'a rolling update': rollingUpdate,
  'a node scale-up': nodeScaleUp,
  'helm upgrade': helmUpgrade,
  'kubectl apply by a pipeline': kubectlApply,
  'cert-manager at work': certManager,
  'Karpenter at work': karpenter,
  'an EKS add-on update': addonUpdate,
  'a quiet hour': quietHour,
};
