/** Where a command reads and writes: the process's streams, or a test's. */
import { styleText } from 'node:util';
import { UNSEEN } from '../../../shared/primitives/clean-text.ts';

export interface Output {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Data only. */
  readonly stdout: Output;
  /** Everything else. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Format = Parameters<typeof styleText>[0];
export type Style = (format: Format, text: string) => string;

/** Colours for a terminal, plain text for everything else. See https://no-color.org. */
export const styleFor = (output: Output, env: Terminal['env']): Style => {
  const wanted = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const rejected = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  const isColoured = wanted || (output.isTTY === true && !rejected);
  return isColoured ? (format, text) => styleText(format, text) : (_, text) => text;
};

/** Columns that a table may take. */
export const widthOf = (output: Output, env: Terminal['env']): number => {
  const columns = output.columns ?? Number(env['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? Math.max(NARROWEST, columns) : 120;
};

const NARROWEST = 30;

/** Text as it may be written to a terminal. Findings are clean already; this is the last door. */
export const shown = (text: string): string => text.replace(UNSEEN, '·').replace(/\p{Surrogate}/gu, '�');

/** One line of JSON in which nothing can be obeyed by a terminal that it is printed on. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  );

const escaped = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;
