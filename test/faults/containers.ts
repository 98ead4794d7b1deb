/** The functions as they are deployed, over doubles. What a container remembers lives as long as the container. */
import type { DynamoDBBatchResponse, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createStore } from '../../functions/aws/dynamodb-store.ts';
import { deliver } from '../../functions/deliver/handler.ts';
import type { SubscriptionEvent } from '../../functions/detect/handler.ts';
import { createPipeline } from '../../functions/detect/pipeline.ts';
import type { Bus } from '../../functions/publish/bus.ts';
import { publish } from '../../functions/publish/handler.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import accessScanning from '../../shared/detections/discovery/access-scanning.ts';
import scannerImagePulled from '../../shared/detections/discovery/scanner-image-pulled.ts';
import imageFirstSeen from '../../shared/detections/execution/image-first-seen.ts';
import podHostNetwork from '../../shared/detections/privilege-escalation/pod-host-network.ts';
import { createEngine, type Engine, type Sighting } from '../../shared/engine/engine.ts';
import { openPayload, parsePayload } from '../../shared/logs/decode.ts';
import type { Chaos, Invocation } from './chaos.ts';
import { serviceError } from './chaos.ts';
import { BEGIN, CLUSTERS, isDeadly, OWNER } from './recorded-batches.ts';
import { BASELINES, type createHub, FINDINGS } from './services.ts';
import type { TableDouble } from './table-double.ts';

const REGION = 'eu-west-1';

export const RULES = rulesOf([accessScanning, scannerImagePulled, imageFirstSeen, podHostNetwork], DEFAULT_CONFIG);
export const LEARN = DEFAULT_CONFIG.learn;
const engine = createEngine(RULES);
const byId = new Map(RULES.map((rule) => [rule.detection.id, rule]));

/** Services that may be down as a whole for a while. */
export type Outage = 'outage of DynamoDB' | 'outage of EventBridge' | 'outage of Security Hub';

export interface World {
  readonly chaos: Chaos;
  readonly tables: TableDouble;
  readonly hub: ReturnType<typeof createHub>;
  readonly onEvent: (entry: Parameters<Bus['put']>[0][number]) => void;
  readonly isDown: (outage: Outage) => boolean;
  readonly isSubscribed: boolean;
  /** A mistake that is made on purpose, to see that the campaign finds it. */
  readonly spoil: (sightings: readonly Sighting[]) => readonly Sighting[];
}

const tableClient = ({ chaos, tables, isDown }: World, invocation: () => Invocation) => ({
  send: (command: unknown) =>
    invocation().call(
      () => {
        if (isDown('outage of DynamoDB')) {
          chaos.count('outage of DynamoDB');
          throw serviceError('ServiceUnavailable');
        }
        return withUnprocessed(chaos, tables.send(command));
      },
      { throttled: 'ProvisionedThroughputExceededException', internal: 'InternalServerError' },
    ),
});

type Answer = { Responses?: Record<string, unknown[]>; UnprocessedKeys?: Record<string, { Keys: unknown[] }> };

/** DynamoDB may leave keys of a BatchGetItem unread. */
const withUnprocessed = (chaos: Chaos, answer: object): object => {
  const { Responses } = answer as Answer;
  if (Responses === undefined || !chaos.strikes('unprocessed keys', 0.05)) return answer;
  const [name = '', items = []] = Object.entries(Responses)[0] ?? [];
  const left = items.slice(1) as { id: unknown }[];
  return {
    Responses: { [name]: items.slice(0, 1) },
    UnprocessedKeys: { [name]: { Keys: left.map(({ id }) => ({ id })) } },
  };
};

/**
 * Notes when each cluster was first heard of, before anything goes wrong. Learning takes a week and whatever failed is back within a
 * day, so it is long known when learning ends; a campaign runs through twelve days in minutes, where it might come too late.
 */
export const beginClusters = async ({ tables }: Pick<World, 'tables'>): Promise<void> => {
  const client = { send: async (command: unknown) => tables.send(command) };
  const store = createStore({ client: client as never, findingsTable: FINDINGS, baselinesTable: BASELINES });
  for (const cluster of CLUSTERS) await store.noteCluster({ cluster, account: OWNER, region: REGION }, BEGIN);
};

export interface DetectContainer {
  readonly detect: (event: SubscriptionEvent, invocation: Invocation) => Promise<void>;
}

/** The pipeline of functions/detect, with a store of its own. */
export const createDetect = (world: World): DetectContainer => {
  let current: Invocation | undefined;
  const client = tableClient(world, () => current as Invocation);
  const store = createStore({ client: client as never, findingsTable: FINDINGS, baselinesTable: BASELINES });
  const pipeline = createPipeline({ engine: spoiled(engine, world), store, config: DEFAULT_CONFIG, region: REGION });
  return {
    detect: async ({ awslogs }, invocation) => {
      current = invocation;
      if (isDeadlyBatch(awslogs.data)) invocation.end('deadly record read');
      await pipeline.merge(pipeline.scan(openPayload(awslogs.data)));
    },
  };
};

/** The engine, with the world's mistake in what it finds. */
const spoiled = (whole: Engine, { spoil }: World): Engine => ({
  ...whole,
  detect: (...event) => {
    const { sightings, faults } = whole.detect(...event);
    return { sightings: spoil(sightings), faults };
  },
});

const isDeadlyBatch = (data: string): boolean => {
  const payload = openPayload(data);
  return ('records' in payload ? payload : parsePayload(payload.text)).records.some(isDeadly);
};

export const runPublish = (
  world: World,
  event: DynamoDBStreamEvent,
  invocation: Invocation,
): Promise<DynamoDBBatchResponse> => {
  const { chaos, onEvent, isDown } = world;
  const client = tableClient(world, () => invocation);
  const { clusterFirstSeen } = createStore({
    client: client as never,
    findingsTable: FINDINGS,
    baselinesTable: BASELINES,
  });
  const bus: Bus = {
    put: (entries) =>
      invocation.call(
        () => {
          if (isDown('outage of EventBridge')) {
            chaos.count('outage of EventBridge');
            throw serviceError('InternalException');
          }
          return entries.map((entry) => {
            if (chaos.strikes('PutEvents partial failure', 0.03)) return 'ThrottlingException';
            onEvent(entry);
            return undefined;
          });
        },
        { throttled: 'ThrottlingException', internal: 'InternalFailure' },
      ),
    wait: async () => {},
  };
  return publish(event, { rules: byId, learn: LEARN, clusterFirstSeen, locate: () => undefined }, bus);
};

export const runDeliver = (world: World, event: SQSEvent, invocation: Invocation): Promise<SQSBatchResponse> => {
  const { chaos, hub, isDown, isSubscribed } = world;
  return deliver(event, {
    import: (findings) =>
      invocation.call(
        () => {
          if (!isSubscribed) {
            chaos.count('Security Hub not subscribed');
            throw serviceError('InvalidAccessException');
          }
          if (isDown('outage of Security Hub')) {
            chaos.count('outage of Security Hub');
            throw serviceError('InternalException');
          }
          if (chaos.strikes('Security Hub throttled', 0.05)) throw serviceError('TooManyRequestsException');
          return findings.flatMap((finding) => {
            if (chaos.strikes('BatchImportFindings partial failure', 0.04)) return hub.refuse(finding);
            hub.take(finding);
            return [];
          });
        },
        { internal: 'InternalException' },
      ),
  });
};
