/** Requests that run a command in a pod: `pods/exec`, and the same through the kubelet by way of `nodes/proxy`. */
import type { Command } from './command.ts';
import type { AuditHeader } from './event.ts';
import { kubeletCallOf } from './kubelet-proxy.ts';

/**
 * A WebSocket client sends GET, an SPDY client POST, so the verb says nothing. A stream that was opened counts as succeeded at
 * code 101, when its record has no end yet.
 */
export const EXEC = { resources: ['pods/exec', 'nodes/proxy'], outcomes: ['succeeded', 'denied'] } as const;

/** The command that was asked for: every `command` parameter in order; the kubelet's `run` takes one `cmd` and splits it at spaces. */
export const execCommandOf = (event: AuditHeader): Command => {
  const command = event.query.get('command');
  if (command !== undefined) return command;
  return kubeletCallOf(event) === undefined
    ? NONE
    : (event.query.get('cmd') ?? NONE).flatMap((text) => text.split(' '));
};

const NONE: Command = [];

/** `namespace/name` of the pod. */
export const podOf = (event: AuditHeader): string =>
  kubeletCallOf(event)?.pod ?? `${event.object.namespace}/${event.object.name}`;
