import { describe, expect, it } from 'vitest';
import type { KeptObject } from '../../../functions/aws/redrive.ts';
import { DONE } from '../../../functions/detect/redrive/answer.ts';
import { type Redriving, redrive } from '../../../functions/detect/redrive.ts';
import { redrive as redrivePublish } from '../../../functions/publish/redrive.ts';

const message = (messageId: string, key: string) => ({
  messageId,
  body: JSON.stringify({ Records: [{ s3: { bucket: { name: 'kept' }, object: { key: encodeURIComponent(key) } } }] }),
});

const failedInvocation = (data: string) => JSON.stringify({ version: '1.0', requestPayload: { awslogs: { data } } });

const bucket = (objects: Record<string, string>, failing: readonly string[] = []) => {
  const kept = new Map(Object.entries(objects));
  const redriven: string[] = [];
  const redriving: Redriving = {
    read: async ({ key }: KeptObject) => kept.get(key) ?? '',
    remove: async ({ key }: KeptObject) => void kept.delete(key),
    write: async ({ key }, text) => void kept.set(key, text),
    invoke: async (data) => {
      if (failing.includes(data)) return { kind: 'failed', reason: 'still down' };
      redriven.push(data);
      return DONE;
    },
    remaining: () => 900_000,
  };
  return { kept, redriven, redriving };
};

describe('redrive', () => {
  it('runs a kept batch through detect again and removes it', async () => {
    const { kept, redriven, redriving } = bucket({ 'aws/lambda/async/detect/a b': failedInvocation('one') });
    const result = await redrive(redriving, [message('m1', 'aws/lambda/async/detect/a b')]);
    expect(result).toEqual({ batchItemFailures: [] });
    expect(redriven).toEqual(['one']);
    expect(kept.size).toBe(0);
  });

  it('leaves a batch that fails again to the queue and keeps its object, and the others go on', async () => {
    const { kept, redriven, redriving } = bucket({ a: failedInvocation('bad'), b: failedInvocation('good') }, ['bad']);
    const result = await redrive(redriving, [message('m1', 'a'), message('m2', 'b')]);
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
    expect(redriven).toEqual(['good']);
    expect([...kept.keys()]).toEqual(['a']);
  });

  it('does not pass off an object of another kind as redriven', async () => {
    const { redriving } = bucket({ a: '{"requestPayload":{}}', b: 'no json' });
    const result = await redrive(redriving, [message('m1', 'a'), message('m2', 'b')]);
    expect(result.batchItemFailures).toHaveLength(2);
  });

  it('has nothing to do for the notification by which S3 tries the queue out', async () => {
    const { redriving } = bucket({});
    expect(await redrive(redriving, [{ messageId: 'm1', body: '{"Event":"s3:TestEvent"}' }])).toEqual({
      batchItemFailures: [],
    });
  });

  it('takes an object that is gone for redriven', async () => {
    const { redriving } = bucket({});
    const gone: Redriving = { ...redriving, read: async () => undefined };
    expect(await redrive(gone, [message('m1', 'a')])).toEqual({ batchItemFailures: [] });
  });
});

describe('redrive of publish', () => {
  const event = { Records: [{ eventName: 'INSERT', dynamodb: { SequenceNumber: '1' } }] };
  const again = async (text: string, failures: readonly string[] = []) => {
    const { kept, redriving } = bucket({ a: text });
    const published: unknown[] = [];
    const publish = async (records: unknown) => {
      published.push(records);
      return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
    };
    const result = await redrivePublish({ ...redriving, publish }, [message('m1', 'a')]);
    return { published, failed: result.batchItemFailures.length, kept: kept.size };
  };

  it('publishes what Lambda kept of a stream, and removes it', async () => {
    const kept = JSON.stringify({ DDBStreamBatchInfo: { batchSize: 1 }, payload: JSON.stringify(event) });
    expect(await again(kept)).toEqual({ published: [event], failed: 0, kept: 0 });
  });

  it('keeps what could not be published again', async () => {
    const kept = JSON.stringify({ payload: JSON.stringify(event) });
    expect(await again(kept, ['1'])).toEqual({ published: [event], failed: 1, kept: 1 });
  });

  it('does not pass off an object of another kind as redriven', async () => {
    for (const kept of ['{"payload":"{}"}', '{"payload":"no json"}', '[]']) {
      expect(await again(kept)).toEqual({ published: [], failed: 1, kept: 1 });
    }
  });
});
