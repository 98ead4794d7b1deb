/** Text that arrives in chunks, cut into records: one a line, or one a JSON value where values span lines. */

/** Characters that one record may have; longer ones are dropped and come out as TOO_LONG. */
export const LONGEST_RECORD = 128 * 1024 * 1024;

/** What comes out instead of a record that was too long to be kept. */
export const TOO_LONG = Symbol('too long');

type Piece = string | typeof TOO_LONG;

export interface Splitter {
  readonly push: (text: string) => readonly Piece[];
  /** What is left at the end of the text. */
  readonly end: () => readonly Piece[];
}

/** A record under construction, of bounded length. */
const createPending = (longest: number) => {
  let parts: string[] = [];
  let length = 0;
  return {
    isEmpty: () => length === 0,
    add: (text: string) => {
      length += text.length;
      if (length <= longest) parts.push(text);
      else parts = [];
    },
    take: (): Piece => {
      const piece = length > longest ? TOO_LONG : parts.join('');
      parts = [];
      length = 0;
      return piece;
    },
  };
};

export const createLineSplitter = (longest = LONGEST_RECORD): Splitter => {
  const pending = createPending(longest);
  const push = (text: string): readonly Piece[] => {
    const pieces: Piece[] = [];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (pending.isEmpty()) pieces.push(end - from > longest ? TOO_LONG : text.slice(from, end));
      else {
        pending.add(text.slice(from, end));
        pieces.push(pending.take());
      }
      from = end + 1;
    }
    if (from < text.length) pending.add(text.slice(from));
    return pieces;
  };
  return { push, end: () => (pending.isEmpty() ? [] : [pending.take()]) };
};

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** What the next character belongs to: nothing yet, a value, a string in one, or text that is no value. */
type State = 'between' | 'value' | 'string' | 'loose' | 'loose string';

/**
 * Cuts JSON values out of text: values one after another, however they are spread over lines, and the elements of top-level arrays
 * one by one, so that no array has to fit into memory. What is between values and is none comes out as a piece of its own.
 */
class ValueSplitter implements Splitter {
  readonly #pending: ReturnType<typeof createPending>;
  #state: State = 'between';
  #depth = 0;
  #isInArray = false;
  #isEscaped = false;
  #pieces: Piece[] = [];
  #text = '';
  /** Index at which what is under way begins. */
  #from = 0;

  constructor(longest: number) {
    this.#pending = createPending(longest);
  }

  push(text: string): readonly Piece[] {
    this.#pieces = [];
    this.#text = text;
    this.#from = 0;
    for (let index = 0; index < text.length; index++) this.#step(text.charCodeAt(index), index);
    if (this.#state !== 'between') this.#pending.add(text.slice(this.#from));
    return this.#pieces;
  }

  end(): readonly Piece[] {
    return this.#pending.isEmpty() ? [] : [this.#pending.take()];
  }

  #step(code: number, index: number): void {
    switch (this.#state) {
      case 'string':
        this.#inString(code, 'value');
        break;
      case 'loose string':
        this.#inString(code, 'loose');
        break;
      case 'value':
        this.#inValue(code, index);
        break;
      case 'loose':
        this.#inLoose(code, index);
        break;
      default:
        this.#begin(code, index);
    }
  }

  #inString(code: number, after: State): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === BACKSLASH) this.#isEscaped = true;
    else if (code === QUOTE) this.#state = after;
  }

  #inValue(code: number, index: number): void {
    if (code === QUOTE) this.#state = 'string';
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      this.#depth--;
      if (this.#depth > 0) return;
      this.#cut(index + 1);
      this.#state = 'between';
    }
  }

  #inLoose(code: number, index: number): void {
    if (code === QUOTE) this.#state = 'loose string';
    else if (isSpace(code) || code === COMMA || code === CLOSE_BRACKET || code === OPEN_BRACE) {
      this.#cut(index);
      this.#begin(code, index);
    }
  }

  #begin(code: number, index: number): void {
    this.#from = index;
    if (code === OPEN_BRACE || (code === OPEN_BRACKET && this.#isInArray)) {
      this.#depth = 1;
      this.#state = 'value';
      return;
    }
    this.#state = this.#isOutside(code) ? 'between' : code === QUOTE ? 'loose string' : 'loose';
    if (this.#state === 'between') this.#from = index + 1;
  }

  /** Space, and what holds the elements of a top-level array together. */
  #isOutside(code: number): boolean {
    if (code === OPEN_BRACKET) this.#isInArray = true;
    else if (code === CLOSE_BRACKET && this.#isInArray) this.#isInArray = false;
    else return isSpace(code) || (code === COMMA && this.#isInArray);
    return true;
  }

  #cut(end: number): void {
    this.#pending.add(this.#text.slice(this.#from, end));
    this.#pieces.push(this.#pending.take());
    this.#from = end;
  }
}

export const createValueSplitter = (longest = LONGEST_RECORD): Splitter => new ValueSplitter(longest);

/** Longest first line by which a document that spans lines gives itself away: `{`, `[`, `{ "events": [`. */
const LONGEST_OPENING = 1_000;

/**
 * Whether text that begins like this holds one record a line. A file of values that span lines, or one big array, begins with a
 * bracket and has nothing complete on its first line. Undefined when more of it is needed to tell.
 */
export const holdsLines = (beginning: string): boolean | undefined => {
  const text = beginning.trimStart();
  if (text === '') return undefined;
  if (text[0] !== '{' && text[0] !== '[') return true;
  if (text[0] === '[') {
    const next = text.slice(1).trimStart()[0];
    return next === undefined ? undefined : next !== '{' && next !== '[' && next !== ']';
  }
  const end = text.indexOf('\n');
  if (end < 0 && text.length <= LONGEST_OPENING) return undefined;
  const first = text.slice(0, end < 0 ? undefined : end).trimEnd();
  return first.length > LONGEST_OPENING || !/[[{,:]$/.test(first);
};
