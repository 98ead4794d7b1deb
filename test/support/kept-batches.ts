/** An on-failure bucket with its queue, and a detect that certain records end: what the redrive of detect lives among. */
import { gzipSync } from 'node:zlib';
import { type Answer, answerOfError, DONE } from '../../functions/detect/redrive/answer.ts';
import { type Redriving, redrive } from '../../functions/detect/redrive.ts';
import { decodePayload } from '../../shared/logs/decode.ts';

export const payloadOf = (ids: readonly string[], more: object = {}): string =>
  gzipSync(
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/aws/eks/prod/cluster',
      logStream: 'kube-apiserver-audit-1',
      subscriptionFilters: ['eks-detect'],
      logEvents: ids.map((id, index) => ({ id, timestamp: 1_770_000_000_000 + index, message: `{"id":"${id}"}` })),
      ...more,
    }),
  ).toString('base64');

export const failedInvocation = (data: string) =>
  JSON.stringify({ version: '1.0', requestPayload: { awslogs: { data } } });

export const OUT_OF_MEMORY = JSON.stringify({
  errorType: 'Runtime.ExitError',
  errorMessage: 'RequestId: 59f8af4e Error: Runtime exited with error: signal: killed',
});

// biome-ignore lint/suspicious/noExplicitAny: what an object holds is as free as JSON
type Kept = Readonly<Record<string, any>>;

export interface Surroundings {
  /** What detect does with the records of an intact payload. */
  readonly detect: (ids: readonly string[]) => Answer;
  /** Milliseconds that one run of the redrive has, and that one invocation of detect takes. */
  readonly timeout?: number;
  readonly duration?: number;
}

/** As in infra/: the queue's receives until a message is dead. */
const RECEIVES = 48;

export const keptBatches = ({ detect, timeout = 900_000, duration = 1_000 }: Surroundings) => {
  const objects = new Map<string, string>();
  const queue: { readonly key: string; receives: number }[] = [];
  const dead: string[] = [];
  const invoked: string[] = [];
  let now = 0;
  let end = 0;

  const put = (key: string, text: string): void => {
    objects.set(key, text);
    if (key.startsWith('aws/lambda/')) queue.push({ key, receives: 0 });
  };
  const answer = (data: string): Answer => {
    try {
      return detect(decodePayload(data).records.map(({ id }) => id));
    } catch (error) {
      const { name, message } = error as Error;
      return answerOfError(JSON.stringify({ errorType: name, errorMessage: message }));
    }
  };
  const redriving: Redriving = {
    read: async ({ key }) => objects.get(key),
    remove: async ({ key }) => void objects.delete(key),
    write: async ({ key }, text) => put(key, text),
    invoke: async (data) => {
      invoked.push(data);
      now += duration;
      return answer(data);
    },
    remaining: () => end - now,
  };

  /** Gives one message out; false when there is none. */
  const step = async (): Promise<boolean> => {
    const message = queue.shift();
    if (message === undefined) return false;
    message.receives++;
    end = now + timeout;
    const { batchItemFailures } = await redrive(redriving, [
      {
        messageId: 'm',
        body: JSON.stringify({ Records: [{ s3: { bucket: { name: 'kept' }, object: { key: message.key } } }] }),
        attributes: { ApproximateReceiveCount: String(message.receives) },
      },
    ]);
    if (batchItemFailures.length === 0) return true;
    if (message.receives < RECEIVES) queue.push(message);
    else dead.push(message.key);
    return true;
  };

  /** Gives messages out until none is left. */
  const settle = async (): Promise<void> => {
    while (await step());
  };

  /** What is kept as unprocessable. */
  const kept = () =>
    [...objects]
      .filter(([key]) => key.startsWith('unprocessable/'))
      .map(([key, text]) => ({ key, ...(JSON.parse(text) as Record<string, unknown>) }) as Kept);

  return { objects, queue, dead, invoked, put, step, settle, kept, redriving };
};

/** A detect that any of these records ends. */
export const endedBy =
  (killers: ReadonlySet<string>, onDone: (ids: readonly string[]) => void = () => {}): Surroundings['detect'] =>
  (ids) => {
    if (ids.some((id) => killers.has(id))) return answerOfError(OUT_OF_MEMORY);
    onDone(ids);
    return DONE;
  };
