/**
 * Streams of audit records as Amazon EKS writes them: which requests, at which level, with which bodies follows the audit policy of
 * EKS. A typical cluster renews leases, watches and lists; a busy one deploys and scales all the time as well.
 */

import type { JsonObject } from '../../shared/primitives/json.ts';
import { audit, type Caller, type RequestParts } from '../../shared/sdk/examples.ts';
import {
  ADD_ONS,
  COMPONENTS,
  CONTROLLERS,
  KUBELETS,
  METRICS_SERVER,
  nodeName,
  OPERATORS,
  PEOPLE,
  PIPELINE,
} from './callers.ts';
import {
  deploymentOf,
  endpointSliceOf,
  NAMESPACES,
  nodeStatusOf,
  podStatusOf,
  replicaOf,
  SERVICES,
  uid,
} from './objects.ts';
import { createRandom, type Random } from './random.ts';

type Request = (random: Random) => RequestParts;

const WATCHED = [
  'pods',
  'services',
  'configmaps',
  'nodes',
  'deployments.apps',
  'endpointslices.discovery.k8s.io',
  'namespaces',
];
const SOFTWARE = [...COMPONENTS, ...CONTROLLERS, METRICS_SERVER, ...ADD_ONS.slice(-2), ...OPERATORS];
const ROOT: Readonly<Record<string, string>> = { '': '/api/v1', apps: '/apis/apps/v1' };

const rbac = (caller: Caller): JsonObject => {
  const user = caller.user['username'];
  return {
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason': `RBAC: allowed by ClusterRoleBinding "${user}-access" of ClusterRole "${user}" to User "${user}"`,
  };
};

const lease: Request = (random) => {
  const isKubelet = random.chance(0.6);
  const index = random.below(KUBELETS.length);
  const by = isKubelet ? (KUBELETS[index] as Caller) : random.pick([...OPERATORS, ...COMPONENTS.slice(0, 2)]);
  const name = isKubelet ? nodeName(index) : 'leader-election';
  return {
    verb: isKubelet || random.chance(0.5) ? 'update' : 'get',
    by,
    resource: 'leases.coordination.k8s.io',
    namespace: isKubelet ? 'kube-node-lease' : 'kube-system',
    name,
    level: 'Metadata',
    query: 'timeout=10s',
  };
};

const watch: Request = (random) => {
  const resource = random.pick(WATCHED);
  const [plural = '', ...group] = resource.split('.');
  const version = 500_000_000 + random.below(1_000_000);
  return {
    verb: 'watch',
    by: random.pick(random.chance(0.5) ? KUBELETS : random.chance(0.5) ? ADD_ONS : SOFTWARE),
    resource,
    uri: `${ROOT[group.join('.')] ?? `/apis/${group.join('.')}/v1`}/${plural}?allowWatchBookmarks=true&fieldSelector=metadata.name%3Dkube-root-ca.crt&resourceVersion=${version}&timeout=7m41s&timeoutSeconds=461&watch=true`,
    level: resource === 'configmaps' ? 'Metadata' : 'Request',
  };
};

/** Kubelets get what their pods need, one by one; software lists and gets. */
const read: Request = (random) => {
  const isKubelet = random.chance(0.3);
  const isList = !isKubelet && random.chance(0.4);
  return {
    verb: isList ? 'list' : 'get',
    by: isKubelet ? random.pick(KUBELETS) : random.pick(random.chance(0.5) ? OPERATORS : SOFTWARE),
    resource: random.pick(
      isKubelet
        ? ['pods', 'configmaps']
        : ['pods', 'services', 'deployments.apps', 'configmaps', 'certificates.cert-manager.io'],
    ),
    namespace: random.pick(NAMESPACES),
    ...(isList ? { query: 'limit=500&resourceVersion=0' } : { name: `${random.pick(SERVICES)}-${random.hex(5)}` }),
    level: 'Request',
  };
};

const missing: Request = (random) => ({
  ...read(random),
  verb: 'get',
  name: `${random.pick(SERVICES)}-${random.hex(5)}`,
  code: 404,
  message: `configmaps "${random.pick(SERVICES)}" not found`,
});

const outside: Request = (random) => ({
  verb: 'get',
  by: random.pick([...COMPONENTS, OPERATORS[2] as Caller]),
  uri: random.pick(['/readyz', '/livez?exclude=kms-provider-0', '/metrics', '/openapi/v3', '/apis']),
  level: 'Request',
});

const review: Request = (random) => {
  const request = {
    kind: 'SubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec: {
      resourceAttributes: { namespace: random.pick(NAMESPACES), verb: 'get', version: 'v1', resource: 'pods' },
      user: 'system:serviceaccount:kube-system:metrics-server',
      groups: ['system:serviceaccounts', 'system:authenticated'],
    },
    status: { allowed: false },
  };
  return {
    verb: 'create',
    by: random.pick([...KUBELETS, METRICS_SERVER]),
    resource: 'subjectaccessreviews.authorization.k8s.io',
    request,
    response: { ...request, status: { allowed: true, reason: 'RBAC: allowed' } },
  };
};

const token: Request = (random) => ({
  verb: 'create',
  by: random.pick(KUBELETS),
  resource: 'serviceaccounts/token',
  namespace: random.pick(NAMESPACES),
  name: random.pick(SERVICES),
  level: 'Metadata',
  stage: random.pick(['RequestReceived', 'ResponseComplete']),
  annotations: {
    'authentication.kubernetes.io/issued-credential-id': `JTI=${uid(random)}`,
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason': '',
  },
});

const podStatus: Request = (random) => {
  const service = random.pick(SERVICES);
  return {
    verb: 'patch',
    by: random.pick(KUBELETS),
    resource: 'pods/status',
    namespace: random.pick(NAMESPACES),
    name: `${service}-7d4b9c6f5-${random.hex(5)}`,
    level: 'Request',
    request: podStatusOf(service, random),
  };
};

const nodeStatus: Request = (random) => {
  const index = random.below(KUBELETS.length);
  return {
    verb: 'patch',
    by: KUBELETS[index] as Caller,
    resource: 'nodes/status',
    name: nodeName(index),
    query: 'timeout=10s',
    level: 'Request',
    request: nodeStatusOf(),
  };
};

const endpoints: Request = (random) => {
  const [service, namespace] = [random.pick(SERVICES), random.pick(NAMESPACES)];
  const slice = endpointSliceOf(service, namespace, random);
  return {
    verb: 'update',
    by: CONTROLLERS[2] as Caller,
    resource: 'endpointslices.discovery.k8s.io',
    namespace,
    name: `${service}-x7k2p`,
    request: slice,
    response: slice,
  };
};

const replica: Request = (random) => {
  const [service, namespace] = [random.pick(SERVICES), random.pick(NAMESPACES)];
  const pod = replicaOf(service, namespace, random);
  return { verb: 'create', by: CONTROLLERS[0] as Caller, resource: 'pods', namespace, request: pod, response: pod };
};

const deployment: Request = (random) => {
  const [service, namespace] = [random.pick(SERVICES), random.pick(NAMESPACES)];
  const response = deploymentOf(service, namespace, random);
  return {
    verb: 'patch',
    by: random.chance(0.6) ? PIPELINE : (OPERATORS[1] as Caller),
    resource: 'deployments.apps',
    namespace,
    name: service,
    query: 'fieldManager=kubectl-client-side-apply',
    request: { spec: { template: { spec: { containers: [{ name: service, image: `example.com/${service}:2` }] } } } },
    response,
  };
};

/** People look around, and now and then ask for a configuration or a Secret of their own team. */
const person: Request = (random) => ({
  verb: random.pick(['list', 'get', 'get', 'watch']),
  by: random.pick(PEOPLE),
  resource: random.pick(['pods', 'pods', 'deployments.apps', 'configmaps', 'nodes', 'pods/log', 'replicasets.apps']),
  namespace: random.pick(NAMESPACES),
  ...(random.chance(0.5) && { name: random.pick(SERVICES) }),
  query: 'limit=500',
  level: 'Request',
});

/** Shares of the requests, in parts of a thousand. Of real streams 0.3 % (steady) to 3 % (busy) start or change pods or report their images. */
type Mix = readonly (readonly [share: number, request: Request])[];

const TYPICAL: Mix = [
  [420, lease],
  [130, watch],
  [235, read],
  [20, missing],
  [45, outside],
  [44, review],
  [20, token],
  [4, podStatus],
  [28, nodeStatus],
  [46, endpoints],
  [1, replica],
  [1, deployment],
  [6, person],
];

const BUSY: Mix = [
  [260, lease],
  [120, watch],
  [225, read],
  [45, missing],
  [25, outside],
  [50, review],
  [45, token],
  [17, podStatus],
  [30, nodeStatus],
  [140, endpoints],
  [7, replica],
  [6, deployment],
  [30, person],
];

export const MIXES = { typical: TYPICAL, busy: BUSY } as const;
export type StreamName = keyof typeof MIXES;

/** Where every stream begins, in milliseconds since the epoch. */
export const BEGINNING = Date.UTC(2026, 2, 2, 10, 15);

/** Records a second of a cluster of this size. */
export const RATE = { typical: 60, busy: 300 } as const;

const chosen = (mix: Mix, random: Random): Request => {
  let left = random.below(mix.reduce((sum, [share]) => sum + share, 0));
  for (const [share, request] of mix) {
    left -= share;
    if (left < 0) return request;
  }
  throw new Error('The shares of a mix must add up.');
};

/** Raw records, as objects with their fields in the API server's order. Endless. */
export function* rawStream(name: StreamName, seed: number): Generator<JsonObject> {
  const random = createRandom(seed);
  for (let index = 0; ; index++) {
    const parts = chosen(MIXES[name], random)(random);
    const time = BEGINNING + (index * 1_000) / RATE[name];
    const at = `${new Date(time).toISOString().slice(0, -1)}${String(random.below(1_000)).padStart(3, '0')}Z`;
    const { stage } = parts;
    const record = audit({ annotations: rbac(parts.by), ...parts, at, auditId: uid(random) });
    yield stage === 'RequestReceived' ? withoutResponse(record) : withVersion(record, random);
  }
}

/** Of a write the API server logs which object, and which version of it, the request was made for. */
const withVersion = (record: JsonObject, random: Random): JsonObject => {
  const reference = record['objectRef'] as JsonObject | undefined;
  if (reference === undefined || record['verb'] !== 'update') return record;
  const { resource, namespace, name, ...rest } = reference;
  const version = { resourceVersion: String(500_000_000 + random.below(9_000_000)) };
  return { ...record, objectRef: { resource, namespace, name, uid: uid(random), ...rest, ...version } };
};

/** When a request has only arrived there is no status yet, and nobody has decided about it. */
const withoutResponse = ({ responseStatus: _, annotations: __, ...record }: JsonObject): JsonObject => record;

/** The text of records, one each, as the API server logs them: Go escapes `<`, `>` and `&` inside strings. */
export const recordTexts = (name: StreamName, count: number, seed = 1): readonly string[] => {
  const texts: string[] = [];
  for (const record of rawStream(name, seed)) {
    texts.push(JSON.stringify(record).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'));
    if (texts.length === count) break;
  }
  return texts;
};
