/** How quickly `replay` reads a file: the stream of a day, hour by hour, from the disk to findings. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../functions/cli/command.ts';
import { recordTexts } from './stream.ts';

export interface Replayed {
  readonly events: number;
  /** By the processor's time, of all threads. */
  readonly eventsPerSecond: number;
}

const HOURS = 14;
const EVENTS_OF_AN_HOUR = 20_000;
const [HOUR_OF_STREAM, FIRST_HOUR] = ['2026-03-02T10:', 10];

export const measureReplay = async (): Promise<Replayed> => {
  const folder = await mkdtemp(join(tmpdir(), 'eks-detect-replay-'));
  try {
    const file = join(folder, 'day.jsonl');
    const hour = `${recordTexts('typical', EVENTS_OF_AN_HOUR).join('\n')}\n`;
    for (let index = 0; index < HOURS; index++) {
      await appendFile(file, hour.replaceAll(HOUR_OF_STREAM, `2026-03-02T${FIRST_HOUR + index}:`));
    }
    const before = process.cpuUsage();
    const summary = await replayed(file);
    const { user, system } = process.cpuUsage(before);
    const events = HOURS * EVENTS_OF_AN_HOUR;
    if (!summary.includes(events.toLocaleString('en-US'))) throw new Error(`Replay read something else: ${summary}`);
    return { events, eventsPerSecond: Math.round(events / ((user + system) / 1e6)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const offline = () => {
  throw new Error('The benchmark must not reach for AWS.');
};

/** What the program says on standard error, having read a file. */
const replayed = async (file: string): Promise<string> => {
  const said: string[] = [];
  const [stdout, stderr] = [{ write: () => {} }, { write: (text: string) => said.push(text) }];
  await command([file], {
    terminal: { stdin: (async function* () {})(), stdout, stderr, env: {} },
    now: Date.UTC(2026, 2, 3),
    locate: () => undefined,
    logsClient: offline,
    tablesClient: offline,
  });
  return said.join('');
};
