/** The outbox: what changed in the tables becomes events on the bus. A sink that is down holds up nothing but this. */
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type Bus, deployedBus, putAll } from './bus.ts';
import { changesOf } from './changes.ts';
import { deployedTeller } from './deployed.ts';
import { reportTelling, takeUpFrom } from './report.ts';
import { type Publisher, tell } from './telling.ts';

export const publish = async (
  { Records }: DynamoDBStreamEvent,
  teller: Publisher,
  bus: Bus,
): Promise<DynamoDBBatchResponse> => {
  const read = changesOf(Records);
  const telling = await tell(read.changes, teller);
  const failed = await putAll(telling.told, bus);
  reportTelling(read, telling, failed);
  return takeUpFrom(Records, [...telling.postponed, ...failed.keys()]);
};

export const handler = (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
  publish(event, deployedTeller(), deployedBus);
