/** A terminal that remembers what was written to it, and calls of the program on it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { command } from '../../functions/cli/command.ts';
import type { Surroundings } from '../../functions/cli/commands/replay.ts';
import type { Geolocator } from '../../shared/events/event.ts';

export interface Call {
  readonly stdin?: string | Uint8Array;
  readonly columns?: number;
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly locate?: Geolocator;
  readonly now?: number;
  readonly logsClient?: Surroundings['logsClient'];
  readonly tablesClient?: Surroundings['tablesClient'];
}

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, read as JSON lines. */
  readonly lines: () => readonly Record<string, unknown>[];
}

const offline = () => {
  throw new Error('this call must not reach for AWS');
};

export const call = async (args: readonly string[], about: Call = {}): Promise<Result> => {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY: about.isTTY ?? false,
    columns: about.columns,
  });
  async function* stdin() {
    if (about.stdin !== undefined) yield Buffer.from(about.stdin);
  }
  const code = await command(args, {
    terminal: { stdin: stdin(), stdout: output('stdout'), stderr: output('stderr'), env: about.env ?? {} },
    locate: about.locate ?? (() => undefined),
    now: about.now ?? Date.UTC(2026, 2, 3),
    logsClient: about.logsClient ?? offline,
    tablesClient: about.tablesClient ?? offline,
  });
  const lines = () =>
    written.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { code, ...written, lines };
};

/** A file that is gone after the test. */
export const file = (content: string | Uint8Array, name = 'log.jsonl'): string => {
  const folder = mkdtempSync(join(tmpdir(), 'eks-detect-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
