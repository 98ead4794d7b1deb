/** The outbox: what changed in the tables becomes events on the bus. A sink that is down holds up nothing but this. */
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type Bus, deployedBus, putAll } from './bus.ts';
import { deployedContext } from './deployed.ts';
import { type PublishContext, publicationsOf } from './publications.ts';
import { reportBatch, takeUpFrom } from './report.ts';
import { changesOf } from './stream-changes.ts';

export const publish = async (
  { Records }: DynamoDBStreamEvent,
  context: PublishContext,
  bus: Bus,
): Promise<DynamoDBBatchResponse> => {
  const read = changesOf(Records);
  const judged = await publicationsOf(read.changes, context);
  const failed = await putAll(judged.publications, bus);
  reportBatch(read, judged, failed);
  return takeUpFrom(Records, [...judged.postponed, ...failed.keys()]);
};

export const handler = (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
  publish(event, deployedContext(), deployedBus);
