/**
 * The way back for batches that detect gave up on. Lambda puts what failed three times into the on-failure bucket; the bucket tells a
 * queue; this takes it from there and runs it through detect again. Merging is idempotent, so a batch that half succeeded is safe.
 * The queue bounds the tries, and its dead-letter queue raises an alarm; the object stays in the bucket until a try succeeds.
 */
import { DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { objectsAt, parseJson, textAt } from '../../shared/json.ts';
import { report } from '../metrics.ts';
import { handler as detect } from './handler.ts';

/** A message of the queue; its body is S3's notification of a new object. */
export interface RedriveMessage {
  readonly messageId: string;
  readonly body: string;
}

export interface RedriveResult {
  /** Messages that the queue is to deliver again. */
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface KeptObject {
  readonly bucket: string;
  readonly key: string;
}

/** What redriving needs of the outside. */
export interface Redriving {
  readonly read: (object: KeptObject) => Promise<string>;
  readonly remove: (object: KeptObject) => Promise<void>;
  readonly detect: (event: { readonly awslogs: { readonly data: string } }) => Promise<void>;
}

/** S3 encodes keys in notifications as in a form: `+` is a space. A test notification names no object. */
const objectsOf = (body: string): readonly KeptObject[] =>
  objectsAt(parseJson(body), 'Records').map((record) => ({
    bucket: textAt(record, 's3', 'bucket', 'name'),
    key: decodeURIComponent(textAt(record, 's3', 'object', 'key').replaceAll('+', ' ')),
  }));

const redriveObject = async ({ read, remove, detect: again }: Redriving, object: KeptObject): Promise<void> => {
  const data = textAt(parseJson(await read(object)), 'requestPayload', 'awslogs', 'data');
  if (data === '')
    throw new Error(`The object ${object.key} in ${object.bucket} holds no failed invocation of detect.`);
  await again({ awslogs: { data } });
  await remove(object);
};

/** Redrives each message's objects; a message whose object fails is left to the queue, and holds up no other. */
export const redrive = async (redriving: Redriving, messages: readonly RedriveMessage[]): Promise<RedriveResult> => {
  const failed: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of messages) {
    try {
      for (const object of objectsOf(body)) await redriveObject(redriving, object);
    } catch (error) {
      failed.push({ itemIdentifier: messageId });
      report({ RedriveFailures: 1 }, {}, { error: String(error) });
    }
  }
  report({ Redriven: messages.length - failed.length });
  return { batchItemFailures: failed };
};

const deployed = (client = new S3Client({})): Redriving => ({
  read: async ({ bucket, key }) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body === undefined ? '' : Body.transformToString();
  },
  remove: async ({ bucket, key }) => {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  },
  detect,
});

let wired: Redriving | undefined;

export const handler = async ({ Records }: { readonly Records: readonly RedriveMessage[] }): Promise<RedriveResult> => {
  wired ??= deployed();
  return redrive(wired, Records);
};
