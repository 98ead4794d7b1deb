/** What the detections of dangerous pods share: which requests write pods, and how to name what was written. */

import { isEks, makesPods } from '../eks/identities.ts';
import { nameOf } from '../events/actor.ts';
import type { AuditEvent, Outcome } from '../events/event.ts';
import {
  type Container,
  type PodSpec,
  WORKLOADS,
  type Workload,
  WRITE_VERBS,
  workloadName,
} from '../kubernetes/workload.ts';
import { perObject } from '../primitives/memo.ts';
import type { AuditSelection } from './detection.ts';
import { requestedPodSpecs } from './pod-specs.ts';

/**
 * Requests that write a pod or the template of one. Of what controllers make only the pods are judged (`requestedPodSpecs`), and they are
 * about the same workload as its template: whoever wrote that, if it was seen, is the finding's actor.
 */
export const POD_WRITES = {
  level: 'request',
  verbs: WRITE_VERBS,
  resources: WORKLOADS,
  outcomes: ['succeeded', 'denied'],
  actor: (actor) => !isEks(actor),
} as const satisfies AuditSelection;

/** The same, with the containers that are put into a running pod (`kubectl debug`). */
export const CONTAINER_WRITES = {
  ...POD_WRITES,
  resources: [...WORKLOADS, 'pods/ephemeralcontainers'],
} as const satisfies AuditSelection;

/**
 * The containers that a request writes, of every sort, one by one. A request for an ephemeral container may carry the whole pod, but
 * can change no other container of it.
 */
export const requestedContainers = perObject((event: AuditEvent): readonly Container[] => {
  const written = requestedPodSpecs(event).flatMap(containersOf);
  if (event.object.subresource !== 'ephemeralcontainers') return written;
  return [...written, ...(event.spec?.containers ?? [])].filter(({ sort }) => sort === 'ephemeral');
});

const containersOf = ({ containers }: PodSpec): readonly Container[] => containers;

/** `deployment default/web`, whatever the request wrote of it. */
export const nameOfRequested = perObject((event: AuditEvent): string => {
  const subject = event.workload ?? event.asked;
  if (subject !== undefined) return workloadName(isOwnerClaimed(event, subject) ? { ...subject, owner: '' } : subject);
  const { resource, namespace, name } = event.object;
  return `${resource} ${namespace}/${name}`;
});

/** Kinds that only controllers of Kubernetes make pods or workloads for. */
const BUILT_IN_OWNERS = /^(?:cronjob|daemonset|deployment|job|replicaset|replicationcontroller|statefulset)\//;

/**
 * Whoever creates a pod may write into it that a DaemonSet owns it, one that somebody has suppressed. Only a controller's word for
 * it counts; of a pod that is there already the owner is what it was.
 */
const isOwnerClaimed = ({ actor, verb, object }: AuditEvent, { owner }: Workload): boolean =>
  BUILT_IN_OWNERS.test(owner) && !makesPods(actor) && (verb === 'create' || object.resource !== 'pods');

const DID: Readonly<Partial<Record<Outcome, string>>> = { denied: 'was refused to run', failed: 'tried to run' };

/** `alice ran`, `alice was refused to run`, or `alice tried to run`. */
export const whoRan = (event: AuditEvent): string =>
  `${nameOf(event.actor, event.impersonated)} ${DID[event.outcome] ?? 'ran'}`;

/** Names without repetition, three at most: `main, sidecar, init and 2 more`. */
export const listed = (names: readonly string[]): string => {
  const distinct = [...new Set(names)];
  const more = distinct.length - SHOWN;
  return more > 0 ? `${distinct.slice(0, SHOWN).join(', ')} and ${more} more` : distinct.join(', ');
};

const SHOWN = 3;
