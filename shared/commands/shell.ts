/**
 * Reads a shell script far enough to know which programs it starts with which words: quotes, escapes, substitutions, pipelines and
 * plain variables are followed, nothing is run. One pass over the text, so work is linear in its length.
 */

import { bracesExpanded, endOfAnsi, unescaped } from './shell-word.ts';

/** A simple command: its words as the shell would hand them over. Redirections stay as words (`>`, `<`, `>&`). */
export interface Statement {
  readonly words: readonly string[];
  /** Statements of one pipeline share this object. */
  readonly pipeline: object;
  /** The statement that takes this one's output as a word: `$(…)`, backticks and `<(…)`; undefined elsewhere. */
  readonly within: Statement | undefined;
}

/** A place of the script that is being read: the whole, or the inside of a substitution. */
interface Frame {
  statement: { words: string[]; pipeline: object; within: Statement | undefined };
  word: string;
  hasWord: boolean;
  isQuoted: boolean;
  /** What ends the frame; empty for the whole script. */
  readonly end: '' | ')' | '`';
}

/** Substitutions inside substitutions that are followed. */
const DEEPEST = 16;

/** Characters that known variables may add in all, so that variables made of variables can't multiply. */
const MOST_EXPANDED = 65_536;

const ASSIGNMENT = /^([A-Za-z_]\w{0,63})=/;
const VARIABLE = /\$(?:\{([A-Za-z_]\w{0,63})\}|([A-Za-z_]\w{0,63}))/y;
const SPACE_VARIABLE = /\$(?:IFS\b|\{IFS[^}]{0,16}\})(?:\$\d)?/y;
const NOTHING_VARIABLE = /\$(?:[@*1-9]|\{[@*1-9]\})/y;
const REDIRECTION = /&?[<>][<>&|]*/y;
/** Characters that mean only themselves, outside quotes and inside double ones. */
const PLAIN = /[^ \t\r\n\\$`"'<>&|;()#]+/y;
const PLAIN_QUOTED = /[^\\$`"]+/y;

const matchAt = (pattern: RegExp, text: string, index: number): RegExpExecArray | null => {
  pattern.lastIndex = index;
  return pattern.exec(text);
};

/** The simple commands of a script, in the order in which they end. */
export const statementsOf = (script: string, within?: Statement): readonly Statement[] =>
  new ScriptReader(script, within).read();

class ScriptReader {
  readonly #script: string;
  readonly #found: Statement[] = [];
  readonly #variables = new Map<string, string>();
  readonly #frames: Frame[];
  #frame: Frame;
  #index = 0;
  #expanded = 0;

  constructor(script: string, within: Statement | undefined) {
    this.#script = script;
    this.#frame = frameOf('', within);
    this.#frames = [this.#frame];
  }

  read(): readonly Statement[] {
    while (this.#index < this.#script.length) {
      const char = this.#script[this.#index] as string;
      if (!this.#takesAnywhere(char)) {
        if (this.#frame.isQuoted) this.#plain(PLAIN_QUOTED);
        else if (!this.#takesWordPart(char) && !this.#takesOperator(char)) this.#plain(PLAIN);
      }
    }
    while (this.#frames.length > 1) this.#close();
    this.#endStatement();
    return this.#found;
  }

  get #next(): string | undefined {
    return this.#script[this.#index + 1];
  }

  /** What means something inside double quotes and outside. */
  #takesAnywhere(char: string): boolean {
    if (char === '\\') {
      if (this.#next !== '\n') this.#add(this.#next ?? '');
      this.#index += 2;
    } else if (char === '$' && this.#next === "'" && !this.#frame.isQuoted) {
      const end = endOfAnsi(this.#script, this.#index + 2);
      this.#add(unescaped(this.#script.slice(this.#index + 2, end)));
      this.#index = end + 1;
    } else if (char === '$') {
      this.#index += this.#dollar();
    } else if (char === '`') {
      if (this.#frame.end === '`') this.#close();
      else this.#open('`');
      this.#index++;
    } else if (char === '"') {
      this.#frame.isQuoted = !this.#frame.isQuoted;
      this.#frame.hasWord = true;
      this.#index++;
    } else return false;
    return true;
  }

  /** Outside quotes: single quotes, spaces, comments and redirections. */
  #takesWordPart(char: string): boolean {
    if (char === "'") this.#singleQuoted();
    else if (char === ' ' || char === '\t' || char === '\r') {
      this.#endWord();
      this.#index++;
    } else if (char === '#' && !this.#frame.hasWord) {
      const end = this.#script.indexOf('\n', this.#index);
      this.#index = end < 0 ? this.#script.length : end;
    } else if ((char === '<' || char === '>') && this.#next === '(') {
      this.#open(')');
      this.#index += 2;
    } else if (char === '<' || char === '>' || (char === '&' && this.#next === '>')) this.#redirection();
    else return false;
    return true;
  }

  /** Outside quotes: what ends a statement. */
  #takesOperator(char: string): boolean {
    if (char === '|') {
      const isOr = this.#next === '|';
      const length = isOr || this.#next === '&' ? 2 : 1;
      this.#endStatement(!isOr);
      this.#index += length;
    } else if (char === ')' && this.#frame.end === ')') {
      this.#close();
      this.#index++;
    } else if (';&\n()'.includes(char)) {
      this.#endStatement();
      this.#index++;
    } else return false;
    return true;
  }

  #singleQuoted(): void {
    const from = this.#index + 1;
    const end = this.#script.indexOf("'", from);
    this.#add(this.#script.slice(from, end < 0 ? this.#script.length : end));
    this.#index = end < 0 ? this.#script.length : end + 1;
  }

  #redirection(): void {
    const redirection = (matchAt(REDIRECTION, this.#script, this.#index) as RegExpExecArray)[0];
    this.#endWord();
    this.#add(redirection);
    this.#endWord();
    this.#index += redirection.length;
  }

  #plain(pattern: RegExp): void {
    const run = matchAt(pattern, this.#script, this.#index)?.[0] ?? (this.#script[this.#index] as string);
    this.#add(run);
    this.#index += run.length;
  }

  /** A dollar sign: how many characters of the script it took. */
  #dollar(): number {
    if (this.#next === '(') {
      this.#open(')');
      return 2;
    }
    const space = matchAt(SPACE_VARIABLE, this.#script, this.#index);
    if (space !== null) {
      if (this.#frame.isQuoted) this.#add(' ');
      else this.#endWord();
      return space[0].length;
    }
    const nothing = matchAt(NOTHING_VARIABLE, this.#script, this.#index);
    return nothing === null ? this.#variable() : nothing[0].length;
  }

  #variable(): number {
    const variable = matchAt(VARIABLE, this.#script, this.#index);
    const value = variable === null ? undefined : this.#variables.get((variable[1] ?? variable[2]) as string);
    if (variable === null || value === undefined || this.#expanded + value.length > MOST_EXPANDED) {
      this.#add('$');
      return 1;
    }
    this.#expanded += value.length;
    this.#add(value);
    return variable[0].length;
  }

  #add(text: string): void {
    this.#frame.word += text;
    this.#frame.hasWord = true;
  }

  #endWord(): void {
    const frame = this.#frame;
    if (!frame.hasWord) return;
    const assigned = ASSIGNMENT.exec(frame.word);
    if (assigned !== null && frame.statement.words.length === 0) {
      this.#variables.set(assigned[1] as string, frame.word.slice(assigned[0].length));
    }
    frame.statement.words.push(...bracesExpanded(frame.word));
    frame.word = '';
    frame.hasWord = false;
  }

  #endStatement(isPiped = false): void {
    this.#endWord();
    const { statement } = this.#frame;
    if (statement.words.length > 0) this.#found.push(statement);
    this.#frame.statement = { words: [], pipeline: isPiped ? statement.pipeline : {}, within: statement.within };
  }

  #open(end: ')' | '`'): void {
    if (this.#frames.length > DEEPEST) {
      this.#endStatement();
      return;
    }
    this.#frame = frameOf(end, this.#frame.statement);
    this.#frames.push(this.#frame);
  }

  #close(): void {
    this.#endStatement();
    this.#frames.pop();
    this.#frame = this.#frames.at(-1) as Frame;
    this.#frame.hasWord = true;
  }
}

const frameOf = (end: Frame['end'], within: Statement | undefined): Frame => ({
  statement: { words: [], pipeline: {}, within },
  word: '',
  hasWord: false,
  isQuoted: false,
  end,
});
