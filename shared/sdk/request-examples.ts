/** Builders of raw records that read like the request, for the examples beside the detections. */
import type { JsonObject } from '../primitives/json.ts';
import { MINUTE } from '../primitives/time.ts';
import { type Caller, human } from './caller-examples.ts';
import { audit, type RequestParts } from './record-examples.ts';

type Parts = Partial<RequestParts>;

/** Somebody runs a command in pod shop/web-0: `exec('cat /etc/passwd')`, or word by word where a word holds a space. */
export const exec = (command: string | readonly string[], parts: Parts = {}): JsonObject => {
  const words = typeof command === 'string' ? command.split(' ') : command;
  const query = [...words.map((word) => `command=${encodeURIComponent(word)}`), 'container=web'].join('&');
  return audit({
    verb: 'get',
    by: human(),
    resource: 'pods/exec',
    namespace: 'shop',
    name: 'web-0',
    query,
    code: 101,
    ...parts,
  });
};

/** Somebody patches an object. */
export const patch = (resource: string, request: JsonObject | readonly JsonObject[], parts: Parts = {}): JsonObject =>
  audit({ verb: 'patch', by: human(), resource, name: 'web', request: request as JsonObject, ...parts });

/** Somebody lists the pods of namespace shop. */
export const listPods = (by: Caller, parts: Parts = {}): JsonObject =>
  audit({ verb: 'list', by, resource: 'pods', namespace: 'shop', ...parts });

/** Parts of a request that admission denies. Its body is read before that, so it is logged. */
export const DENIED_BY_ADMISSION = { code: 403, refusedBy: 'admission' } as const satisfies Parts;

/** Begin of a series, ISO 8601 in UTC. */
const BEGIN = /* @__PURE__ */ Date.UTC(2026, 2, 2, 10);

/**
 * So many records, one after another.
 *
 * @param every milliseconds from one to the next; a minute by default
 * @param make makes a record from its time (ISO 8601) and its number
 */
export const series = (
  count: number,
  make: (at: string, index: number) => JsonObject,
  every = MINUTE,
): readonly JsonObject[] =>
  Array.from({ length: count }, (_, index) => make(new Date(BEGIN + index * every).toISOString(), index));
