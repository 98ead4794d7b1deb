/** The pipeline as it is deployed: all detections under the bundled configuration, over the two tables. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { bundledConfig } from '../aws/bundled-config.ts';
import { createStore } from '../aws/dynamodb-store.ts';
import { BASELINES_TABLE, FINDINGS_TABLE, required } from '../aws/environment.ts';
import { createLocator } from '../aws/geoip.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';

/**
 * Milliseconds that DynamoDB may leave a connection or a request unanswered; it answers in some ten. The AWS SDK tries three times, so
 * an outage is an error well before Lambda ends the function, and is never taken for a batch that ends it.
 */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

let deployed: Pipeline | undefined;

/** Built once for each container, at the first use. */
export const deployedPipeline = (): Pipeline => {
  deployed ??= createDeployed();
  return deployed;
};

const createDeployed = (): Pipeline => {
  const config = bundledConfig();
  const store = createStore({
    client: new DynamoDBClient({ requestHandler }),
    findingsTable: required(FINDINGS_TABLE),
    baselinesTable: required(BASELINES_TABLE),
  });
  const engine = createEngine(rulesOf(DETECTIONS, config));
  // The locator opens a database at the first address that a detection asks about.
  return createPipeline({ engine, store, config, region: process.env['AWS_REGION'] ?? '', locate: createLocator() });
};
