/**
 * Contenders side by side, each in a process of its own as each would be in a container of its own: none pays for the memory that
 * another fills, nor loses what V8 has made fast to another's collections. Rounds are interleaved, so that a noisy neighbour slows all
 * alike. Time is the processor's (user and system), of all the threads that a contender keeps busy.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a contender answers when it is asked for a round: microseconds per payload. */
interface Round {
  readonly microseconds: number;
}

/** What it says first, when it is ready. */
export interface Opening {
  /** A digest of all that it finds; empty where nothing is looked for. */
  readonly found: string;
}

/** In the contender's process: opens, then runs over the payloads whenever it is asked. */
export const contend = (run: (payload: string) => unknown, payloads: readonly string[], opening: Opening): void => {
  process.on('message', () => {
    const before = process.cpuUsage();
    for (const payload of payloads) run(payload);
    const { user, system } = process.cpuUsage(before);
    process.send?.({ microseconds: (user + system) / payloads.length } satisfies Round);
  });
  process.send?.(opening);
};

interface Rival<N extends string> {
  readonly name: N;
  readonly opening: Opening;
  readonly process: ChildProcess;
}

/** Starts contenders, one after another. */
export const startRivals = async <N extends string>(
  names: readonly N[],
  args: readonly string[],
): Promise<readonly Rival<N>[]> => {
  const rivals: Rival<N>[] = [];
  for (const name of names) {
    const child = fork(process.argv[1] as string, [...args, name]);
    rivals.push({ name, opening: await answerOf<Opening>(child), process: child });
  }
  return rivals;
};

/** One round of all, in turn. */
export const roundOf = async <N extends string>(rivals: readonly Rival<N>[]): Promise<Readonly<Record<N, number>>> => {
  const times: Partial<Record<N, number>> = {};
  for (const { name, process: child } of rivals) {
    child.send('go');
    times[name] = (await answerOf<Round>(child)).microseconds;
  }
  return times as Record<N, number>;
};

const answerOf = async <T>(child: ChildProcess): Promise<T> => {
  const waiting = new AbortController();
  const { signal } = waiting;
  const gone = once(child, 'exit', { signal }).then(() => {
    throw new Error('A contender ended before it had answered.');
  });
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal }), gone]);
    return answer as T;
  } finally {
    gone.catch(() => undefined);
    waiting.abort();
  }
};
