/** How a shell reads single words: braces, and escapes by number. */

const BRACES = /^([^{}]*)\{([^{},]*,[^{}]*)\}([^{}]*)$/;
const LONGEST_BRACED = 1_024;
const MOST_ALTERNATIVES = 16;

/** `/etc/{shadow,passwd}` and `{cat,/etc/shadow}` as bash expands them: one pair of braces, and no more than a person writes. */
export const bracesExpanded = (word: string): readonly string[] => {
  const braced = word.length <= LONGEST_BRACED && word.includes('{') ? BRACES.exec(word) : null;
  if (braced === null) return [word];
  const [, before = '', alternatives = '', after = ''] = braced;
  return alternatives
    .split(',')
    .slice(0, MOST_ALTERNATIVES)
    .map((alternative) => before + alternative + after);
};

/** Index of the quote that ends a `$'…'` which begins at `from`; the end of the script where there is none. */
export const endOfAnsi = (script: string, from: number): number => {
  let index = from;
  while (index < script.length && script[index] !== "'") index += script[index] === '\\' ? 2 : 1;
  return Math.min(index, script.length);
};

/** Backslash escapes by number, as `$'…'`, printf and most languages read them: `\x2f`, `\057`, `\u002f`. */
export const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replace(/\\(?:x([\da-f]{1,2})|u([\da-f]{4})|0?([0-7]{1,3}))/gi, (_, hex, unicode, octal) =>
        String.fromCharCode(
          octal === undefined ? Number.parseInt(hex ?? unicode, 16) : Number.parseInt(octal, 8) & 0xff,
        ),
      )
    : text;
