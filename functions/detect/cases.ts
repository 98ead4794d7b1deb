/** Merging into the deployed tables. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Aggregate } from '../../shared/aggregates/aggregate.ts';
import type { Gathering } from '../../shared/aggregates/gathering.ts';
import type { ClusterIdentity } from '../../shared/events/event.ts';
import { createStore, type TableStore } from '../aws/dynamodb-store.ts';
import { BASELINES_TABLE, FINDINGS_TABLE, required } from '../aws/environment.ts';

/**
 * Milliseconds that DynamoDB may leave a connection or a request unanswered; it answers in some ten. The AWS SDK tries three times, so
 * an outage is an error well before Lambda ends the function, and is never taken for a batch that ends it.
 */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** Built at the first use, so that a test can import the handler without an environment. */
let deployed: TableStore | undefined;
const store = (): TableStore => {
  deployed ??= createStore({
    client: new DynamoDBClient({ requestHandler }),
    findingsTable: required(FINDINGS_TABLE),
    baselinesTable: required(BASELINES_TABLE),
  });
  return deployed;
};

/** What this container remembers of an aggregate. */
export const known = (id: string): Aggregate | undefined => store().known(id);

/** Notes when the cluster was first heard of. A batch without an event tells nothing. */
export const noteCluster = async (cluster: ClusterIdentity, earliest: number): Promise<void> => {
  if (Number.isFinite(earliest)) await store().noteCluster(cluster, earliest);
};

export const merge = async (gathering: Gathering): Promise<{ written: number; overflowed: number }> => ({
  written: await store().merge(gathering.deltas()),
  overflowed: gathering.overflowed,
});
