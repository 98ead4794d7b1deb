/** Takes findings off the queue and imports them into Security Hub CSPM. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { PARTITION, required } from '../aws/environment.ts';
import { importsOf } from './messages.ts';
import { reportImports } from './report.ts';
import { deployedHub, importAll, type SecurityHub } from './security-hub.ts';

/** @param partition the AWS partition that this runs in */
export const deliver = async (
  { Records }: SQSEvent,
  hub: SecurityHub,
  partition?: string,
): Promise<SQSBatchResponse> => {
  const { imports, unreadable } = importsOf(Records, partition);
  const imported = await importAll(imports, hub);
  reportImports(imported, unreadable);
  // What fails again and again ends in the dead-letter queue.
  const failed = [...unreadable.keys(), ...imported.failed.keys()];
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
};

export const handler = (event: SQSEvent): Promise<SQSBatchResponse> => deliver(event, deployedHub, required(PARTITION));
