/**
 * Reading the beginning of a record that was cut short. CloudWatch Logs and EKS end an oversized line in `[Truncated...]`, and an
 * attacker can make a line oversized. The API server writes its fields in a fixed order, bodies last, so what identifies a request
 * is nearly always there.
 */

import { type Json, type JsonObject, parseJson } from '../primitives/json.ts';

/** What tells who asked for what. */
const NEEDED = ['auditID', 'stage', 'requestURI', 'verb', 'user'] as const;

/** A record that is cut before any of these tells nothing at all, and is rejected. */
const LEAST = ['auditID', 'stage'] as const;

/**
 * The complete top-level fields at the beginning of a JSON object's text. A field counts only when its value is followed by a
 * comma or a brace, so a cut inside a value never yields half of it; the first of duplicate keys wins. Undefined when the text
 * does not begin as an audit event, or is cut right at the beginning.
 *
 * A URI may be so long that nobody can tell who sent it: then there is neither verb nor user, and of the URI no more than its path.
 */
export const salvage = (text: string): JsonObject | undefined => {
  if (!/^\s*\{\s*"kind"\s*:\s*"Event"/.test(text.slice(0, 64))) return undefined;
  const fields: Record<string, Json> = Object.create(null);
  let index = text.indexOf('{') + 1;
  while (index < text.length) {
    index = skipSpace(text, index);
    const keyEnd = endOfValue(text, index);
    const colon = skipSpace(text, keyEnd);
    if (text[index] !== '"' || keyEnd < 0 || text[colon] !== ':') break;
    const valueStart = skipSpace(text, colon + 1);
    const valueEnd = endOfValue(text, valueStart);
    const next = skipSpace(text, valueEnd);
    if (valueEnd < 0 || (text[next] !== ',' && text[next] !== '}')) break;
    const key = parseJson(text.slice(index, keyEnd));
    const value = parseJson(text.slice(valueStart, valueEnd));
    if (typeof key !== 'string' || value === undefined) break;
    if (!(key in fields)) fields[key] = value;
    index = next + 1;
  }
  const apiVersion = fields['apiVersion'];
  const isAudit = typeof apiVersion === 'string' && apiVersion.startsWith('audit.k8s.io/');
  if (!isAudit || !LEAST.every((name) => name in fields)) return undefined;
  if (NEEDED.every((name) => name in fields)) return { ...fields };
  const { auditID = '', stage = '', level = '', requestURI = pathBefore(text, index) } = fields;
  return { apiVersion, level, auditID, stage, requestURI };
};

/** The path of a `requestURI` that begins at `from` and is cut inside its query; empty when it is cut before. */
const pathBefore = (text: string, from: number): string => {
  const [, path = ''] = /^\s*"requestURI"\s*:\s*"([^"?\\]{0,1000})\?/.exec(text.slice(from, from + 1_100)) ?? [];
  return path;
};

const skipSpace = (text: string, from: number): number => {
  let index = from;
  while (index >= 0 && index < text.length && ' \t\r\n'.includes(text[index] as string)) index++;
  return index;
};

/** Index after the value that begins at `from`, or -1 when the text ends inside it. */
const endOfValue = (text: string, from: number): number => {
  const first = text[from];
  if (first === '"') return endOfString(text, from);
  if (first === '{' || first === '[') return endOfNest(text, from);
  let index = from;
  while (index < text.length && !',}] \t\r\n'.includes(text[index] as string)) index++;
  return index === from || index === text.length ? -1 : index;
};

const endOfString = (text: string, from: number): number => {
  for (let index = from + 1; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (char === 0x5c) index++;
    else if (char === 0x22) return index + 1;
  }
  return -1;
};

const endOfNest = (text: string, from: number): number => {
  let depth = 0;
  for (let index = from; index < text.length; index++) {
    const char = text[index];
    if (char === '"') {
      const end = endOfString(text, index);
      if (end < 0) return -1;
      index = end - 1;
    } else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      depth--;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
};
