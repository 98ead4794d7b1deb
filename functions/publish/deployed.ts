/** What publish works with in an account: rules from the bundled configuration, beginnings from the baselines table. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { bundledConfig } from '../aws/bundled-config.ts';
import { createStore } from '../aws/dynamodb-store.ts';
import { BASELINES_TABLE, FINDINGS_TABLE, PARTITION, required } from '../aws/environment.ts';
import { createLocator } from '../aws/geoip.ts';
import type { PublishContext } from './publications.ts';

const locate = createLocator();

/** Built at the first use, so that a test can import the handler without an environment. */
let client: DynamoDBClient | undefined;
let rules: PublishContext['rules'] | undefined;

/** A context for one batch. Its store is new each time: a store caches when clusters were first seen, and `learn` may change that. */
export const deployedContext = (): PublishContext => {
  const config = bundledConfig();
  client ??= new DynamoDBClient({});
  rules ??= new Map(rulesOf(DETECTIONS, config).map((rule) => [rule.detection.id, rule]));
  const findingsTable = process.env[FINDINGS_TABLE] ?? '';
  const { clusterFirstSeen } = createStore({ client, findingsTable, baselinesTable: required(BASELINES_TABLE) });
  return { rules, learn: config.learn, clusterFirstSeen, locate, partition: required(PARTITION) };
};
