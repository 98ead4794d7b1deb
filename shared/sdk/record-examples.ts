/** Builders of raw records as EKS writes them. */

import { createHash } from 'node:crypto';
import { WRITE_VERBS } from '../kubernetes/verbs.ts';
import type { Json, JsonObject } from '../primitives/json.ts';
import type { Caller } from './caller-examples.ts';

/** The text of a record as CloudWatch Logs keeps one that is too long: cut, and no JSON any more. */
export const truncated = (record: JsonObject): string => {
  const text = JSON.stringify(record);
  const end = text.indexOf('"requestObject"');
  return `${text.slice(0, end < 0 ? text.indexOf('"responseStatus"') : end + 40)}[Truncated...]`;
};

export interface RequestParts {
  readonly verb: string;
  readonly by: Caller;
  /** `pods`, `pods/exec`, `deployments.apps`, `cronjobs.batch`; empty for a request outside the API. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Path with query; made from the object when absent. */
  readonly uri?: string;
  /** Query to add to the made path, without `?`. */
  readonly query?: string;
  readonly code?: number;
  readonly message?: string;
  readonly reason?: string;
  readonly stage?: string;
  readonly level?: string;
  readonly request?: Json;
  readonly response?: Json;
  readonly impersonated?: JsonObject;
  readonly annotations?: JsonObject;
  /** ISO 8601. */
  readonly at?: string;
  readonly auditId?: string;
  readonly sourceIPs?: readonly string[];
  /** Who said no to a 403: RBAC decides before the body is read, so no body is logged; admission decides after. */
  readonly refusedBy?: 'rbac' | 'admission';
}

/** One raw audit record, fields in the API server's order. */
export const audit = (parts: RequestParts): JsonObject => {
  const { verb, by, code = verb === 'create' ? 201 : 200, at = '2026-03-02T10:15:00.000000Z' } = parts;
  const object = objectRefOf(parts);
  const decision = isDenied(code) ? 'forbid' : 'allow';
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: parts.level ?? levelOf(parts),
    auditID: parts.auditId ?? uuidOf(JSON.stringify({ ...parts, stage: undefined })),
    stage: parts.stage ?? (code === 401 ? 'ResponseStarted' : 'ResponseComplete'),
    requestURI: parts.uri ?? uriOf(object, verb) + (parts.query === undefined ? '' : `?${parts.query}`),
    verb,
    user: by.user,
    ...(parts.impersonated && { impersonatedUser: parts.impersonated }),
    sourceIPs: parts.sourceIPs ?? [by.ip],
    userAgent: by.agent,
    ...(object && { objectRef: object }),
    responseStatus: statusOf(parts, code),
    ...bodiesOf(parts, code),
    requestReceivedTimestamp: at,
    stageTimestamp: at,
    annotations: parts.annotations ?? {
      'authorization.k8s.io/decision': decision,
      'authorization.k8s.io/reason': '',
    },
  };
};

/**
 * One raw audit record, as a line: `call(alice, 'create pods/exec shop/web')`.
 *
 * @param line verb, resource, and where it needs one the object: `<name>`, `<namespace>/<name>`, or `<namespace>/` for a collection
 */
export const call = (by: Caller, line: string, parts: Partial<RequestParts> = {}): JsonObject => {
  const [verb = '', resource = '', object = ''] = line.split(' ');
  const slash = object.indexOf('/');
  return audit({
    verb,
    by,
    resource,
    namespace: object.slice(0, Math.max(slash, 0)),
    name: object.slice(slash + 1),
    ...parts,
  });
};

const isDenied = (code: number): boolean => code === 401 || code === 403;

const levelOf = ({ verb, request, response }: RequestParts): string => {
  const hasBody = request !== undefined || response !== undefined;
  return hasBody || WRITE_VERBS.includes(verb) ? 'RequestResponse' : 'Metadata';
};

const statusOf = ({ message = '', reason }: RequestParts, code: number): JsonObject => ({
  metadata: {},
  ...(code >= 400 && { status: 'Failure', message, reason: reason ?? REASONS[code] ?? '' }),
  code,
});

/** RBAC denies before the body is read; admission denies after. */
const bodiesOf = ({ request, response, refusedBy }: RequestParts, code: number): JsonObject => ({
  ...(request !== undefined && (!isDenied(code) || refusedBy === 'admission') && { requestObject: request }),
  ...(response !== undefined && !isDenied(code) && { responseObject: response }),
});

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'AlreadyExists',
};

const objectRefOf = ({ resource = '', namespace, name }: RequestParts): Record<string, string> | undefined => {
  if (resource === '') return undefined;
  const [path = '', subresource] = resource.split('/');
  const dot = path.indexOf('.');
  const group = dot < 0 ? '' : path.slice(dot + 1);
  return {
    resource: dot < 0 ? path : path.slice(0, dot),
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(group && { apiGroup: group }),
    apiVersion: 'v1',
    ...(subresource && { subresource }),
  };
};

const uriOf = (object: Readonly<Record<string, string>> | undefined, verb: string): string => {
  if (object === undefined) return '/';
  const { apiGroup, apiVersion, namespace, resource, name, subresource } = object;
  const root = apiGroup === undefined ? `/api/${apiVersion}` : `/apis/${apiGroup}/${apiVersion}`;
  const named = name !== undefined && (verb !== 'create' || subresource !== undefined);
  return [root, namespace && `namespaces/${namespace}`, resource, named && name, subresource].filter(Boolean).join('/');
};

/** A version-4 shaped id that depends on the content only. */
const uuidOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-a$4-$5');

/** A pod, as it is sent. */
export const pod = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec: { containers: [{ name: 'main', image: 'nginx:1.27' }], ...spec },
});

/** Metadata of what a controller made for an object of this kind. */
export const ownedBy = (kind: string, name: string): JsonObject => ({
  ownerReferences: [
    { apiVersion: 'apps/v1', kind, name, uid: '0b9f1c1e-5f7e-4c39-8a62-3d1f0c9a7e55', controller: true },
  ],
});

/** The apps/v1 or batch/v1 object that makes pods of this spec. */
export const workload = (
  kind: 'Deployment' | 'DaemonSet' | 'StatefulSet' | 'Job' | 'CronJob',
  spec: JsonObject,
  name = 'web',
): JsonObject => {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'main', image: 'nginx:1.27' }], ...spec },
  };
  const isBatch = kind === 'Job' || kind === 'CronJob';
  return {
    kind,
    apiVersion: isBatch ? 'batch/v1' : 'apps/v1',
    metadata: { name, namespace: 'default' },
    spec: kind === 'CronJob' ? { schedule: '*/5 * * * *', jobTemplate: { spec: { template } } } : { template },
  };
};

/** `create pods` by somebody, answered with the pod as it was stored. */
export const createPod = (by: Caller, body: JsonObject, parts: Partial<RequestParts> = {}): JsonObject => {
  const metadata = body['metadata'] as JsonObject;
  const name = metadata['name'];
  return audit({
    verb: 'create',
    by,
    resource: 'pods',
    namespace: String(metadata['namespace'] ?? 'default'),
    ...(typeof name === 'string' && { name }),
    request: body,
    response: body,
    ...parts,
  });
};

/** A Kubernetes Event object, as kubectl shows it. */
export const kubernetesEvent = (parts: {
  readonly reason: string;
  readonly message: string;
  readonly pod?: string;
  readonly namespace?: string;
  readonly at?: string;
  readonly host?: string;
  readonly count?: number;
}): JsonObject => {
  const { pod: name = 'web', namespace = 'default', at = '2026-03-02T10:15:00Z' } = parts;
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: {
      name: `${name}.17a1b2c3d4e5f607`,
      namespace,
      uid: uuidOf(JSON.stringify({ ...parts, stage: undefined })),
      creationTimestamp: at,
    },
    involvedObject: { kind: 'Pod', namespace, name, apiVersion: 'v1', fieldPath: 'spec.containers{main}' },
    reason: parts.reason,
    message: parts.message,
    source: { component: 'kubelet', host: parts.host ?? 'ip-10-0-1-17.eu-west-1.compute.internal' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: parts.count ?? 1,
    type: 'Normal',
  };
};
