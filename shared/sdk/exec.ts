/** Requests that run a command in a pod: `pods/exec`, and the same through the kubelet by way of `nodes/proxy`. */
import type { Command } from '../commands/command.ts';
import { isUnauthenticated } from '../events/actor.ts';
import type { AuditHeader } from '../events/event.ts';
import { kubeletCallOf } from './kubelet-proxy.ts';

/**
 * A WebSocket client sends GET, an SPDY client POST, so the verb says nothing. A stream that was opened counts as succeeded at
 * code 101, when its record has no end yet.
 */
export const EXEC = { resources: ['pods/exec', 'nodes/proxy'], outcomes: ['succeeded', 'denied'] } as const;

/**
 * Characters of a denied command that are judged. Nothing of it ran, and anybody who reaches the API server can have a megabyte of one
 * logged. Of a caller without credentials no more is worth knowing than which program was asked for.
 */
const LONGEST_DENIED = 1_024;
const LONGEST_OF_STRANGERS = 128;

/** The command that was asked for: every `command` parameter in order; the kubelet's `run` takes one `cmd` and splits it at spaces. */
export const execCommandOf = (event: AuditHeader): Command => {
  const command = event.query.get('command');
  const words = command ?? (kubeletCallOf(event) === undefined ? NONE : commandLinesOf(event));
  if (event.outcome !== 'denied') return words;
  return beginningOf(words, isUnauthenticated(event.actor) ? LONGEST_OF_STRANGERS : LONGEST_DENIED);
};

const commandLinesOf = (event: AuditHeader): Command =>
  (event.query.get('cmd') ?? NONE).flatMap((text) => text.split(' '));

const beginningOf = (words: Command, longest: number): Command => {
  const beginning: string[] = [];
  let room = longest;
  for (const word of words) {
    if (room <= 0) break;
    beginning.push(word.slice(0, room));
    room -= word.length + 1;
  }
  return beginning;
};

const NONE: Command = [];

/** `namespace/name` of the pod. */
export const podOf = (event: AuditHeader): string =>
  kubeletCallOf(event)?.pod ?? `${event.object.namespace}/${event.object.name}`;

/**
 * How controllers end the names of their pods: a hash of the template and five characters of an alphabet without vowels, the minute of
 * a CronJob, or a number. Source: SafeEncodeString of k8s.io/apimachinery, and the names of StatefulSets and CronJobs.
 */
const MADE_UP = /(?:-[bcdfghjklmnpqrstvwxz2456789]{6,10}|-\d{8})?-[bcdfghjklmnpqrstvwxz2456789]{5}$|-\d{1,5}$/;

/** `shop/web-*` for a pod that a controller seems to have named, so that each new replica is no new finding; else the pod. */
export const replicasOf = (event: AuditHeader): string => podOf(event).replace(MADE_UP, '-*');
