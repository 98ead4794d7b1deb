/** Reading of a command's arguments, with errors that a person can act on. */
import { parseArgs } from 'node:util';
import { didYouMean } from '../../shared/primitives/did-you-mean.ts';
import { shown } from './output/terminal.ts';
import { UsageError } from './usage-error.ts';

type OptionsConfig = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

/** @param command what the command is called in messages */
export const readArguments = <const T extends OptionsConfig>(
  command: string,
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ options: T; args: string[]; allowPositionals: true; strict: true }>> => {
  try {
    return parseArgs({ options, args: [...args], allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(whyUnusable(command, error as NodeJS.ErrnoException, Object.keys(options)));
  }
};

const whyUnusable = (command: string, error: NodeJS.ErrnoException, names: readonly string[]): string => {
  const [, option = ''] = /'(-[^ '<]*)/.exec(error.message) ?? [];
  const help = `See \`eks-detect ${command} --help\`.`;
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const flags = names.map((name) => `--${name}`);
    return `${command} has no option ${shown(option)}.${didYouMean(option, flags)} ${help}`;
  }
  return `${shown(
    error.message
      .split('\n')
      .map((line) => line.trim())
      .join(' '),
  ).replace(/\.?$/, '.')} ${help}`;
};
