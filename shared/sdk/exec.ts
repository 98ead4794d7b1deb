/** Requests that run a command in a pod: `pods/exec`, and the same through the kubelet by way of `nodes/proxy`. */
import type { Command } from '../commands/command.ts';
import type { AuditHeader } from '../events/event.ts';
import { kubeletCallOf } from './kubelet-proxy.ts';

/**
 * A WebSocket client sends GET, an SPDY client POST, so the verb says nothing. A stream that was opened counts as succeeded at
 * code 101, when its record has no end yet.
 */
export const EXEC = { resources: ['pods/exec', 'nodes/proxy'], outcomes: ['succeeded', 'denied'] } as const;

/**
 * Characters of a denied command that are judged. Nothing of it ran, and anybody who reaches the API server can have a megabyte of one
 * logged.
 */
const LONGEST_DENIED = 1_024;

/** The command that was asked for: every `command` parameter in order; the kubelet's `run` takes one `cmd` and splits it at spaces. */
export const execCommandOf = (event: AuditHeader): Command => {
  const command = event.query.get('command');
  const words = command ?? (kubeletCallOf(event) === undefined ? NONE : commandLinesOf(event));
  return event.outcome === 'denied' ? beginningOf(words) : words;
};

const commandLinesOf = (event: AuditHeader): Command =>
  (event.query.get('cmd') ?? NONE).flatMap((text) => text.split(' '));

const beginningOf = (words: Command): Command => {
  const beginning: string[] = [];
  let room = LONGEST_DENIED;
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
