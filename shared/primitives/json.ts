/** Reading of JSON that somebody else wrote: a value of another type than expected counts as absent, never as an error. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `object[key]` for own keys only, so that `__proto__` and `constructor` are nothing special. */
const own = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const walk = (value: unknown, path: readonly string[]): unknown => {
  let found = value;
  for (const key of path) found = own(found, key);
  return found;
};

/** The value at a path of keys, or undefined as soon as a step is missing. */
export const at = (value: unknown, ...path: readonly string[]): unknown => walk(value, path);

export const textAt = (value: unknown, ...path: readonly string[]): string => {
  const found = walk(value, path);
  return typeof found === 'string' ? found : '';
};

export const numberAt = (value: unknown, ...path: readonly string[]): number => {
  const found = walk(value, path);
  return typeof found === 'number' && Number.isFinite(found) ? found : 0;
};

export const objectAt = (value: unknown, ...path: readonly string[]): JsonObject | undefined => {
  const found = walk(value, path);
  return isObject(found) ? found : undefined;
};

const listIn = (value: unknown, path: readonly string[]): readonly Json[] => {
  const found = walk(value, path);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly Json[] => listIn(value, path);

export const objectsAt = (value: unknown, ...path: readonly string[]): readonly JsonObject[] =>
  listIn(value, path).filter(isObject);

export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] =>
  listIn(value, path).filter((item) => typeof item === 'string');

/** Parsed JSON, or undefined for text that is not JSON. */
export const parseJson = (text: string): Json | undefined => {
  // An error costs more than parsing a record, and absent texts are read all the time.
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};
