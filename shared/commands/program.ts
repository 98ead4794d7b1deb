/**
 * The programs that a command starts, with shells unwrapped: what `sh -c "…"` and `eval` are given, what is piped into an interpreter,
 * and what base64 hides.
 */
import { type Statement, statementsOf, unescaped } from './shell.ts';

/** A program as a statement starts it, with the words behind it. */
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
/** Characters of scripts within scripts that are read in all; a request line ends at one million. */
const MOST_READ = 2_000_000;
/** Pieces of base64 that are decoded in one statement. */
const MOST_DECODED = 8;
const BASE64 = /[A-Za-z0-9+/]{16,}={0,2}/g;
const DECODING = /base64|base32|b64|openssl|atob/i;

export const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1).toLowerCase();

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

/** Scripts that a statement hands over as words: `sh -c …`, `eval …`, `env -S …`. */
const scriptsOf = (programs: readonly Program[]): readonly string[] => {
  const scripts = new Map<number, string>();
  for (const { name, statement, index } of programs) {
    if (name === 'eval') scripts.set(index + 1, statement.words.slice(index + 1).join(' '));
    if (name === 'env') {
      const split = statement.words.findIndex((word, place) => place > index && SPLIT_FLAG.test(word));
      if (split > 0) scripts.set(split, statement.words.slice(split).join(' ').replace(SPLIT_FLAG, ''));
    }
    if (!SHELLS.has(name)) continue;
    const flag = statement.words.findIndex((word, place) => place > index && SCRIPT_FLAG.test(word));
    if (flag > 0) scripts.set(flag + 1, statement.words[flag + 1] ?? '');
  }
  return [...scripts.values()];
};

export const argsOf = ({ statement, index }: Program): readonly string[] => statement.words.slice(index + 1);

/** The arguments before the first redirection; the number of a file descriptor belongs to the redirection. */
export const plainArgsOf = (program: Program): readonly string[] => {
  const args = argsOf(program);
  const end = args.findIndex((word) => /^&?[<>]/.test(word));
  if (end < 0) return args;
  return args.slice(0, /^\d$/.test(args[end - 1] ?? '') ? end - 1 : end);
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
const writtenScripts = (programs: readonly Program[], isPipedIntoRunner: boolean): readonly string[] =>
  programs.flatMap((program) => {
    const args = argsOf(program);
    if (isPipedIntoRunner && (program.name === 'echo' || program.name === 'printf')) return [unescaped(args.join(' '))];
    const here = args.indexOf('<<<');
    return here >= 0 && isInterpreter(program.name) ? [args[here + 1] ?? ''] : [];
  });

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
  let left = MOST_READ;

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
