/** What DynamoDB is asked for: a day of an ordinary cluster that is known, and floods. Through the real store, in one container. */

import { createStore } from '../../functions/aws/dynamodb-store.ts';
import { createPipeline } from '../../functions/detect/pipeline.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { parsePayload } from '../../shared/logs/decode.ts';
import { MINUTE } from '../../shared/primitives/time.ts';
import { audit, nobody } from '../../shared/sdk/examples.ts';
import { uid } from './objects.ts';
import { payloadText, RECORDS_OF_A_PAYLOAD } from './payloads.ts';
import { createRandom } from './random.ts';
import { RATE, recordTexts } from './stream.ts';
import { createCountingTables } from './tables.ts';

export interface Writes {
  readonly events: number;
  readonly requests: number;
  readonly writeUnits: number;
}

const MILLION = 1_000_000;

const createContainer = () => {
  const tables = createCountingTables();
  const store = createStore({ client: tables.client, findingsTable: 'findings', baselinesTable: 'baselines' });
  const engine = createEngine(rulesOf(DETECTIONS, DEFAULT_CONFIG));
  const pipeline = createPipeline({ engine, store, config: DEFAULT_CONFIG, region: 'eu-west-1' });
  /** One payload, as the function takes it. */
  const deliver = async (messages: readonly string[]): Promise<void> => {
    await pipeline.merge(pipeline.scan(parsePayload(payloadText(messages))));
  };
  return { deliver, spent: tables.spent };
};

/** A piece of the stream that lies within an hour; every hour of a day can be given to it. */
const PIECE = 50_000;
const HOURS = 24;

/**
 * A day of a cluster that was seen on days before. What is written on a day depends on who and what is there, not on how many events
 * say so; so of each hour the first fourteen minutes are delivered, and the figure is for all events of the day.
 */
export const steady = async (): Promise<Writes> => {
  const { deliver, spent } = createContainer();
  const texts = recordTexts('typical', PIECE);
  const deliverAt = async (time: string) => {
    const dated = texts.map((text) => text.replaceAll('2026-03-02T10:', time));
    for (let from = 0; from < PIECE; from += RECORDS_OF_A_PAYLOAD) {
      await deliver(dated.slice(from, from + RECORDS_OF_A_PAYLOAD));
    }
  };
  for (const day of ['2026-02-27T10:', '2026-02-28T10:', '2026-03-01T10:']) await deliverAt(day);
  spent();
  for (let hour = 0; hour < HOURS; hour++) await deliverAt(`2026-03-02T${String(hour).padStart(2, '0')}:`);
  return { events: HOURS * 3_600 * RATE.typical, ...spent() };
};

/** Payloads of a flood that are delivered; by the second half of them a flood has reached what it will cost from then on. */
const DELIVERED = 60;

/**
 * A million refused requests without credentials within a quarter of an hour, from so many addresses. The first sixty thousand are
 * delivered; the rest costs what the last thirty thousand of those did.
 */
export const flood = async (addresses: number): Promise<Writes> => {
  const { deliver, spent } = createContainer();
  const records = floodRecords(addresses);
  const costs: Omit<Writes, 'events'>[] = [];
  for (let payload = 0; payload < DELIVERED; payload++) {
    await deliver(Array.from({ length: RECORDS_OF_A_PAYLOAD }, () => records.next().value as string));
    costs.push(spent());
  }
  const rest = MILLION / RECORDS_OF_A_PAYLOAD - DELIVERED;
  const total = (of: keyof (typeof costs)[number]): number => {
    const sum = (part: typeof costs) => part.reduce((total, cost) => total + cost[of], 0);
    return Math.round(sum(costs) + (sum(costs.slice(DELIVERED / 2)) / (DELIVERED / 2)) * rest);
  };
  return { events: MILLION, requests: total('requests'), writeUnits: total('writeUnits') };
};

function* floodRecords(addresses: number): Generator<string> {
  const random = createRandom(1);
  const begin = Date.UTC(2026, 2, 2, 10);
  for (let index = 0; ; index++) {
    const host = index % addresses;
    const record = audit({
      verb: 'get',
      by: nobody(`203.${host >> 16}.${(host >> 8) & 255}.${host & 255}`),
      code: 401,
      uri: `/api/v1/namespaces/default/secrets/s${index}`,
      resource: 'secrets',
      namespace: 'default',
      name: `s${index}`,
      auditId: uid(random),
      at: new Date(begin + (index * 15 * MINUTE) / MILLION).toISOString(),
    });
    yield JSON.stringify(record);
  }
}
