/** JSON patches (RFC 6902), read as the part of an object that they set. */

import { at, isObject, type Json, type JsonObject, textAt } from '../primitives/json.ts';

/** Operations and path steps that are followed; a real patch has a handful of each. */
const MOST_OPERATIONS = 1_000;
const DEEPEST = 32;

const CHANGES = new Set(['add', 'replace', 'remove']);
const OPAQUE = new Set(['copy', 'move']);

type Node = { [key: string]: Node | Json };

/**
 * The object that remains when a patch's operations are applied to nothing: what `add` and `replace` set, and null where `remove`
 * takes something away, as a merge patch would say it. List positions become lists, in the order of the operations. Undefined for a
 * list without such an operation, and for one that can't be followed (`copy`, `move`, the whole document, too many): such a patch is
 * judged by the object that it made.
 */
export const patchedPart = (operations: readonly Json[]): JsonObject | undefined => {
  const root: Node = Object.create(null);
  const made: Made = new Map([[root, 0]]);
  let isEmpty = true;
  if (operations.length > MOST_OPERATIONS || operations.some(isOpaque)) return undefined;
  for (const operation of operations) {
    const value = textAt(operation, 'op') === 'remove' ? null : at(operation, 'value');
    if (!isObject(operation) || !CHANGES.has(textAt(operation, 'op')) || value === undefined) continue;
    const steps = textAt(operation, 'path').split('/').slice(1, DEEPEST).map(unescaped);
    if (steps.length === 0) continue;
    place(root, made, steps, value as Json);
    isEmpty = false;
  }
  return isEmpty ? undefined : (listed(root, made) as JsonObject);
};

/** What it sets stands somewhere else than in the operation, or is everything. */
const isOpaque = (operation: Json): boolean =>
  OPAQUE.has(textAt(operation, 'op')) || (textAt(operation, 'op') !== 'test' && at(operation, 'path') === '');

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

/** Objects that were made here, and how many keys each has: an attacker may append a thousand times to something huge. */
type Made = Map<unknown, number>;

const set = (made: Made, node: Node, key: string, value: Node | Json): void => {
  if (!Object.hasOwn(node, key)) made.set(node, (made.get(node) ?? 0) + 1);
  node[key] = value;
};

/** Copies what it enters for the first time, so that a value inside the record is never changed. */
const place = (root: Node, made: Made, steps: readonly string[], value: Json): void => {
  let node = root;
  for (const step of steps.slice(0, -1)) {
    const next = Object.hasOwn(node, step) ? node[step] : undefined;
    if (made.has(next)) {
      node = next as Node;
      continue;
    }
    const copy: Node = Object.assign(Object.create(null), typeof next === 'object' ? next : {});
    made.set(copy, Object.keys(copy).length);
    set(made, node, step, copy);
    node = copy;
  }
  const last = steps.at(-1) as string;
  // `-` appends: every appended element must stay.
  set(made, node, last === '-' ? `${made.get(node)}` : last, value);
};

/** Nodes whose keys are all positions become lists. Values are left as they are, however deep. */
const listed = (node: Node | Json, made: Made): Json => {
  if (!made.has(node)) return node as Json;
  const entries = Object.entries(node as Node).map(([key, value]) => [key, listed(value, made)] as const);
  const isList = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key));
  return isList ? entries.map(([, value]) => value) : (Object.fromEntries(entries) as JsonObject);
};
