/** Commands that give somebody elsewhere a shell. */
import { isLocalHost } from '../primitives/ip-address.ts';
import { argsOf, inlineCodeOf, LANGUAGE, type Program, runsItsInput, wordsOf } from './program.ts';

const NETCATS = new Set(['nc', 'ncat', 'netcat', 'nc.traditional', 'nc.openbsd']);

/** Waiting for a port opens a socket too, so only code that also hands it to a shell counts. */
const SOCKET_CALL = /\b(?:socket|fsockopen|TCPSocket|IO::Socket|net\.connect|createConnection)\b/;
const SHELL_CALL = /\/bin\/(?:ba|da|a|z|k)?sh\b|pty\.spawn|\bdup2\b|['"](?:ba|da|z)?sh['"]/;
const HANDED_OVER = /pty\.spawn|\bdup2\b/;

/** Programs that join a shell to the network when they are in one pipeline with it. */
const carries = (program: Program): boolean =>
  NETCATS.has(program.name) ||
  program.name === 'telnet' ||
  program.name === 'socat' ||
  (program.name === 'openssl' && argsOf(program).includes('s_client'));

const isPipedToShell = (programs: readonly Program[]): boolean => {
  const carriers = new Set(programs.filter(carries).map(({ statement }) => statement.pipeline));
  return programs.some((program) => runsItsInput(program) && carriers.has(program.statement.pipeline));
};

const startsShell = (program: Program): boolean => {
  // A word of socat holds two addresses, each with any number of options.
  if (program.name === 'socat') return wordsOf(program).some((word) => /\b(?:exec|system|shell):/i.test(word));
  if (!NETCATS.has(program.name)) return false;
  return argsOf(program).some((word) => /^-[a-bd-zA-Z]*[ec]|^--(?:exec|sh-exec|lua-exec)\b/.test(word));
};

const DEV_TCP = /\/dev\/(?:tcp|udp)\/([^\s/'"]{1,253})/g;
const INTERACTIVE = /\b(?:ba|da|a|z|k)?sh\s+-\w*i|[<>]&\s*\/dev\/|\d\s*<>\s*\/dev\//;

/** bash's way to a socket. Scripts also wait for a service of the cluster with it, which opens nothing to type into. */
const opensDevTcp = (text: string): boolean => {
  const hosts = [...text.matchAll(DEV_TCP)].map(([, host = '']) => host);
  return (
    hosts.some((host) => !isLocalHost(host) && !host.startsWith('$')) || (hosts.length > 0 && INTERACTIVE.test(text))
  );
};

/** Whether a command hands a shell to the network; `text` is everything that it says. */
export const isReverseShell = (programs: readonly Program[], text: string): boolean => {
  if (/\/inet\/(?:tcp|udp)\/\d/.test(text) || opensDevTcp(text)) return true;
  if (programs.some(startsShell) || isPipedToShell(programs)) return true;
  if (!programs.some(({ name }) => LANGUAGE.test(name))) return false;
  if (SOCKET_CALL.test(text) && HANDED_OVER.test(text)) return true;
  return programs.some((program) => {
    const code = inlineCodeOf(program);
    return SOCKET_CALL.test(code) && SHELL_CALL.test(code);
  });
};
