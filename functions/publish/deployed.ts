/** What publish works with in an account: rules from the bundled configuration, beginnings from the baselines table. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { bundledConfig } from '../aws/bundled-config.ts';
import { createStore } from '../aws/dynamodb-store.ts';
import { BASELINES_TABLE, FINDINGS_TABLE, PARTITION, required } from '../aws/environment.ts';
import { createLocator } from '../aws/geoip.ts';
import type { Publisher } from './telling.ts';

const locate = createLocator();

/** Built at the first use, so that a test can import the handler without an environment. */
let client: DynamoDBClient | undefined;
let rules: Publisher['rules'] | undefined;

/** A teller for one batch. Its store is new each time, because a store remembers beginnings and learning can be ended meanwhile. */
export const deployedTeller = (): Publisher => {
  const config = bundledConfig();
  client ??= new DynamoDBClient({});
  rules ??= new Map(rulesOf(DETECTIONS, config).map((rule) => [rule.detection.id, rule]));
  const findingsTable = process.env[FINDINGS_TABLE] ?? '';
  const { clusterFirstSeen } = createStore({ client, findingsTable, baselinesTable: required(BASELINES_TABLE) });
  return { rules, learn: config.learn, clusterFirstSeen, locate, partition: required(PARTITION) };
};
