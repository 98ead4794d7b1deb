/**
 * The programs that a command starts, with shells unwrapped: what `sh -c "…"` and `eval` are given, what is piped into an interpreter,
 * and what base64 hides.
 */
import { perObject } from '../primitives/memo.ts';
import { type Statement, statementsOf } from './shell.ts';
import { unescaped } from './shell-word.ts';

/** A program as a statement starts it, with the words after it. */
export interface Program {
  readonly name: string;
  readonly statement: Statement;
  /** Place of the program's name among the statement's words. */
  readonly index: number;
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh', 'mksh', 'fish', 'rbash', 'su', 'pwsh']);
/** Languages whose interpreters run what they are given on the command line. */
export const LANGUAGE = /^(?:python|perl|ruby|php|node|nodejs|lua|deno|bun)[\d.]*$/;
export const isInterpreter = (name: string): boolean => SHELLS.has(name) || LANGUAGE.test(name);

/** Programs that start the program named among their arguments. */
const WRAPPERS = new Set(
  `builtin busybox chroot command doas docker env exec find ionice kubectl crictl nerdctl nice nohup nsenter setsid
  ssh stdbuf strace sudo time timeout tini dumb-init toybox unshare watch xargs if then else elif do while until { !`.split(
    /\s+/,
  ),
);
/** `-c`, also among other short flags: `-ec`, `-lc`. */
export const SCRIPT_FLAG = /^(?:-[A-Za-z]*c|--command)$/;

/** `env -S 'curl example.org'`: what follows is split into words. */
const SPLIT_FLAG = /^(?:-[a-zA-Z]*S|--split-string(?:=|$))/;

/** Operands of a wrapper that are tried as programs. */
const MOST_CANDIDATES = 32;
const DEEPEST = 5;
/** Characters of scripts within scripts that are read in all: so many, and more of a long command, up to a last limit. */
const READ = 262_144;
const READ_OF_ITS_LENGTH = 6;
const MOST_READ = 2_000_000;
/** Pieces of base64 that are decoded in one statement. */
const MOST_DECODED = 8;
const BASE64 = /[A-Za-z0-9+/]{16,}={0,2}/g;
const DECODING = /base64|base32|b64|openssl|atob/i;

export const baseName = (path: string): string => {
  const word = path.slice(-LONGEST_WORD);
  return word.slice(word.lastIndexOf('/') + 1).toLowerCase();
};

const programsOf = (statement: Statement): readonly Program[] => {
  const found: Program[] = [];
  for (let index = 0; index < statement.words.length && found.length < MOST_CANDIDATES; index++) {
    const word = statement.words[index] as string;
    if (/^[A-Za-z_]\w*=/.test(word) || (found.length > 0 && word.startsWith('-'))) continue;
    const name = baseName(word);
    found.push({ name, statement, index });
    if (!WRAPPERS.has((found[0] as Program).name)) break;
  }
  return found;
};

/** Characters of a statement in which all of these programs are read, however often each has the same words. */
const SHORT = 16_384;

/**
 * Programs of these names, for each of which all words after it are a script. Of a long statement only the first and the last: a
 * script holds those of the programs after it.
 */
const readersOf = (programs: readonly Program[], ...names: readonly string[]): readonly Program[] => {
  const readers = programs.filter(({ name }) => names.includes(name));
  const [first] = readers;
  if (first === undefined || readers.length < 3) return readers;
  const length = first.statement.words.reduce((sum, word) => sum + word.length, 0);
  return length <= SHORT ? readers : [first, readers.at(-1) as Program];
};

/** Scripts that a statement hands over as words: `sh -c …`, `eval …`, `env -S …`. */
const scriptsOf = (programs: readonly Program[]): readonly string[] => {
  const scripts = new Map<number, string>();
  for (const { statement, index } of readersOf(programs, 'eval')) {
    scripts.set(index + 1, statement.words.slice(index + 1).join(' '));
  }
  for (const { statement, index } of readersOf(programs, 'env')) {
    const split = nextOf(splitFlagsOf(statement), index);
    if (split !== undefined) scripts.set(split, statement.words.slice(split).join(' ').replace(SPLIT_FLAG, ''));
  }
  for (const { name, statement, index } of programs) {
    const flag = SHELLS.has(name) ? nextOf(scriptFlagsOf(statement), index) : undefined;
    if (flag !== undefined) scripts.set(flag + 1, statement.words[flag + 1] ?? '');
  }
  return [...scripts.values()];
};

/** Words from which on what a statement's programs ask of them is remembered; to remember it for each of many short ones costs more. */
const MANY_WORDS = 64;

const perStatement = <T>(read: (statement: Statement) => T): ((statement: Statement) => T) => {
  const remembered = perObject(read);
  return (statement) => (statement.words.length < MANY_WORDS ? read(statement) : remembered(statement));
};

/** Places of the words that a pattern is found in. */
const placesOf = (pattern: RegExp): ((statement: Statement) => readonly number[]) =>
  perStatement((statement) => judgedWordsOf(statement).flatMap((word, place) => (pattern.test(word) ? [place] : [])));

const nextOf = (places: readonly number[], index: number): number | undefined => places.find((place) => place > index);

/**
 * Characters of a word that are judged as a name, an option or an operand: the longest path that Linux takes (PATH_MAX). What a word
 * holds as a script, and the text of the whole command, is read in full.
 */
export const LONGEST_WORD = 4_096;

/** Short options in one word, as tar takes them without a hyphen. */
const BUNDLE = /^-?[A-Za-z\d]+$/;

/**
 * A word as it is judged. Of a longer one both ends are left, and of a long bundle of short options each letter where it comes last: to
 * repeat an option changes nothing, so it must not push another one out of sight.
 */
const judged = (word: string): string => {
  if (word.length <= LONGEST_WORD) return word;
  if (BUNDLE.test(word)) return [...new Set([...word].reverse())].reverse().join('');
  return word.slice(0, LONGEST_WORD / 2) + word.slice(-LONGEST_WORD / 2);
};

const judgedWordsOf = perStatement((statement): readonly string[] =>
  statement.words.some((word) => word.length > LONGEST_WORD) ? statement.words.map(judged) : statement.words,
);

const splitFlagsOf = placesOf(SPLIT_FLAG);
const scriptFlagsOf = placesOf(SCRIPT_FLAG);
const redirectionsOf = placesOf(/^&?[<>]/);
const codeFlagsOf = placesOf(/^(?:-[a-zA-Z]*[cerE]|--eval|--print)$/);
const hereStringsOf = placesOf(/^<<<$/);

/** The words after a program's name, in full. */
export const wordsOf = ({ statement, index }: Program): readonly string[] => statement.words.slice(index + 1);

/** The words after a program's name, each no longer than `LONGEST_WORD`. */
export const argsOf = ({ statement, index }: Program): readonly string[] => judgedWordsOf(statement).slice(index + 1);

/** The arguments before the first redirection; the number of a file descriptor belongs to the redirection. */
export const plainArgsOf = ({ statement, index }: Program): readonly string[] => {
  const words = judgedWordsOf(statement);
  const end = nextOf(redirectionsOf(statement), index);
  if (end === undefined) return words.slice(index + 1);
  return words.slice(index + 1, end - 1 > index && /^\d$/.test(words[end - 1] as string) ? end - 1 : end);
};

/** An interpreter that runs what it reads from its input: `sh`, `bash -s`, `python -`; not `python -m json.tool`. */
export const runsItsInput = (program: Program): boolean => {
  if (!isInterpreter(program.name)) return false;
  const args = plainArgsOf(program);
  if (args.some((word) => word === '-' || word === '/dev/stdin' || word === '-s')) return true;
  return !args.some((word) => SCRIPT_FLAG.test(word) || !word.startsWith('-')) && !args.includes('-e');
};

/** Text of the pieces of base64 in a statement, where they decode to text. */
const decodedPieces = (text: string): readonly string[] =>
  (text.match(BASE64) ?? []).slice(0, MOST_DECODED).flatMap((piece) => {
    const decoded = Buffer.from(piece, 'base64').toString('utf8');
    return /^[\t\n\r\u0020-\u007e]+$/.test(decoded) ? [decoded] : [];
  });

/** What `echo` or `printf` writes into an interpreter, and what a here-string hands to one. */
const writtenScripts = (programs: readonly Program[], isPipedIntoRunner: boolean): readonly string[] => {
  const writers = isPipedIntoRunner ? readersOf(programs, 'echo', 'printf') : [];
  const written = writers.map((writer) => unescaped(wordsOf(writer).join(' ')));
  const here = programs.filter(({ name }) => isInterpreter(name)).map(wordAfterHere);
  return [...written, ...new Set(here)];
};

const wordAfterHere = ({ statement, index }: Program): string => {
  const here = nextOf(hereStringsOf(statement), index);
  return here === undefined ? '' : (statement.words[here + 1] ?? '');
};

/** Code on the command line of a language's interpreter: what follows `-c`, `-e`, `-r`. */
export const inlineCodeOf = (program: Program): string => {
  if (!LANGUAGE.test(program.name)) return '';
  const flag = nextOf(codeFlagsOf(program.statement), program.index);
  return flag === undefined ? '' : program.statement.words.slice(flag + 1).join(' ');
};

export interface Unwrapped {
  readonly programs: readonly Program[];
  /** Everything that was said, as it was written and as a shell reads it, line by line. */
  readonly text: string;
}

/** Unwraps a command. A command is no script: its words are what they are. */
export const unwrap = (command: readonly string[]): Unwrapped => {
  const written = command.join(' ');
  const isDecoding = DECODING.test(written);
  const programs: Program[] = [];
  const lines = [unescaped(written)];
  let left = Math.min(MOST_READ, Math.max(READ, READ_OF_ITS_LENGTH * written.length));

  const read = (script: string, depth: number): void => {
    left -= script.length;
    if (left >= 0 && script !== '') take(statementsOf(script), depth);
  };
  const take = (statements: readonly Statement[], depth: number): void => {
    const found = statements.map((statement) => programsOf(statement));
    const runners = new Set(
      found
        .flat()
        .filter(runsItsInput)
        .map(({ statement }) => statement.pipeline),
    );
    statements.forEach((statement, index) => {
      const own = found[index] as readonly Program[];
      const line = statement.words.join(' ');
      programs.push(...own);
      lines.push(line);
      if (depth === DEEPEST) return;
      const scripts = [...scriptsOf(own), ...writtenScripts(own, runners.has(statement.pipeline))];
      for (const script of scripts) read(script, depth + 1);
      if (isDecoding) for (const decoded of decodedPieces(line)) read(decoded, depth + 1);
    });
  };
  take([{ words: command, pipeline: {}, within: undefined }], 0);
  return { programs, text: lines.join('\n') };
};
