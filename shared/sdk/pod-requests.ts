/** What the detections of dangerous pods share: which requests write pods, and how a summary names what they write. */

import { isEks, makesPods } from '../eks/identities.ts';
import type { AuditEvent } from '../events/event.ts';
import { WRITE_VERBS } from '../kubernetes/verbs.ts';
import { type Container, type PodSpec, WORKLOADS, type Workload, workloadName } from '../kubernetes/workload.ts';
import { perObject } from '../primitives/memo.ts';
import type { AuditSelection } from './detection.ts';
import { requestedPodSpecs } from './pod-specs.ts';

/**
 * Requests that write a pod or a pod template. Of what controllers write, only new pods are judged (`requestedPodSpecs`). A finding about
 * such a pod has the same workload as a finding about its template, so both are one finding. Its actor is the author of the template,
 * if that request was seen.
 */
export const POD_WRITES = {
  level: 'request',
  verbs: WRITE_VERBS,
  resources: WORKLOADS,
  outcomes: ['succeeded', 'denied'],
  actor: (actor) => !isEks(actor),
} as const satisfies AuditSelection;

/** Requests that write a container: `POD_WRITES`, and ephemeral containers in a running pod (`kubectl debug`). */
export const CONTAINER_WRITES = {
  ...POD_WRITES,
  resources: [...WORKLOADS, 'pods/ephemeralcontainers'],
} as const satisfies AuditSelection;

/**
 * The containers that a request writes, of every sort. A request for an ephemeral container may carry the whole pod, but can change no
 * other container of it.
 */
export const requestedContainers = perObject((event: AuditEvent): readonly Container[] => {
  const written = requestedPodSpecs(event).flatMap(containersOf);
  if (event.object.subresource !== 'ephemeralcontainers') return written;
  return [...written, ...(event.spec?.containers ?? [])].filter(({ sort }) => sort === 'ephemeral');
});

const containersOf = ({ containers }: PodSpec): readonly Container[] => containers;

/**
 * Names the workload that a request writes: `deployment default/web`. A pod of a controller is named after its workload, so that the
 * pod and the template are one finding.
 */
export const nameOfRequested = perObject((event: AuditEvent): string => {
  const subject = event.workload ?? event.asked;
  if (subject !== undefined) return workloadName(isOwnerClaimed(event, subject) ? { ...subject, owner: '' } : subject);
  const { resource, namespace, name } = event.object;
  return `${resource} ${namespace}/${name}`;
});

/** Kinds that only controllers of Kubernetes make pods or workloads for. */
const BUILT_IN_OWNERS = /^(?:cronjob|daemonset|deployment|job|replicaset|replicationcontroller|statefulset)\//;

/**
 * True for an owner that only the request claims. Anybody who creates a pod can name a DaemonSet as its owner, for example one that is
 * suppressed, so only a controller is believed. The owner of an existing pod does not change.
 */
const isOwnerClaimed = ({ actor, verb, object }: AuditEvent, { owner }: Workload): boolean =>
  BUILT_IN_OWNERS.test(owner) && !makesPods(actor) && (verb === 'create' || object.resource !== 'pods');

/** Distinct names, of which three are shown: `main, sidecar, init and 2 more`. */
export const listed = (names: readonly string[]): string => {
  const distinct = [...new Set(names)];
  const more = distinct.length - SHOWN;
  return more > 0 ? `${distinct.slice(0, SHOWN).join(', ')} and ${more} more` : distinct.join(', ');
};

const SHOWN = 3;

/**
 * Distinct names after a noun that agrees in number: `host path /etc`, `host paths /etc, /root`.
 *
 * @param several plural of the noun. Default: the noun with an s
 */
export const counted = (noun: string, names: readonly string[], several = `${noun}s`): string =>
  `${new Set(names).size === 1 ? noun : several} ${listed(names)}`;
