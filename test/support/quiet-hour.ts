/**
 * An hour of a small Amazon EKS 1.33 cluster on which nothing bad happens: what its nodes, controllers, add-ons, operators, pipelines
 * and people ask of the API server. Of the renewals of leases, which are most of a real log, only some are kept.
 */

import { MINUTE, SECOND } from '../../shared/primitives/time.ts';
import type { Caller } from '../../shared/sdk/examples.ts';
import {
  ALICE,
  addOnManager,
  BOB,
  containers,
  controllerOf,
  DNS,
  eks,
  IMAGES,
  MANAGER,
  METRICS,
  NODES,
  OPERATOR,
  owner,
  type Parts,
  podStarts,
  request,
  SCHEDULER,
  seeded,
  stamp,
  type Timed,
} from './shop-cluster.ts';

/** `from` plus a beat every `every` milliseconds for an hour, each a little late. */
const beats = (from: number, every: number, random: () => number): readonly number[] =>
  Array.from({ length: Math.floor((60 * MINUTE) / every) }, (_, index) =>
    Math.floor(from + index * every + random() * Math.min(every, MINUTE) * 0.9),
  );

const lease = (by: Caller, namespace: string, name: string) => (time: number) =>
  request(time, {
    verb: 'update',
    by,
    resource: 'leases.coordination.k8s.io',
    namespace,
    name,
    level: 'Request',
    request: {
      kind: 'Lease',
      apiVersion: 'coordination.k8s.io/v1',
      metadata: { name, namespace },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: stamp(time) },
    },
  });

const read =
  (by: Caller, verb: string, resource: string, more: Partial<Parts> = {}) =>
  (time: number) =>
    request(time, { verb, by, resource, ...more });

/** A long-running request is logged when it begins and when it ends. */
const watch =
  (by: Caller, resource: string, namespace?: string) =>
  (time: number): readonly Timed[] =>
    ['ResponseStarted', 'ResponseComplete'].map((stage) =>
      request(time, {
        verb: 'watch',
        by,
        resource,
        ...(namespace && { namespace }),
        query: `allowWatchBookmarks=true&timeoutSeconds=480&watch=true`,
        stage,
      }),
    );

/** A deploy pipeline brings a new version by Helm, and the controllers roll it out. */
const rollout = (time: number): readonly Timed[] => {
  const helm: Caller = {
    user: {
      username: 'deploy-pipeline',
      uid: 'aws-iam-authenticator:111122223333:AROAEXAMPLEDEPLOY',
      groups: ['deployers', 'system:authenticated'],
      extra: {
        arn: ['arn:aws:sts::111122223333:assumed-role/deploy-pipeline/ci-run-4711'],
        canonicalArn: ['arn:aws:iam::111122223333:role/deploy-pipeline'],
        sessionName: ['ci-run-4711'],
      },
    },
    ip: '10.0.10.40',
    agent: 'Helm/3.18.4',
  };
  const image = `${IMAGES.web}:2.48.0`;
  const template = { metadata: { labels: { app: 'web' } }, spec: containers('main', image) };
  const kind = { kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'web', namespace: 'shop' } };
  const secret = (name: string) => ({ resource: 'secrets', namespace: 'shop', name, level: 'Metadata', by: helm });
  return [
    request(time, { ...secret('sh.helm.release.v1.web.v47'), verb: 'get' }),
    request(time + 900, { ...secret('sh.helm.release.v1.web.v48'), verb: 'create' }),
    ...['services', 'deployments.apps', 'ingresses.networking.k8s.io', 'horizontalpodautoscalers.autoscaling'].map(
      (resource, index) =>
        request(time + 1_200 + index * 80, { verb: 'get', by: helm, resource, namespace: 'shop', name: 'web' }),
    ),
    request(time + 1_900, {
      verb: 'patch',
      by: helm,
      resource: 'deployments.apps',
      namespace: 'shop',
      name: 'web',
      request: { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } },
      response: { ...kind, spec: { replicas: 4, template } },
    }),
    request(time + 1_960, {
      verb: 'create',
      by: controllerOf('deployment-controller'),
      resource: 'replicasets.apps',
      namespace: 'shop',
      name: 'web-6c9d5b7f48',
      request: {
        kind: 'ReplicaSet',
        apiVersion: 'apps/v1',
        metadata: { name: 'web-6c9d5b7f48', namespace: 'shop', ownerReferences: [owner('Deployment', 'web')] },
        spec: { replicas: 1, template },
      },
    }),
    ...['b4xkz', 'm7t2q', 'vz9lw', 'x5c8d'].flatMap((suffix, index) => {
      const at = time + 2_000 + index * 8_300;
      const name = `web-6c9d5b7f48-${suffix}`;
      const old = `web-5f7c8d9b64-${['2jkzq', '8vbnm', 'ktw4x', 'zd6rf'][index]}`;
      return [
        ...podStarts(
          at,
          controllerOf('replicaset-controller'),
          { namespace: 'shop', name, image, owner: owner('ReplicaSet', 'web-6c9d5b7f48') },
          NODES[index % 3] as (typeof NODES)[number],
        ),
        ...['deployment-controller', 'endpointslice-controller'].map((name_, offset) =>
          request(at + 3_300 + offset * 60, {
            verb: 'update',
            by: controllerOf(name_),
            resource: offset === 0 ? 'replicasets.apps/status' : 'endpointslices.discovery.k8s.io',
            namespace: 'shop',
            name: offset === 0 ? 'web-6c9d5b7f48' : 'web-lk2vx',
            level: 'Request',
          }),
        ),
        request(at + 4_000, {
          verb: 'delete',
          by: controllerOf('replicaset-controller'),
          resource: 'pods',
          namespace: 'shop',
          name: old,
        }),
        request(at + 6_400, {
          verb: 'delete',
          by: (NODES[(index + 1) % 3] as (typeof NODES)[number]).caller,
          resource: 'pods',
          namespace: 'shop',
          name: old,
          query: 'gracePeriodSeconds=0',
        }),
      ];
    }),
    request(time + 39_000, { ...secret('sh.helm.release.v1.web.v48'), verb: 'update' }),
  ];
};

/** A CronJob's run, every quarter of an hour. */
const report = (time: number, index: number): readonly Timed[] => {
  const name = `report-${29_382_000 + index * 15}`;
  const image = `${IMAGES.report}:1.9.3`;
  const template = {
    metadata: { labels: { app: 'report' } },
    spec: { ...containers('main', image), restartPolicy: 'Never' },
  };
  return [
    request(time, {
      verb: 'create',
      by: controllerOf('cronjob-controller'),
      resource: 'jobs.batch',
      namespace: 'shop',
      name,
      request: {
        kind: 'Job',
        apiVersion: 'batch/v1',
        metadata: { name, namespace: 'shop', ownerReferences: [owner('CronJob', 'report')] },
        spec: { template },
      },
    }),
    ...podStarts(
      time + 40,
      controllerOf('job-controller'),
      { namespace: 'shop', name: `${name}-p${index}xv7`, image, owner: owner('Job', name) },
      NODES[index % 3] as (typeof NODES)[number],
    ),
    ...[5_000, 41_000].map((delay) =>
      request(time + delay, {
        verb: 'update',
        by: controllerOf('job-controller'),
        resource: 'jobs.batch/status',
        namespace: 'shop',
        name,
        level: 'Request',
      }),
    ),
  ];
};

/** EKS compares its add-ons with what they should be, which puts a DaemonSet on the host network again each time. */
const addOns = (time: number): readonly Timed[] =>
  [
    ['daemonsets.apps', 'aws-node', IMAGES.vpcCni],
    ['daemonsets.apps', 'kube-proxy', IMAGES.kubeProxy],
    ['deployments.apps', 'coredns', IMAGES.coredns],
  ].flatMap(([resource = '', name = '', image = ''], index) => {
    const kind = resource.startsWith('daemonsets') ? 'DaemonSet' : 'Deployment';
    const metadata = { name, namespace: 'kube-system' };
    const spec = {
      template: { spec: { ...(kind === 'DaemonSet' && { hostNetwork: true }), ...containers(name, image) } },
    };
    const target = { by: addOnManager, resource, namespace: 'kube-system', name };
    return [
      request(time + index * 400, { verb: 'get', ...target }),
      request(time + index * 400 + 150, {
        verb: 'patch',
        ...target,
        query: 'fieldManager=eks&force=true',
        request: { kind, apiVersion: 'apps/v1', metadata, spec },
        response: { kind, apiVersion: 'apps/v1', metadata, spec },
      }),
    ];
  });

/** People look at what runs, mistype a name, are told that something is not theirs, and let a token expire. */
const people = (start: number): readonly Timed[] => [
  ...[6, 7, 21, 22, 24, 33, 52].map((minute) =>
    read(ALICE, 'list', 'pods', { namespace: 'shop', query: 'limit=500' })(start + minute * MINUTE),
  ),
  ...[6, 21, 24].map((minute) =>
    read(ALICE, 'get', 'pods/log', {
      namespace: 'shop',
      name: 'web-5f7c8d9b64-2jkzq',
      query: 'container=main&tailLines=100',
    })(start + minute * MINUTE + 20 * SECOND),
  ),
  read(ALICE, 'get', 'pods', {
    namespace: 'shop',
    name: 'wbe-5f7c8d9b64-2jkzq',
    code: 404,
    message: 'pods "wbe-5f7c8d9b64-2jkzq" not found',
  })(start + 7 * MINUTE + 9_000),
  ...[3, 4, 26, 58].map((minute) =>
    read(BOB, 'list', 'deployments.apps', { namespace: 'shop', query: 'limit=500' })(start + minute * MINUTE),
  ),
  ...[4, 26].map((minute) =>
    read(BOB, 'get', 'deployments.apps', { namespace: 'shop', name: 'web' })(start + minute * MINUTE + 12_000),
  ),
  read(BOB, 'list', 'secrets', {
    namespace: 'payments',
    code: 403,
    message:
      'secrets is forbidden: User "bob" cannot list resource "secrets" in API group "" in the namespace "payments"',
  })(start + 5 * MINUTE),
  ...[0, 1].map((index) =>
    request(start + 2 * MINUTE + index * 4_000, {
      verb: 'list',
      by: { ...BOB, user: {} },
      resource: 'deployments.apps',
      namespace: 'shop',
      query: 'limit=500',
      code: 401,
    }),
  ),
];

/** All of it, in no particular order. `start` is milliseconds since the epoch. */
export const quietHour = (start: number): readonly Timed[] => {
  const random = seeded(20_261_112);
  const every = (interval: number, make: (time: number, index: number) => Timed | readonly Timed[]): readonly Timed[] =>
    beats(start, interval, random).flatMap((time, index) => make(time, index));
  return [
    ...NODES.flatMap(({ name, caller }) => [
      ...every(MINUTE, lease(caller, 'kube-node-lease', name)),
      ...every(5 * MINUTE, (time) =>
        request(time, {
          verb: 'patch',
          by: caller,
          resource: 'nodes/status',
          name,
          level: 'Request',
          request: { status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] } },
        }),
      ),
      ...every(8 * MINUTE, watch(caller, 'configmaps', 'shop')),
    ]),
    ...every(MINUTE, lease(MANAGER, 'kube-system', 'kube-controller-manager')),
    ...every(MINUTE, lease(SCHEDULER, 'kube-system', 'kube-scheduler')),
    ...every(MINUTE, lease(eks('cloud-controller-manager'), 'kube-system', 'cloud-controller-manager')),
    ...every(2 * MINUTE, lease(OPERATOR, 'cert-manager', 'cert-manager-controller')),
    ...every(15 * MINUTE, addOns),
    ...every(15 * MINUTE, report),
    ...['nodes', 'pods', 'deployments.apps'].flatMap((resource) =>
      every(5 * MINUTE, read(eks('k8s-metrics'), 'list', resource)),
    ),
    ...every(4 * MINUTE, (time) =>
      request(time, {
        verb: 'create',
        by: METRICS,
        resource: 'subjectaccessreviews.authorization.k8s.io',
        level: 'Metadata',
      }),
    ),
    ...every(8 * MINUTE, watch(DNS, 'endpointslices.discovery.k8s.io')),
    ...every(10 * MINUTE, watch(OPERATOR, 'certificates.cert-manager.io')),
    ...every(20 * MINUTE, read(OPERATOR, 'get', 'secrets', { namespace: 'shop', name: 'web-tls', level: 'Metadata' })),
    ...every(2 * MINUTE, (time) =>
      request(time, {
        verb: 'update',
        by: controllerOf('horizontal-pod-autoscaler'),
        resource: 'horizontalpodautoscalers.autoscaling/status',
        namespace: 'shop',
        name: 'web',
        level: 'Request',
      }),
    ),
    ...rollout(start + 20 * MINUTE),
    ...people(start),
  ];
};
