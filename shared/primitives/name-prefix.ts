/** Names that begin with another: `falco-7x9` is named after `falco`, `falconer` is not. */
import { perObject } from './memo.ts';

const indexOf = perObject((names: readonly string[]) => ({
  known: new Set(names),
  longest: Math.max(0, ...names.map(({ length }) => length)),
}));

/** The longest of `names` that `name` is, or begins with before a hyphen; undefined for none. */
export const namedAfter = (name: string, names: readonly string[]): string | undefined => {
  const { known, longest } = indexOf(names);
  let end = name.length > longest ? name.lastIndexOf('-', longest) : name.length;
  while (end > 0) {
    const beginning = name.slice(0, end);
    if (known.has(beginning)) return beginning;
    end = name.lastIndexOf('-', end - 1);
  }
  return undefined;
};
