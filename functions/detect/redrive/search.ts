/**
 * Searches a batch for the record that ends detect: a part that does is cut in two, until it is one record. All other parts are
 * detected on the way. k such records among n cost at most 2k·log2(n)+1 invocations, and one that asks whether detect is well.
 */
import type { Answer } from './answer.ts';
import type { Invoke } from './invoke.ts';
import { CONTROL, halvesOf } from './piece.ts';

export interface Searching {
  readonly invoke: Invoke;
  /** Whether there is time for another invocation, and to put back what is left. */
  readonly hasTime: () => boolean;
  /** How often the object was given out by the queue, this time included. */
  readonly receives: number;
  /** Keeps what is of no use to try again. */
  readonly keep: (data: string, reason: string) => Promise<void>;
}

export interface Found {
  /** What is left for another time, as payloads. The batch itself when nothing of it could be done. */
  readonly left: readonly string[];
  /** What went wrong last; empty when nothing did. */
  readonly reason: string;
}

/**
 * Times that the queue gives a record out, half an hour apart, before it is held to be the cause. What ends detect may also be a
 * deployment that is broken, or a service that hangs, and such things are mended or pass.
 */
const LEAST_RECEIVES = 4;

/** Deaths in a row that are asked for then. */
const LEAST_DEATHS = 3;

export const search = async (batch: string, { invoke, hasTime, receives, keep }: Searching): Promise<Found> => {
  const pending = [batch];
  const left: string[] = [];
  let [reason, isFirst, isWell, isStopped] = ['', true, false, false];

  /** A broken deployment fails at any batch. Then no record is to blame, and cutting would make a thousand objects of one. */
  const askHealth = async (): Promise<Answer> => {
    const answer = await invoke(CONTROL);
    isWell = answer.kind === 'done';
    return answer;
  };

  /** Asks again about a record that has just ended detect: `killed` when it does so each time, `failed` when that is not sure yet. */
  const askAgain = async (record: string): Promise<Answer> => {
    const unsure: Answer = { kind: 'failed', reason };
    if (record !== batch || receives < LEAST_RECEIVES) return unsure;
    for (let deaths = 1; deaths < LEAST_DEATHS; deaths++) {
      const answer = hasTime() ? await invoke(record) : unsure;
      if (answer.kind !== 'killed') return answer;
    }
    return { kind: 'killed', reason };
  };

  const afterDeath = async (piece: string): Promise<void> => {
    const health = isWell ? undefined : await askHealth();
    if (health !== undefined && !isWell) {
      reason = `detect does not even answer a payload without records: ${health.reason}`;
      isStopped = true;
      left.push(piece);
      return;
    }
    const halves = halvesOf(piece);
    if (halves !== undefined) {
      pending.push(...halves.toReversed());
      return;
    }
    const { kind } = await askAgain(piece);
    if (kind === 'killed') await keep(piece, reason);
    else if (kind !== 'done') left.push(piece);
  };

  for (let piece = pending.pop(); piece !== undefined; piece = pending.pop()) {
    // The first is always tried, so that each time something comes of it.
    if (isStopped || !(isFirst || hasTime())) {
      left.push(piece);
      continue;
    }
    isFirst = false;
    const answer = await invoke(piece);
    if (answer.kind === 'done') continue;
    reason = answer.reason;
    if (answer.kind === 'rejected') await keep(piece, reason);
    else if (answer.kind === 'killed') await afterDeath(piece);
    else {
      isStopped = true;
      left.push(piece);
    }
  }
  return { left, reason };
};
