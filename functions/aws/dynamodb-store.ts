/** The store over two DynamoDB tables: first-seen aggregates in the baselines table, all others in the findings table. */
import { BatchGetItemCommand, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { worthAdding } from '../../shared/aggregates/additions.ts';
import { type Aggregate, SETS } from '../../shared/aggregates/aggregate.ts';
import type { Delta, Store } from '../../shared/aggregates/store.ts';
import { type ClusterIdentity, clusterKey } from '../../shared/events/event.ts';
import { groupBy } from '../../shared/primitives/group-by.ts';
import { DAY } from '../../shared/primitives/time.ts';
import { aggregateOfImage, type Item, nameAttributes, setValue } from './aggregate-item.ts';
import { fitting, isTooLarge, withoutIllustration } from './item-size.ts';
import { createAggregateCache } from './known-aggregates.ts';

export interface Tables {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly findingsTable: string;
  readonly baselinesTable: string;
}

/** Writes that are under way at once; DynamoDB answers in milliseconds, so more would only be throttled earlier. */
const CONCURRENCY = 32;

/** DynamoDB's limit for one BatchGetItem. */
const KEYS_OF_A_READ = 100;

/** Rounds in which keys that DynamoDB left unprocessed are asked for again; then their aggregates are written unread, which is safe. */
const READ_ROUNDS = 3;

/** Days that an item outlives what it can still say. */
const RETENTION_DAYS = 35;

export interface TableStore extends Store {
  /** What is remembered of an aggregate, without asking DynamoDB. */
  readonly known: (id: string) => Aggregate | undefined;
}

export const createStore = ({ client, findingsTable, baselinesTable }: Tables): TableStore => {
  const known = createAggregateCache();
  const clusters = new Map<string, number>();
  const tableOf = ({ rule }: Delta) => (rule.windowing.kind === 'first-seen' ? baselinesTable : findingsTable);

  const read = async (table: string, ids: readonly string[]): Promise<void> => {
    let keys = ids.map((id) => ({ id: { S: id } }));
    for (let round = 0; keys.length > 0 && round < READ_ROUNDS; round++) {
      const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys } } }));
      for (const item of answer.Responses?.[table] ?? []) known.set(aggregateOfImage(item));
      keys = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as typeof keys;
    }
  };

  const readUnknown = async (deltas: readonly Delta[]): Promise<void> => {
    const unknown = deltas.filter(({ addition }) => known.get(addition.id) === undefined);
    const reads = [...groupBy(unknown, tableOf)].flatMap(([table, group]) =>
      chunks(group, KEYS_OF_A_READ).map(
        (chunk) => () =>
          read(
            table,
            chunk.map(({ addition }) => addition.id),
          ),
      ),
    );
    await inParallel(reads);
  };

  const add = async (delta: Delta, wanted: Aggregate, before: Aggregate | undefined): Promise<number> => {
    const answer = await client.send(
      new UpdateItemCommand({
        TableName: tableOf(delta),
        Key: { id: { S: wanted.id } },
        ReturnValues: 'ALL_NEW',
        ...mergeExpression(wanted, expiryOf(delta, before)),
      }),
    );
    known.set(aggregateOfImage(answer.Attributes ?? {}));
    return 1;
  };

  const write = async (delta: Delta): Promise<number> => {
    const { rule, addition } = delta;
    const before = known.get(addition.id);
    const wanted = fitting(before, worthAdding(rule.windowing, before, addition));
    if (wanted === undefined) return 0;
    try {
      return await add(delta, wanted, before);
    } catch (error) {
      const bare = isTooLarge(error) ? withoutIllustration(wanted) : undefined;
      if (bare === undefined) throw error;
      return add(delta, bare, before);
    }
  };

  const merge = async (deltas: readonly Delta[]): Promise<number> => {
    await readUnknown(deltas);
    const written = await inParallel(deltas.map((delta) => () => write(delta)));
    return written.reduce((sum, count) => sum + count, 0);
  };

  const clusterFirstSeen = async (cluster: ClusterIdentity): Promise<number | undefined> => {
    const remembered = clusters.get(clusterKey(cluster));
    if (remembered !== undefined) return remembered;
    // Consistent: publish asks within a second of the first write, and a beginning that it missed would open everything.
    const key = { TableName: baselinesTable, Key: clusterItemKey(cluster), ConsistentRead: true };
    const answer = await client.send(new GetItemCommand(key));
    const first = answer.Item?.['clusterFirstSeen']?.N;
    if (first === undefined) return undefined;
    clusters.set(clusterKey(cluster), Number(first));
    return Number(first);
  };

  const noteCluster = async (cluster: ClusterIdentity, time: number): Promise<void> => {
    const earlier = await clusterFirstSeen(cluster);
    if (earlier !== undefined && earlier <= time) return;
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: baselinesTable,
          Key: clusterItemKey(cluster),
          UpdateExpression: 'SET #clusterFirstSeen = :time',
          ConditionExpression: 'attribute_not_exists(#clusterFirstSeen) OR #clusterFirstSeen > :time',
          ExpressionAttributeNames: { '#clusterFirstSeen': 'clusterFirstSeen' },
          ExpressionAttributeValues: { ':time': { N: String(time) } },
        }),
      );
      clusters.set(clusterKey(cluster), time);
    } catch (error) {
      if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
      // Another container knew of an earlier time; what it is will be read when it is needed.
      clusters.delete(clusterKey(cluster));
    }
  };

  return { merge, noteCluster, clusterFirstSeen, known: known.get };
};

/** Aggregate ids hold `#` with a detection before it, so no aggregate can have this key. */
const clusterItemKey = (cluster: ClusterIdentity): Item => ({ id: { S: `cluster#${clusterKey(cluster)}` } });

/** One ADD for each set that has something in it, and SET for what is the same at every write. */
const mergeExpression = (wanted: Aggregate, expiry: number) => {
  const constants = { ...nameAttributes(wanted), ttl: { N: String(expiry) } };
  const sets = SETS.filter((set) => wanted[set].size > 0);
  const assignments = Object.keys(constants).map((name) => `#${name} = :${name}`);
  const additions = sets.map((set) => `#${set} :${set}`);
  return {
    UpdateExpression: `SET ${assignments.join(', ')} ADD ${additions.join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(
      [...Object.keys(constants), ...sets].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: Object.fromEntries([
      ...Object.entries(constants).map(([name, value]) => [`:${name}`, value]),
      ...sets.map((set) => [`:${set}`, setValue(set, wanted[set])]),
    ]),
  };
};

/**
 * When DynamoDB may delete an item, in seconds since the epoch: some weeks after the end of its period, or after the last day on
 * which first-seen entities could still be known.
 */
const expiryOf = ({ rule: { windowing }, addition }: Delta, known: Aggregate | undefined): number => {
  const days = [addition, known].flatMap((one) => (one === undefined ? [] : [...one.buckets, ...one.learned]));
  const end =
    windowing.kind === 'first-seen'
      ? (days.reduce((last, day) => Math.max(last, day), 0) + windowing.lookback) * DAY
      : (addition.period + 1) * windowing.period;
  return Math.ceil((end + RETENTION_DAYS * DAY) / 1_000);
};

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** Runs tasks, some at once. All are tried before the first failure is thrown, so that one bad item holds up no other. */
const inParallel = async <T>(tasks: readonly (() => Promise<T>)[]): Promise<readonly T[]> => {
  const results: T[] = [];
  const failures: unknown[] = [];
  const queue = tasks.values();
  const work = async () => {
    for (const task of queue) {
      try {
        results.push(await task());
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, tasks.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
};
