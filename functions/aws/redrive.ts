/**
 * The way back for what a function gave up on. Lambda puts it into a bucket; the bucket tells a queue; this takes it from there and has
 * it run through the function again, which does no harm where it had half succeeded. The queue bounds the tries, and its dead-letter queue
 * raises an alarm; an object stays in the bucket until a try succeeds.
 */
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { objectsAt, parseJson, textAt } from '../../shared/primitives/json.ts';
import { report } from './metrics.ts';

/** A message of the queue; its body is S3's notification of a new object. */
export interface RedriveMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes?: {
    /** How often the queue gave the message out, this time included. */
    readonly ApproximateReceiveCount: string;
  };
}

export interface RedriveResult {
  /** Messages that the queue is to deliver again. */
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface KeptObject {
  readonly bucket: string;
  readonly key: string;
}

/** What is kept. */
export interface Keeper {
  /** The text of an object; undefined when it is gone, because an earlier delivery of the same message succeeded. */
  readonly read: (object: KeptObject) => Promise<string | undefined>;
  readonly remove: (object: KeptObject) => Promise<void>;
}

/** Writes an object. */
export type Writer = (object: KeptObject, text: string) => Promise<void>;

/** Redrives each message's objects; a message whose object fails is left to the queue, and holds up no other. */
export const redriveAll = async (
  messages: readonly RedriveMessage[],
  keeper: Keeper,
  again: (kept: string, object: KeptObject, receives: number) => Promise<void>,
): Promise<RedriveResult> => {
  const failed: { itemIdentifier: string }[] = [];
  for (const { messageId, body, attributes } of messages) {
    try {
      for (const object of objectsOf(body)) {
        const kept = await keeper.read(object);
        if (kept === undefined) continue;
        await again(kept, object, Number(attributes?.ApproximateReceiveCount ?? 1));
        await keeper.remove(object);
      }
    } catch (error) {
      failed.push({ itemIdentifier: messageId });
      report({ RedriveFailures: 1 }, {}, { error: String(error) });
    }
  }
  report({ Redriven: messages.length - failed.length });
  return { batchItemFailures: failed };
};

/** S3 encodes keys in notifications as in a form: `+` is a space. A test notification names no object. */
const objectsOf = (body: string): readonly KeptObject[] =>
  objectsAt(parseJson(body), 'Records').map((record) => ({
    bucket: textAt(record, 's3', 'bucket', 'name'),
    key: decodeURIComponent(textAt(record, 's3', 'object', 'key').replaceAll('+', ' ')),
  }));

/** The buckets of the account. */
export const createKeeper = (client = new S3Client({})): Keeper => ({
  read: async ({ bucket, key }) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body === undefined ? '' : await Body.transformToString();
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  },
  remove: async ({ bucket, key }) => {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  },
});

export const createWriter =
  (client = new S3Client({})): Writer =>
  async ({ bucket, key }, text) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' }));
  };
