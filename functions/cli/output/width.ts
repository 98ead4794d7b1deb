/** How wide text is on a terminal, and how it is cut and wrapped there. */

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** East Asian wide and fullwidth blocks, and pictographs. Source: Unicode EastAsianWidth.txt, ranges of W and F, coarsened. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

const MARK = /^\p{Mark}+$/u;

const PLAIN = /^[\u0020-\u007e]*$/;

const widthOfCharacter = (character: string): number => (WIDE.test(character) ? 2 : MARK.test(character) ? 0 : 1);

/** Columns that a text without control characters takes. */
export const widthOfText = (text: string): number => {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of SEGMENTER.segment(text)) width += widthOfCharacter(segment);
  return width;
};

/** As much of a text as fits into `width` columns, and the rest. */
const split = (text: string, width: number): readonly [string, string] => {
  if (PLAIN.test(text)) return [text.slice(0, width), text.slice(width)];
  let taken = 0;
  for (const { segment, index } of SEGMENTER.segment(text)) {
    taken += widthOfCharacter(segment);
    if (taken > width) return [text.slice(0, index), text.slice(index)];
  }
  return [text, ''];
};

/** Text of at most `width` columns; what was longer ends in `…`. */
export const cut = (text: string, width: number): string =>
  widthOfText(text) <= width ? text : `${split(text, width - 1)[0]}…`;

export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOfText(text)));

/**
 * Lines of at most `width` columns, broken at spaces where there are some and elsewhere inside the word; what does not fit into
 * `most` lines ends in `…`.
 */
export const wrapped = (text: string, width: number, most: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    if (line !== '' && widthOfText(line) + 1 + widthOfText(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (widthOfText(line) > width && lines.length <= most) {
      const [fitting, more] = split(line, width);
      if (fitting === '') break;
      const head = untilSeparator(fitting);
      const rest = fitting.slice(head.length) + more;
      lines.push(head);
      line = rest;
    }
    if (lines.length > most) break;
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  return [...kept.slice(0, -1), cut(`${kept.at(-1)}…`, width).replace(/(?<!…)$/, '')];
};

/** A name is best broken behind one of its separators, when that does not waste most of the line. */
const untilSeparator = (text: string): string => {
  const end = Math.max(...['/', ':', '@', '-', ',', '?', '&'].map((separator) => text.lastIndexOf(separator))) + 1;
  return end > text.length / 2 ? text.slice(0, end) : text;
};
