/**
 * The cluster of the bundled log: its nodes, who asks its API server, what runs on it, and how records of it are written.
 */

import type { JsonObject } from '../../shared/primitives/json.ts';
import {
  audit,
  type Caller,
  component,
  controller,
  createPod,
  human,
  node,
  serviceAccount,
} from '../../shared/sdk/examples.ts';

export interface Timed {
  readonly time: number;
  readonly record: JsonObject;
}

export type Parts = Parameters<typeof audit>[0];

/** A small generator of reproducible pseudo-random numbers from 0 to 1 (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** The API server's microseconds; the last three digits are made up from the rest. */
export const stamp = (time: number): string =>
  `${new Date(time).toISOString().slice(0, -1)}${String((time * 7) % 1_000).padStart(3, '0')}Z`;

export const request = (time: number, parts: Parts): Timed => ({ time, record: audit({ at: stamp(time), ...parts }) });

const VERSION = 'v1.33.5 (linux/amd64) kubernetes/82db16b';
export const NODES = ['ip-10-0-1-17', 'ip-10-0-2-31', 'ip-10-0-3-52'].map((host) => {
  const name = `${host}.eu-west-1.compute.internal`;
  return { name, caller: { ...node(name, host.slice(3).replaceAll('-', '.')), agent: `kubelet/${VERSION}` } };
});

const updated = (caller: Caller): Caller => ({
  ...caller,
  agent: caller.agent.replace(/v1\.32\.3 .*?(?=\/system|$)/, VERSION),
});
export const controllerOf = (name: string): Caller => updated(controller(name));
export const SCHEDULER = updated(component('kube-scheduler'));
export const MANAGER = updated(component('kube-controller-manager'));

/** Amazon EKS's own managers come through IAM, by a session of the service's. */
export const addOnManager: Caller = {
  user: {
    username: 'eks:addon-manager',
    uid: 'aws-iam-authenticator:348029116471:AROAEXAMPLEADDONS',
    groups: ['system:authenticated'],
    extra: {
      arn: [
        'arn:aws:sts::348029116471:assumed-role/AWSWesleyClusterManagerLambda-Add-AddonManagerRole-EXAMPLE/1762938000000',
      ],
      canonicalArn: ['arn:aws:iam::348029116471:role/AWSWesleyClusterManagerLambda-Add-AddonManagerRole-EXAMPLE'],
      sessionName: ['1762938000000'],
    },
  },
  ip: '10.0.48.102',
  agent: 'Go-http-client/1.1',
};
export const eks = (name: string): Caller => ({
  user: { username: `eks:${name}`, groups: ['system:authenticated'] },
  ip: '172.16.45.12',
  agent: `${name}/v0.0.0 (linux/amd64) kubernetes/$Format`,
});

export const containers = (name: string, image: string) => ({
  containers: [{ name, image, resources: { limits: { memory: '256Mi' } } }],
});

/** A controller makes a pod, the scheduler places it, its node fetches the image, runs it and reports. */
export const podStarts = (
  time: number,
  by: Caller,
  pod: {
    readonly namespace: string;
    readonly name: string;
    readonly image: string;
    readonly owner?: JsonObject;
    readonly spec?: JsonObject;
  },
  home: (typeof NODES)[number],
): readonly Timed[] => {
  const { namespace, name, image, owner, spec } = pod;
  const metadata = {
    name,
    namespace,
    labels: { app: name.split('-')[0] as string },
    ...(owner && { ownerReferences: [owner] }),
  };
  const body = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata,
    spec: { ...containers('main', image), serviceAccountName: 'default', ...spec },
  };
  const status = (phase: string, ready: boolean) => ({
    metadata: { uid: `9b1d${name.length}c0e-0000-4000-8000-${String(time).slice(-12).padStart(12, '0')}` },
    status: { phase, containerStatuses: [{ name: 'main', image, ready, restartCount: 0, started: ready }] },
  });
  const report = (delay: number, phase: string, ready: boolean) =>
    request(time + delay, {
      verb: 'patch',
      by: home.caller,
      resource: 'pods/status',
      namespace,
      name,
      level: 'Request',
      request: status(phase, ready),
    });
  return [
    { time, record: createPod(by, body, { at: stamp(time) }) },
    request(time + 14, {
      verb: 'create',
      by: SCHEDULER,
      resource: 'pods/binding',
      namespace,
      name,
      request: {
        kind: 'Binding',
        apiVersion: 'v1',
        metadata: { name, namespace },
        target: { kind: 'Node', name: home.name },
      },
    }),
    ...['RequestReceived', 'ResponseComplete'].map((stage) =>
      request(time + 310, {
        verb: 'create',
        by: home.caller,
        resource: 'serviceaccounts/token',
        namespace,
        name: 'default',
        level: 'Metadata',
        stage,
        ...(stage === 'RequestReceived' && { code: 0 }),
      }),
    ),
    report(420, 'Pending', false),
    report(3_150, 'Running', true),
  ];
};

export const owner = (kind: string, name: string): JsonObject => ({
  apiVersion: 'apps/v1',
  kind,
  name,
  controller: true,
});

/** Images that the cluster runs on every day. */
export const IMAGES = {
  web: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web',
  report: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/report',
  vpcCni: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.4-eksbuild.2',
  kubeProxy: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.33.3-eksbuild.4',
  coredns: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/coredns:v1.12.2-eksbuild.4',
  certManager: 'quay.io/jetstack/cert-manager-controller:v1.18.2',
} as const;

export const OFFICE = '192.0.2.40';
export const ALICE = human('alice', { ip: OFFICE });
/** The developer whose credentials are stolen in the attack. */
export const BOB = human('bob', { ip: OFFICE, agent: 'kubectl/v1.33.2 (linux/amd64) kubernetes/a57b6f7' });

export const OPERATOR = serviceAccount('cert-manager', 'cert-manager', {
  ip: '10.0.2.88',
  agent: 'cert-manager-certificates/v1.18.2 (linux/amd64) cert-manager/bbcc7e3',
  pod: 'cert-manager-7d9f5c6b8-qk4sd',
});
export const METRICS = serviceAccount('kube-system', 'metrics-server', {
  ip: '10.0.3.19',
  agent: 'metrics-server/v0.8.0 (linux/amd64) kubernetes/cd4ed6f',
  pod: 'metrics-server-6b5c9d8f7-h2xvn',
});
export const DNS = serviceAccount('kube-system', 'coredns', {
  ip: '10.0.1.94',
  agent: 'Go-http-client/2.0',
  pod: 'coredns-5d8f7b9c64-w8zlm',
});
