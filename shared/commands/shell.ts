/**
 * Reads a shell script far enough to know which programs it starts with which words: quotes, escapes, substitutions, pipelines and
 * plain variables are followed, nothing is run. One pass over the text, so work is linear in its length.
 */

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
export const statementsOf = (script: string, within?: Statement): readonly Statement[] => {
  const found: Statement[] = [];
  const variables = new Map<string, string>();
  let expanded = 0;
  const frames: Frame[] = [frameOf('', within)];
  let frame = frames[0] as Frame;
  let index = 0;

  const add = (text: string) => {
    frame.word += text;
    frame.hasWord = true;
  };
  const endWord = () => {
    if (!frame.hasWord) return;
    const assigned = ASSIGNMENT.exec(frame.word);
    if (assigned !== null && frame.statement.words.length === 0) {
      variables.set(assigned[1] as string, frame.word.slice(assigned[0].length));
    }
    frame.statement.words.push(...bracesExpanded(frame.word));
    frame.word = '';
    frame.hasWord = false;
  };
  const endStatement = (isPiped = false) => {
    endWord();
    const { statement } = frame;
    if (statement.words.length > 0) found.push(statement);
    frame.statement = { words: [], pipeline: isPiped ? statement.pipeline : {}, within: statement.within };
  };
  const open = (end: ')' | '`') => {
    if (frames.length > DEEPEST) return endStatement();
    frame = frameOf(end, frame.statement);
    frames.push(frame);
  };
  const close = () => {
    endStatement();
    frames.pop();
    frame = frames.at(-1) as Frame;
    frame.hasWord = true;
  };
  /** A dollar sign: how many characters of the script it took. */
  const dollar = (): number => {
    if (script[index + 1] === '(') {
      open(')');
      return 2;
    }
    const space = matchAt(SPACE_VARIABLE, script, index);
    if (space !== null) {
      if (frame.isQuoted) add(' ');
      else endWord();
      return space[0].length;
    }
    const nothing = matchAt(NOTHING_VARIABLE, script, index);
    if (nothing !== null) return nothing[0].length;
    const variable = matchAt(VARIABLE, script, index);
    const value = variable === null ? undefined : variables.get((variable[1] ?? variable[2]) as string);
    if (variable === null || value === undefined || expanded + value.length > MOST_EXPANDED) {
      add('$');
      return 1;
    }
    expanded += value.length;
    add(value);
    return variable[0].length;
  };
  const quoted = (from: number): number => {
    const end = script.indexOf("'", from);
    add(script.slice(from, end < 0 ? script.length : end));
    return end < 0 ? script.length : end + 1;
  };

  const plain = (pattern: RegExp) => {
    const run = matchAt(pattern, script, index)?.[0] ?? (script[index] as string);
    add(run);
    index += run.length;
  };

  while (index < script.length) {
    const char = script[index] as string;
    if (char === '\\') {
      if (script[index + 1] !== '\n') add(script[index + 1] ?? '');
      index += 2;
    } else if (char === '$' && script[index + 1] === "'" && !frame.isQuoted) {
      const end = endOfAnsi(script, index + 2);
      add(unescaped(script.slice(index + 2, end)));
      index = end + 1;
    } else if (char === '$') {
      index += dollar();
    } else if (char === '`') {
      if (frame.end === '`') close();
      else open('`');
      index++;
    } else if (char === '"') {
      frame.isQuoted = !frame.isQuoted;
      frame.hasWord = true;
      index++;
    } else if (frame.isQuoted) {
      plain(PLAIN_QUOTED);
    } else if (char === "'") {
      index = quoted(index + 1);
    } else if (char === ' ' || char === '\t' || char === '\r') {
      endWord();
      index++;
    } else if ((char === '<' || char === '>') && script[index + 1] === '(') {
      open(')');
      index += 2;
    } else if (char === '<' || char === '>' || (char === '&' && script[index + 1] === '>')) {
      const redirection = (matchAt(REDIRECTION, script, index) as RegExpExecArray)[0];
      endWord();
      add(redirection);
      endWord();
      index += redirection.length;
    } else if (char === '|') {
      const isOr = script[index + 1] === '|';
      endStatement(!isOr);
      index += isOr || script[index + 1] === '&' ? 2 : 1;
    } else if (char === ')' && frame.end === ')') {
      close();
      index++;
    } else if (';&\n()'.includes(char)) {
      endStatement();
      index++;
    } else if (char === '#' && !frame.hasWord) {
      const end = script.indexOf('\n', index);
      index = end < 0 ? script.length : end;
    } else plain(PLAIN);
  }
  while (frames.length > 1) close();
  endStatement();
  return found;
};

const BRACES = /^([^{}]*)\{([^{},]*,[^{}]*)\}([^{}]*)$/;
const LONGEST_BRACED = 1_024;
const MOST_ALTERNATIVES = 16;

/** `/etc/{shadow,passwd}` and `{cat,/etc/shadow}` as bash expands them: one pair of braces, and no more than a person writes. */
const bracesExpanded = (word: string): readonly string[] => {
  const braced = word.length <= LONGEST_BRACED && word.includes('{') ? BRACES.exec(word) : null;
  if (braced === null) return [word];
  const [, before = '', alternatives = '', after = ''] = braced;
  return alternatives
    .split(',')
    .slice(0, MOST_ALTERNATIVES)
    .map((alternative) => before + alternative + after);
};

const frameOf = (end: Frame['end'], within: Statement | undefined): Frame => ({
  statement: { words: [], pipeline: {}, within },
  word: '',
  hasWord: false,
  isQuoted: false,
  end,
});

const endOfAnsi = (script: string, from: number): number => {
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
