/**
 * Has batches that detect gave up on detected again, by detect itself in another process: a batch that ends the process is cut in two
 * until the record that does it is found. What there is no time for is put back in parts, each smaller than the batch, so this ends.
 */
import type { Context } from 'aws-lambda';
import { clean } from '../../shared/primitives/clean-text.ts';
import { parseJson, textAt } from '../../shared/primitives/json.ts';
import { DETECT_SECONDS, PUT_BACK } from '../aws/agreed.ts';
import { report } from '../aws/metrics.ts';
import {
  createKeeper,
  createWriter,
  type Keeper,
  type RedriveMessage,
  type RedriveResult,
  redriveAll,
  type Writer,
} from '../aws/redrive.ts';
import { createInvoke, type Invoke } from './redrive/invoke.ts';
import { search } from './redrive/search.ts';
import { digestOf, keepUnprocessable, keptAs } from './redrive/unprocessable.ts';

/** What redriving needs of the outside. */
export interface Redriving extends Keeper {
  readonly write: Writer;
  readonly invoke: Invoke;
  /** Milliseconds until this function is ended. */
  readonly remaining: () => number;
}

/** What an invocation of detect may take, with a minute to cut a batch and to put back what is left. */
const NEEDED = (DETECT_SECONDS + 60) * 1_000;

export const redrive = (redriving: Redriving, messages: readonly RedriveMessage[]): Promise<RedriveResult> =>
  redriveAll(messages, redriving, async (kept, object, receives) => {
    const { bucket, key } = object;
    const batch = textAt(parseJson(kept), 'requestPayload', 'awslogs', 'data');
    if (batch === '') throw new Error(`The object ${key} in ${bucket} holds no failed invocation of detect.`);
    const { left, reason } = await search(batch, {
      invoke: redriving.invoke,
      hasTime: () => redriving.remaining() >= NEEDED,
      receives,
      keep: (data, why) => keepUnprocessable(data, why, object, redriving.write),
    });
    if (left.includes(batch)) throw new Error(`The batch ${key} in ${bucket} failed again: ${clean(reason)}`);
    for (const data of left) {
      await redriving.write({ bucket, key: `${PUT_BACK}${digestOf(data)}` }, keptAs(data));
    }
    if (reason !== '') report({}, {}, { bucket, key, reason: clean(reason), putBack: left.length });
  });

let wired: Omit<Redriving, 'remaining'> | undefined;

export const handler = async (
  { Records }: { readonly Records: readonly RedriveMessage[] },
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<RedriveResult> => {
  wired ??= { ...createKeeper(), write: createWriter(), invoke: createInvoke() };
  return redrive({ ...wired, remaining: () => context.getRemainingTimeInMillis() }, Records);
};
