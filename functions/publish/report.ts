/** What became of a batch of stream records: for the log and the alarms, and for Lambda. */
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { report } from '../aws/metrics.ts';
import type { Publications } from './publications.ts';
import type { StreamChanges } from './stream-changes.ts';

/** Sentences of one batch that are logged; all are counted. */
const LOGGED = 5;

export const reportBatch = (
  { changes, unreadable }: StreamChanges,
  { publications, postponed, skipped, unreadable: unjudged }: Publications,
  failed: ReadonlyMap<string, string>,
): void => {
  const problems = [
    ...unreadable,
    ...unjudged,
    ...postponed.map((sequence) => `Stream record ${sequence}: the baselines table did not answer; it is tried again.`),
    ...[...failed].map(
      ([sequence, reason]) => `Stream record ${sequence}: the bus did not take it (${reason}); tried again.`,
    ),
  ];
  report(
    {
      Changes: changes.length,
      Published: publications.filter(({ sequence }) => !failed.has(sequence)).length,
      Unreadable: unreadable.length + unjudged.length,
      Postponed: postponed.length + failed.size,
      Skipped: skipped,
    },
    {},
    problems.length === 0 ? {} : { problems: problems.slice(0, LOGGED) },
  );
};

/** Lambda takes a stream up again from the first record named, so the earliest failure is all that it needs. */
export const takeUpFrom = (records: readonly DynamoDBRecord[], sequences: readonly string[]): DynamoDBBatchResponse => {
  const failed = new Set(sequences);
  const first = records.find(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
  return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.dynamodb?.SequenceNumber ?? '' }] };
};
