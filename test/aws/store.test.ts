import { CreateTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { aggregateOfImage, type Item } from '../../functions/aws/aggregate-item.ts';
import { createStore } from '../../functions/aws/dynamodb-store.ts';
import { gather } from '../../shared/aggregates/gathering.ts';
import type { Store } from '../../shared/aggregates/store.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { type Finding, findingsOf } from '../../shared/findings/finding.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { recordedStream } from '../support/recorded-stream.ts';
import { CREDENTIALS, REGION } from './service.ts';

const ORIGIN = { cluster: 'prod' };

const rules = rulesOf(DETECTIONS, DEFAULT_CONFIG);
const engine = createEngine(rules);
const records = recordedStream().map((record) => ({ message: JSON.stringify(record) }));
const ALL = records.map((_, index) => index);

/** Merges one batch; a crash leaves only some of its cases written. */
const merge = async (store: Store, batch: readonly number[], crashAfter = Number.POSITIVE_INFINITY): Promise<void> => {
  const texts = batch.map((index) => records[index] as { message: string });
  const { sightings, earliest } = scanRecords(engine, createSuppressor([]), texts, ORIGIN);
  if (Number.isFinite(earliest)) await store.noteCluster(ORIGIN, earliest);
  await store.merge(gather(sightings).slice(0, crashAfter));
};

const delivery = fc.record({
  order: fc.shuffledSubarray(ALL, { minLength: ALL.length }),
  cuts: fc.array(fc.nat(ALL.length), { minLength: 3, maxLength: 12 }),
  repeats: fc.array(fc.shuffledSubarray(ALL, { minLength: 1, maxLength: 30 }), { maxLength: 3 }),
  crashes: fc.array(fc.nat(8), { maxLength: 6 }),
});

const byTime = (findings: readonly Finding[]) =>
  [...findings].sort((a, b) => (a.firstSeen + a.id < b.firstSeen + b.id ? -1 : 1));

describe.each(['moto', 'dynamodbLocal'] as const)('the store in %s', (server) => {
  it('gives the findings of the memory store, whatever delivery does, from several containers', async () => {
    const client = new DynamoDBClient({ endpoint: inject(server), region: REGION, credentials: CREDENTIALS });
    const create = async (TableName: string): Promise<string> => {
      await client.send(
        new CreateTableCommand({
          TableName,
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      );
      return TableName;
    };
    const scan = async (TableName: string): Promise<readonly Item[]> => {
      const items: Item[] = [];
      for await (const page of paginateScan({ client }, { TableName })) items.push(...(page.Items ?? []));
      return items;
    };
    const memory = createMemoryStore();
    await merge(memory, ALL);
    const expected = byTime(memory.findings(0));
    expect(expected.length).toBeGreaterThan(6);
    let round = 0;
    await fc.assert(
      fc.asyncProperty(delivery, async ({ order, cuts, repeats, crashes }) => {
        const findingsTable = await create(`findings${++round}`);
        const baselinesTable = await create(`baselines${round}`);
        const borders = [0, ...cuts.toSorted((a, b) => a - b), order.length];
        const batches = [...borders.slice(1).map((end, index) => order.slice(borders[index], end)), ...repeats];
        const containers = [1, 2, 3].map(() => createStore({ client, findingsTable, baselinesTable }));
        await Promise.all(
          containers.map(async (store, container) => {
            for (const [index, batch] of batches.entries()) {
              if (index % containers.length !== container) continue;
              const crash = crashes[index];
              if (crash !== undefined) await merge(store, batch, crash);
              await merge(store, batch);
            }
          }),
        );
        const cases = [...(await scan(findingsTable)), ...(await scan(baselinesTable))]
          .filter((item) => item['detection'] !== undefined)
          .map(aggregateOfImage);
        const found = cases.flatMap((subject) => {
          const rule = rules.find(({ detection }) => detection.id === subject.detection);
          return rule === undefined ? [] : findingsOf(rule, subject, { learnedUntil: 0 });
        });
        expect(byTime(found)).toEqual(expected);
      }),
      // `npm test` runs the same property more often; here the servers count, and they are slow.
      { numRuns: server === 'moto' ? 3 : 10 },
    );
  });
});
