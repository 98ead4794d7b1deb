/** Patterns that modules build while they load, as they come out. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Literal } from './sources.ts';

/**
 * Loads modules and gives every pattern that `new RegExp(…)` made on the way, with the place of the call. Modules that were loaded
 * before make nothing. A place that is missing in the answer builds its pattern later, from texts that nobody can list.
 */
export const builtPatterns = async (files: readonly string[]): Promise<readonly Literal[]> => {
  const found: Literal[] = [];
  const original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct: (target, [source, flags]) => {
      const pattern = new target(source, flags);
      found.push({ place: callingPlace(), source: pattern.source, flags: pattern.flags });
      return pattern;
    },
  });
  try {
    for (const file of files) await import(pathToFileURL(resolve(file)).href);
  } finally {
    globalThis.RegExp = original;
  }
  return found;
};

/** The line of a stack that is neither the error's text nor in this file. */
const callingPlace = (): string => {
  const line = (new Error().stack ?? '')
    .split('\n')
    .find((text) => text.startsWith('    at ') && !text.includes(import.meta.filename));
  const [, path = '', place = ''] = /(?:file:\/\/|\(|at )(\/[^()]*?)(:\d+:\d+)\)?$/.exec(line ?? '') ?? [];
  return path.replace(`${process.cwd()}/`, '') + place;
};
