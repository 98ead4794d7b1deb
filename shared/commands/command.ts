/**
 * What a command does, read from its words: that of an exec request, or of a container. Shells are unwrapped (`sh -c "…"`, `eval`,
 * what is piped into an interpreter, base64), and every further judgement rests on the statements that come out.
 */

import { isLocalHost } from '../primitives/ip-address.ts';
import { type JsonObject, textsAt } from '../primitives/json.ts';
import { perKey, perObject } from '../primitives/memo.ts';
import { type CredentialFile, credentialFilesIn } from './credential-paths.ts';
import { type MetadataService, metadataServicesIn } from './metadata-address.ts';
import {
  argsOf,
  baseName,
  isInterpreter,
  type Program,
  plainArgsOf,
  runsItsInput,
  SCRIPT_FLAG,
  unwrap,
} from './program.ts';
import { isReverseShell } from './reverse-shell.ts';
import type { Statement } from './shell.ts';

/** A program and its arguments, in order. */
export type Command = readonly string[];

/**
 * The commands that a container's specification starts: its own, and those of its hooks and probes. Without a `command` the image's
 * entrypoint is unknown; arguments that read like a script count as one.
 */
export const containerCommandsOf = (container: JsonObject): readonly Command[] => {
  const [command, args] = [textsAt(container, 'command'), textsAt(container, 'args')];
  const own = command.length > 0 ? [...command, ...args] : entrypointCommand(args);
  const hooks = ['postStart', 'preStop'].map((hook) => textsAt(container, 'lifecycle', hook, 'exec', 'command'));
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) =>
    textsAt(container, probe, 'exec', 'command'),
  );
  return [own, ...hooks, ...probes].filter((words) => words.length > 0);
};

const entrypointCommand = (args: Command): Command => {
  if (args.length === 1 && /\s/.test(args[0] as string)) return ['sh', '-c', ...args];
  return SCRIPT_FLAG.test(args[0] ?? '') ? ['sh', ...args] : args;
};

export type Trait =
  | 'reverse shell'
  | 'downloaded script'
  | 'download'
  | 'package manager'
  | 'decoded script'
  | 'archive out'
  | 'archive in'
  | 'environment dump';

export type Credential = CredentialFile | MetadataService;

const DOWNLOADERS = new Set(['curl', 'wget', 'aria2c', 'axel', 'lwp-download', 'fetch', 'ftpget', 'tftp', 'httpie']);

const INSTALLS: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    ['apt', 'apt-get', 'aptitude', 'yum', 'dnf', 'microdnf', 'tdnf', 'zypper'].map((name) => [
      name,
      /^(?:install|update|in|reinstall|localinstall)$/,
    ]),
  ),
  apk: /^(?:add|update)$/,
  pacman: /^-S/,
  dpkg: /^(?:-i|--install)$/,
  rpm: /^(?:-[a-hj-pr-z]*[iU][a-zU]*|--install|--upgrade)$/,
  ...Object.fromEntries(
    ['pip', 'pip3', 'pipx', 'npm', 'yarn', 'gem', 'cargo', 'go', 'cpan', 'snap'].map((name) => [
      name,
      /^(?:install|add|i)$/,
    ]),
  ),
};

interface Reading {
  readonly traits: ReadonlySet<Trait>;
  readonly credentials: ReadonlySet<Credential>;
}

const read = (command: Command): Reading => {
  const { programs, text } = unwrap(command);
  return {
    traits: traitsOfPrograms(programs, text),
    credentials: new Set<Credential>([
      ...credentialFilesIn(text),
      ...filesInFolders(programs),
      ...metadataServicesIn(text),
      ...(AWS_VARIABLE.test(text) ? (['AWS credentials'] as const) : []),
    ]),
  };
};

/** The replicas of a workload all start with the same command. */
const readingOf = perObject(perKey(read, JSON.stringify));

export const traitsOf = (command: Command): ReadonlySet<Trait> => readingOf(command).traits;

/** What credentials a command reaches for. */
export const credentialsOf = (command: Command): ReadonlySet<Credential> => readingOf(command).credentials;

/** The program that a command starts first, without its path: `bash`, `tar`. */
export const programOf = (command: Command): string => baseName(command[0] ?? '');

/** Variables through which EKS and ECS tell the AWS SDKs where credentials are, or which hold them. */
const AWS_VARIABLE =
  /\bAWS_(?:WEB_IDENTITY_TOKEN_FILE|CONTAINER_(?:AUTHORIZATION_TOKEN(?:_FILE)?|CREDENTIALS_(?:FULL|RELATIVE)_URI)|SECRET_ACCESS_KEY|SESSION_TOKEN)\b/;

/** `cd /etc; cat shadow`: words after a change of folder are read from there. */
const filesInFolders = (programs: readonly Program[]): ReadonlySet<CredentialFile> => {
  const found = new Set<CredentialFile>();
  let folder = '';
  let last: Statement | undefined;
  for (const { name, statement, index } of programs) {
    const isCandidate = statement === last; // The words of a wrapper hold those of the program that it starts.
    last = statement;
    if (isCandidate && name !== 'cd' && name !== 'pushd') continue;
    const words = statement.words.slice(index + 1);
    if (name === 'cd' || name === 'pushd') {
      last = undefined;
      const next = words[0] ?? '';
      folder = (next.startsWith('/') ? next : `${folder}/${next}`).slice(0, 1_024);
    } else if (folder !== '') for (const file of credentialFilesIn(words.join(' '), folder)) found.add(file);
  }
  return found;
};

/** Whether the output of a statement is run: further down its pipeline, as a command, or as a word of a shell. */
const outputRun = (programs: readonly Program[]): ((source: Statement) => boolean) => {
  const order = new Map<Statement, number>();
  const lastRunner = new Map<object, number>();
  const running = new Set<Statement>();
  programs.forEach((program, place) => {
    const { name, statement } = program;
    order.set(statement, place);
    if (runsItsInput(program)) lastRunner.set(statement.pipeline, place);
    if (isInterpreter(name) || name === 'eval' || name === 'source' || name === '.') running.add(statement);
  });
  const isRun = (source: Statement): boolean => {
    if ((lastRunner.get(source.pipeline) ?? -1) > (order.get(source) ?? 0)) return true;
    const { within } = source;
    // A statement that consists of nothing but a substitution runs what comes out.
    return within !== undefined && (within.words.length === 0 || running.has(within));
  };
  return isRun;
};

const traitsOfPrograms = (programs: readonly Program[], text: string): ReadonlySet<Trait> => {
  const traits = new Set<Trait>();
  const isRun = outputRun(programs);
  if (isReverseShell(programs, text)) traits.add('reverse shell');
  for (const program of programs) {
    const { name, statement } = program;
    if (DOWNLOADERS.has(name) && !isLocalDownload(program)) {
      traits.add('download');
      if (isRun(statement)) traits.add('downloaded script');
    }
    if (decodes(program) && isRun(statement)) traits.add('decoded script');
    if (installs(program)) traits.add('package manager');
    if (name === 'tar') addTarTraits(program, traits);
    if (dumpsEnvironment(program)) traits.add('environment dump');
  }
  if (DECODE_CALL.test(text) && (RUN_CALL.test(text) || PERL_RUN.test(text))) traits.add('decoded script');
  return traits;
};

/** Decoding and running in one go inside another language: `exec(base64.b64decode(…))`. */
const DECODE_CALL = /b64decode|decode_base64|base64_decode|atob\(|Base64\.decode|['"]base64['"]\)/;
const RUN_CALL = /\b(?:exec|eval|system|popen|compile)\s?\(|\bsubprocess\./;
const PERL_RUN = /\beval\s+(?:MIME::Base64::)?decode_base64/;

const URL =
  /^(?:https?:\/\/|ftp:\/\/)?(?:[^@/\s]{0,256}@)?(\[[\da-f:]{2,45}\]|[^:/?#\s]{1,253})(?::\d{1,5})?(?:[/?#]|$)/i;

/** Every operand that may be a host is local, and there is one. */
const isLocalDownload = (program: Program): boolean => {
  const hosts = plainArgsOf(program)
    .filter(
      (word) => word.includes('://') || /^[\w-]+(?:\.[\w-]+)*:\d{1,5}(?:\/|$)/.test(word) || /^localhost\b/.test(word),
    )
    .map((word) => URL.exec(word)?.[1] ?? '');
  return hosts.length > 0 && hosts.every(isLocalHost);
};

const decodes = (program: Program): boolean => {
  const args = argsOf(program);
  switch (program.name) {
    case 'base64':
    case 'base32':
    case 'basenc':
      return args.some((word) => /^(?:-[a-ce-zA-CE-Z]*[dD][a-zA-Z]*|--dec(?:o(?:de?)?)?)$/.test(word));
    case 'openssl':
      return args.includes('-d') && args.some((word) => word.includes('base64') || word === 'enc' || word === '-a');
    case 'xxd':
      return args.some((word) => /^-\w*r/.test(word));
    default:
      return false;
  }
};

const installs = (program: Program): boolean => {
  const action = Object.hasOwn(INSTALLS, program.name) ? INSTALLS[program.name] : undefined;
  return action !== undefined && argsOf(program).some((word) => action.test(word));
};

/** `tar cf - …` sends an archive out of the pod, `tar xf -` takes one in: both halves of kubectl cp. */
const addTarTraits = (program: Program, traits: Set<Trait>): void => {
  const args = plainArgsOf(program);
  const flags = args.filter((word, index) => /^-\w/.test(word) || (index === 0 && /^\w+$/.test(word))).join(' ');
  const isFile = args.some((word, index) => {
    if (/^(?:-f.|--file=(?!-$))/.test(word)) return !/^(?:-f-|--file=-)$/.test(word);
    const takesFile = /^-?[a-zA-Z]*f$/.test(word) && (word.startsWith('-') || index === 0);
    return (
      takesFile && args[index + 1] !== '-' && args[index + 1] !== '/dev/stdin' && args[index + 1] !== '/dev/stdout'
    );
  });
  if (isFile) return;
  if (/c/.test(flags) || args.includes('--create')) traits.add('archive out');
  if (/x/.test(flags) || args.includes('--extract') || args.includes('--get')) traits.add('archive in');
};

const dumpsEnvironment = (program: Program): boolean => {
  switch (program.name) {
    case 'printenv':
      return true;
    case 'env':
      return plainArgsOf(program).every((word) => word === '-0' || word === '--null');
    case 'export':
      return plainArgsOf(program).join(' ') === '-p';
    case 'set':
      return plainArgsOf(program).length === 0;
    default:
      return false;
  }
};
