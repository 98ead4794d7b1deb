/** The changes of aggregates that are in stream records. */
import type { DynamoDBRecord, AttributeValue as StreamValue } from 'aws-lambda';
import { type Aggregate, emptyAggregate, SETS } from '../../shared/aggregates/aggregate.ts';
import { SECOND } from '../../shared/primitives/time.ts';
import { aggregateOfImage, type Item } from '../aws/aggregate-item.ts';

/** An aggregate before and after one write. */
export interface AggregateChange {
  /** Names the stream record, for Lambda to take up again from there. */
  readonly sequence: string;
  /**
   * When it was written, in milliseconds since the epoch: what is published of it is that old, however late. Receivers keep the
   * latest event about a finding, so a record that is published again hours later may not look newer than those that came after it.
   */
  readonly written: number;
  readonly before: Aggregate;
  readonly after: Aggregate;
}

export interface StreamChanges {
  readonly changes: readonly AggregateChange[];
  /** One sentence for each record that is no change of an aggregate and should be one. */
  readonly unreadable: readonly string[];
}

/** What expired is no news, and the item that tells when a cluster was first heard of is no aggregate. */
export const changesOf = (records: readonly DynamoDBRecord[]): StreamChanges => {
  const changes: AggregateChange[] = [];
  const unreadable: string[] = [];
  for (const record of records) {
    if (record.eventName === 'REMOVE') continue;
    try {
      changes.push(...changeOf(record));
    } catch (error) {
      unreadable.push(`Stream record ${record.dynamodb?.SequenceNumber ?? '?'}: ${String(error).slice(0, 200)}`);
    }
  }
  return { changes, unreadable };
};

const changeOf = ({ dynamodb = {} }: DynamoDBRecord): readonly AggregateChange[] => {
  const { SequenceNumber = '', ApproximateCreationDateTime: seconds, NewImage, OldImage } = dynamodb;
  if (NewImage === undefined) throw new Error('it has no new image; the stream has to be NEW_AND_OLD_IMAGES');
  if (NewImage['detection'] === undefined) return [];
  const after = aggregateOfImage(itemOf(NewImage));
  if (after.id === '' || Number.isNaN(after.period)) throw new Error('its item is no case: id or period is missing');
  const before = OldImage?.['detection'] === undefined ? emptyAggregate(after) : aggregateOfImage(itemOf(OldImage));
  // Every stream tells the time; a finding is worth more than it, all the same.
  const written = Math.floor(seconds ?? Date.now() / SECOND) * SECOND + sizeOf(after);
  return [{ sequence: SequenceNumber, written, before, after }];
};

/**
 * The number of things that an aggregate holds, added to the second of a write as milliseconds. A stream gives times in seconds. Aggregates only
 * grow, so this puts the writes of one second in order, however late they are published. A large aggregate is a few seconds ahead of its
 * time, and stays so.
 */
const sizeOf = (subject: Aggregate): number => SETS.reduce((sum, set) => sum + subject[set].size, 0);

/** A stream's values differ from the client's only in how they write bytes, and an aggregate has none. */
const itemOf = (image: Readonly<Record<string, StreamValue>>): Item => image as unknown as Item;
