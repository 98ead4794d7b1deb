/** From the arguments of a call to its command, and to its exit code. */
import { existsSync } from 'node:fs';
import { VERSION } from '../../shared/outputs/version.ts';
import { didYouMean } from '../../shared/primitives/did-you-mean.ts';
import { explain } from './commands/explain.ts';
import { learn } from './commands/learn.ts';
import { list } from './commands/list.ts';
import { replay, type Surroundings } from './commands/replay.ts';
import { HELP } from './help.ts';
import { shown } from './output/terminal.ts';
import { UsageError } from './usage-error.ts';

const COMMANDS = {
  replay,
  explain,
  learn,
  list: (args: readonly string[], { terminal }: Surroundings) => list(args, terminal),
};
type Name = keyof typeof COMMANDS;

const isCommand = (text: string | undefined): text is Name => text !== undefined && Object.hasOwn(COMMANDS, text);

/** The first argument names a command; anything else is what `replay` is to do. */
export const command = async (args: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { terminal } = surroundings;
  const [first] = args;
  const name = isCommand(first) ? first : 'replay';
  const rest = isCommand(first) ? args.slice(1) : args;
  const before = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (before.includes('--help') || before.includes('-h') || first === 'help') {
    const asked = isCommand(first) ? first : isCommand(args[1]) ? args[1] : 'main';
    terminal.stdout.write(HELP[asked]);
    return 0;
  }
  if (before.includes('--version') || before.includes('-V') || first === 'version') {
    terminal.stdout.write(`eks-detect ${VERSION}\n`);
    return 0;
  }
  try {
    if (args.length === 0) throw new UsageError(`Say what to do.\n\n${HELP.main}`);
    if (!isCommand(first)) refuseSlip(first as string);
    return await COMMANDS[name](rest, surroundings);
  } catch (error) {
    const refusal = error instanceof UsageError ? error : refusalOfAws(error);
    if (refusal === undefined) throw error;
    terminal.stderr.write(`${refusal.message.split('\n').map(shown).join('\n')}\n`);
    return 2;
  }
};

/** A mistyped command would otherwise be taken for a file that does not exist. */
const refuseSlip = (first: string): void => {
  const meant =
    /^\w+$/.test(first) && !existsSync(first) ? didYouMean(first, [...Object.keys(COMMANDS), 'help', 'version']) : '';
  if (meant !== '') throw new UsageError(`There is no command "${first}", and no file of that name.${meant}`);
};

/** What the AWS SDK throws carries metadata of the answer, or is about credentials; everything else is a defect of ours. */
const refusalOfAws = (error: unknown): UsageError | undefined => {
  const { name = '', message = '', $metadata } = error as Error & { readonly $metadata?: unknown };
  if ($metadata === undefined && !/Credentials/.test(name)) return undefined;
  return new UsageError(
    `AWS rejected: ${message} (${name}). Check AWS_PROFILE, AWS_REGION, and what you may do there.`,
  );
};
