/** What subscribe asks of CloudWatch Logs, with the AWS SDK as it is deployed and a server that answers from a list. */
import { createServer } from 'node:http';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogGroups, type Filter } from '../../../functions/subscribe/log-groups.ts';

const FILTER: Filter = {
  name: 'eks-detect',
  pattern: '"audit.k8s.io"',
  destination: 'arn:aws:lambda:eu-west-1:1:function:x',
};

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

/** Answers each call with the next error of the list, and with success after the last. */
const answering = async (errors: readonly string[]) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.headers['x-amz-target']).split('.')[1] ?? '');
    const error = errors[asked.length - 1];
    request.resume().on('end', () => {
      response.writeHead(error === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(error === undefined ? {} : { __type: error, message: 'no' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => server.close());
  const { port } = server.address() as { port: number };
  const options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const clients = [
    { ...options, maxAttempts: 6 },
    { ...options, maxAttempts: 1 },
  ] as const;
  const groups = createLogGroups(new CloudWatchLogsClient(clients[0]), new CloudWatchLogsClient(clients[1]));
  return { asked, groups };
};

describe('a filter', () => {
  it('is written by one call', async () => {
    const { asked, groups } = await answering([]);
    expect(await groups.put('/aws/eks/a/cluster', FILTER)).toBe(true);
    expect(asked).toEqual(['PutSubscriptionFilter']);
  });

  it('is asked for once when the group is full, though the SDK takes that answer for throttling', async () => {
    const { asked, groups } = await answering(Array<string>(10).fill('LimitExceededException'));
    expect(await groups.put('/aws/eks/a/cluster', FILTER)).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it('is asked for again when the call was throttled', async () => {
    const { asked, groups } = await answering(['ThrottlingException', 'ThrottlingException']);
    expect(await groups.put('/aws/eks/a/cluster', FILTER)).toBe(true);
    expect(asked).toHaveLength(3);
  });

  it('that is refused for another reason fails with that reason', async () => {
    const { groups } = await answering(Array<string>(10).fill('AccessDeniedException'));
    await expect(groups.put('/aws/eks/a/cluster', FILTER)).rejects.toThrow(/no/);
  });
});
