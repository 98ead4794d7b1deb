/** What somebody who mistyped a name may have meant. */

/** The name with the fewest edits, when they are few enough for a slip of the hand. */
export const nearest = (written: string, names: readonly string[]): string | undefined => {
  const text = written.slice(0, LONGEST).toLowerCase();
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    const edits = editsBetween(text, name.toLowerCase());
    if (best === undefined || edits < best.edits) best = { name, edits };
  }
  return best !== undefined && best.edits <= Math.max(2, Math.ceil(text.length / 3)) ? best.name : undefined;
};

/** ` Did you mean "…"?`, or nothing. */
export const didYouMean = (written: string, names: readonly string[]): string => {
  const name = nearest(written, names);
  return name === undefined ? '' : ` Did you mean "${name}"?`;
};

const LONGEST = 64;

/** Levenshtein distance, one row of the table at a time. */
const editsBetween = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
};
