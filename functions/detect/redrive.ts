/** Runs batches that detect gave up on through detect again. */
import { parseJson, textAt } from '../../shared/json.ts';
import { createKeeper, type Keeper, type RedriveMessage, type RedriveResult, redriveAll } from '../redriving.ts';
import { handler as detect, type SubscriptionEvent } from './handler.ts';

/** What redriving needs of the outside. */
export interface Redriving extends Keeper {
  readonly detect: (event: SubscriptionEvent) => Promise<void>;
}

export const redrive = (redriving: Redriving, messages: readonly RedriveMessage[]): Promise<RedriveResult> =>
  redriveAll(messages, redriving, async (kept, { bucket, key }) => {
    const data = textAt(parseJson(kept), 'requestPayload', 'awslogs', 'data');
    if (data === '') throw new Error(`The object ${key} in ${bucket} holds no failed invocation of detect.`);
    await redriving.detect({ awslogs: { data } });
  });

let wired: Redriving | undefined;

export const handler = async ({ Records }: { readonly Records: readonly RedriveMessage[] }): Promise<RedriveResult> => {
  wired ??= { ...createKeeper(), detect };
  return redrive(wired, Records);
};
