/** Runs stream records that publish gave up on through publish again. */
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { at, isObject, objectsAt, parseJson } from '../../shared/primitives/json.ts';
import { createKeeper, type Keeper, type RedriveMessage, type RedriveResult, redriveAll } from '../aws/redrive.ts';
import { handler as publish } from './handler.ts';

/** What redriving needs of the outside. */
export interface Redriving extends Keeper {
  readonly publish: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
}

export const redrive = (redriving: Redriving, messages: readonly RedriveMessage[]): Promise<RedriveResult> =>
  redriveAll(messages, redriving, async (kept, { bucket, key }) => {
    const event = eventOf(kept);
    if (event === undefined) throw new Error(`The object ${key} in ${bucket} holds no stream records of publish.`);
    const { batchItemFailures } = await redriving.publish(event);
    if (batchItemFailures.length > 0) throw new Error(`Records of ${key} in ${bucket} could not be published again.`);
  });

/** Lambda keeps the whole event of a stream below `payload`, as a text. */
const eventOf = (kept: string): DynamoDBStreamEvent | undefined => {
  const payload = at(parseJson(kept), 'payload');
  const event = typeof payload === 'string' ? parseJson(payload) : payload;
  return isObject(event) && objectsAt(event, 'Records').length > 0
    ? (event as unknown as DynamoDBStreamEvent)
    : undefined;
};

let wired: Redriving | undefined;

export const handler = async ({ Records }: { readonly Records: readonly RedriveMessage[] }): Promise<RedriveResult> => {
  wired ??= { ...createKeeper(), publish };
  return redrive(wired, Records);
};
