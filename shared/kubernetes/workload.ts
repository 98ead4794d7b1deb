import { type JsonObject, objectAt, objectsAt, textAt } from '../primitives/json.ts';
import type { ObjectReference } from './request-uri.ts';

/** A container of any sort, with the list that it is in. */
export interface Container {
  readonly sort: 'container' | 'init' | 'ephemeral';
  readonly name: string;
  readonly image: string;
  readonly raw: JsonObject;
}

export interface PodSpec {
  readonly raw: JsonObject;
  readonly containers: readonly Container[];
}

export interface Workload {
  /** Lower-case kind: `pod`, `deployment`, `cronjob`… */
  readonly kind: string;
  readonly namespace: string;
  /** The name; for `generateName` the given prefix followed by `*`. */
  readonly name: string;
  /** What owns a pod: `replicaset/web-7d4b9`; empty for a bare one. */
  readonly owner: string;
  readonly metadata: JsonObject;
  /** Metadata of the pods to come; the object's own for a pod. */
  readonly podMetadata: JsonObject;
  readonly spec: PodSpec | undefined;
}

/** Path from the object's root to the pod template, for each resource that carries one. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  pods: [],
  podtemplates: ['template'],
  replicationcontrollers: ['spec', 'template'],
  deployments: ['spec', 'template'],
  daemonsets: ['spec', 'template'],
  replicasets: ['spec', 'template'],
  statefulsets: ['spec', 'template'],
  jobs: ['spec', 'template'],
  cronjobs: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The API group that each workload resource belongs to; a custom resource of the same name is not a workload. */
const GROUPS: Readonly<Record<string, string>> = {
  deployments: 'apps',
  daemonsets: 'apps',
  replicasets: 'apps',
  statefulsets: 'apps',
  jobs: 'batch',
  cronjobs: 'batch',
};

/** Resources whose objects are pods or make pods. */
export const WORKLOADS: readonly string[] = Object.keys(TEMPLATES);

const SORTS = [
  ['containers', 'container'],
  ['initContainers', 'init'],
  ['ephemeralContainers', 'ephemeral'],
] as const;

export const podSpecOf = (raw: JsonObject): PodSpec => {
  const containers: Container[] = [];
  for (const [list, sort] of SORTS) {
    for (const entry of objectsAt(raw, list)) {
      containers.push({ sort, name: textAt(entry, 'name'), image: textAt(entry, 'image'), raw: entry });
    }
  }
  return { raw, containers };
};

/** The workload that an object of this resource is, or undefined when the resource is no workload or the body is missing. */
export const workloadOf = (object: ObjectReference, body: JsonObject | undefined): Workload | undefined => {
  const path = Object.hasOwn(TEMPLATES, object.resource) ? TEMPLATES[object.resource] : undefined;
  if (path === undefined || body === undefined || object.group !== (GROUPS[object.resource] ?? '')) return undefined;
  const metadata = objectAt(body, 'metadata') ?? {};
  const template = path.length === 0 ? body : objectAt(body, ...path);
  const spec = objectAt(template, 'spec');
  const generated = textAt(metadata, 'generateName');
  return {
    kind: object.resource.slice(0, -1),
    namespace: object.namespace || textAt(metadata, 'namespace'),
    name: object.name || textAt(metadata, 'name') || (generated && `${generated}*`),
    owner: ownerOf(metadata),
    metadata,
    podMetadata: objectAt(template, 'metadata') ?? {},
    spec: spec && podSpecOf(spec),
  };
};

const ownerOf = (metadata: JsonObject): string => {
  const owners = objectsAt(metadata, 'ownerReferences');
  const owner = owners.find((entry) => entry['controller'] === true) ?? owners[0];
  return owner === undefined ? '' : `${textAt(owner, 'kind').toLowerCase()}/${textAt(owner, 'name')}`;
};

/**
 * What a person calls the thing: `deployment default/web` for the workload itself, and for the pods of a ReplicaSet, Job or
 * DaemonSet the name of what made them, so that a hundred replicas are one thing.
 */
export const workloadName = (workload: Workload): string => {
  const place = workload.namespace === '' ? '' : `${workload.namespace}/`;
  if (workload.owner === '') return `${workload.kind} ${place}${workload.name || '(unnamed)'}`;
  const [kind = '', name = ''] = workload.owner.split('/');
  if (kind === 'node') return `pod ${place}${workload.name}`;
  if (kind === 'replicaset') return `deployment ${place}${name.replace(TEMPLATE_HASH, '')}`;
  if (kind === 'job' && SCHEDULED.test(name)) return `cronjob ${place}${name.replace(SCHEDULED, '')}`;
  return `${kind} ${place}${name}`;
};

/** A ReplicaSet of a Deployment is named `<deployment>-<pod template hash>`; the hash uses these characters only. */
const TEMPLATE_HASH = /-[bcdfghjklmnpqrstvwxz2456789]{5,10}$/;

/** A Job of a CronJob is named `<cronjob>-<minutes since the epoch>`. */
const SCHEDULED = /-\d{8}$/;

/** Resources whose requests name the images that are to run, or that a kubelet reports to run. */
export const IMAGE_RESOURCES: readonly string[] = [...WORKLOADS, 'pods/ephemeralcontainers', 'pods/status'];

/** Reasons of Kubernetes Events whose message names an image that a kubelet fetched or found. */
export const PULL_REASONS: readonly string[] = ['Pulling', 'Pulled'];
