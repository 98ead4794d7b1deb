/** What AWS does between the parts: from a log group to payloads, from a table to stream records, from a queue to messages. */
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { DynamoDBRecord } from 'aws-lambda';
import { ACCOUNT, call, REGION } from './service.ts';

/** Events of one PutLogEvents call; the service takes ten thousand. */
const LOG_EVENTS = 5_000;

export const createLogStream = async (client: CloudWatchLogsClient, logGroupName: string, logStreamName: string) => {
  await client.send(new CreateLogGroupCommand({ logGroupName })).catch((error: Error) => {
    if (error.name !== 'ResourceAlreadyExistsException') throw error;
  });
  await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
};

export const putLogEvents = async (
  client: CloudWatchLogsClient,
  logGroupName: string,
  logStreamName: string,
  logEvents: readonly { readonly timestamp: number; readonly message: string }[],
): Promise<void> => {
  for (let from = 0; from < logEvents.length; from += LOG_EVENTS) {
    await client.send(
      new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: logEvents.slice(from, from + LOG_EVENTS) }),
    );
  }
};

/** Subscribes a Kinesis stream, through which what a function would be sent can be looked at. */
export const subscribePayloads = async (
  client: CloudWatchLogsClient,
  endpoint: string,
  logGroupName: string,
  stream: string,
  filterPattern: string,
): Promise<() => Promise<readonly string[]>> => {
  await call(endpoint, 'kinesis', 'CreateStream', { StreamName: stream, ShardCount: 1 });
  await client.send(
    new PutSubscriptionFilterCommand({
      logGroupName,
      filterName: stream,
      filterPattern,
      destinationArn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${stream}`,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/logs`,
    }),
  );
  return async () => {
    const { ShardIterator } = await call<{ ShardIterator: string }>(endpoint, 'kinesis', 'GetShardIterator', {
      StreamName: stream,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const { Records } = await call<{ Records: readonly { readonly Data: string }[] }>(
      endpoint,
      'kinesis',
      'GetRecords',
      {
        ShardIterator,
        Limit: 1_000,
      },
    );
    return Records.map(({ Data }) => Data);
  };
};

/** All that a table's stream holds, as Lambda hands it to a function. */
export const streamRecords = async (endpoint: string, TableName: string): Promise<readonly DynamoDBRecord[]> => {
  const { Streams } = await call<{ Streams: readonly { StreamArn: string; TableName: string }[] }>(
    endpoint,
    'streams',
    'ListStreams',
    { TableName },
  );
  const StreamArn = Streams.find((stream) => stream.TableName === TableName)?.StreamArn;
  const { StreamDescription } = await call<{ StreamDescription: { Shards: readonly { ShardId: string }[] } }>(
    endpoint,
    'streams',
    'DescribeStream',
    { StreamArn },
  );
  const records: DynamoDBRecord[] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    let { ShardIterator } = await call<{ ShardIterator?: string }>(endpoint, 'streams', 'GetShardIterator', {
      StreamArn,
      ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    while (ShardIterator) {
      const answer: { Records: readonly DynamoDBRecord[]; NextShardIterator?: string } = await call(
        endpoint,
        'streams',
        'GetRecords',
        { ShardIterator },
      );
      records.push(...answer.Records);
      ShardIterator = answer.Records.length === 0 ? '' : (answer.NextShardIterator ?? '');
    }
  }
  return records;
};

/** As many at once as the stack's mapping takes. */
const BATCH = 100;

export const inBatches = <T>(items: readonly T[], size = BATCH): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
