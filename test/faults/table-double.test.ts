import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregateOfImage } from '../../functions/aws/aggregate-item.ts';
import { createStore } from '../../functions/aws/dynamodb-store.ts';
import { gather } from '../../shared/aggregates/gathering.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { startDatabase, type TestDatabase } from '../support/dynamodb.ts';
import { LOG_STREAMS } from './recorded-batches.ts';
import { createTables, type Item, type Written } from './table-double.ts';

const ORIGIN = { cluster: 'prod' };

const engine = createEngine(rulesOf(DETECTIONS, DEFAULT_CONFIG));
const records = LOG_STREAMS[0]?.records ?? [];
const suppressor = createSuppressor([]);

const sorted = (items: readonly Item[]) =>
  items
    .map((item) => {
      const sets = Object.entries(item).map(([name, { SS, NS, ...value }]) => [
        name,
        { ...value, ...(SS && { SS: [...SS].sort() }), ...(NS && { NS: [...NS].map(Number).sort((a, b) => a - b) }) },
      ]);
      return Object.fromEntries(sets.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)));
    })
    .sort((a, b) => (a.id.S < b.id.S ? -1 : 1));

describe('the table in memory', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startDatabase();
  });
  afterAll(() => database.close());

  it('holds and answers what DynamoDB holds and answers, for whatever the store writes', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(records.length - 1), { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 8 }),
        async (batches) => {
          const names = { findingsTable: `findings${++round}`, baselinesTable: `baselines${round}` };
          await database.createTable(names.findingsTable);
          await database.createTable(names.baselinesTable);
          const written: Written[] = [];
          const double = createTables((one) => written.push(one));
          const stores = [
            createStore({ client: database.client, ...names }),
            createStore({ client: { send: async (command: unknown) => double.send(command) } as never, ...names }),
          ];
          for (const batch of batches) {
            const texts = batch.map((index) => records[index] as { message: string });
            const { sightings, earliest } = scanRecords(engine, suppressor, texts, ORIGIN);
            const results = [];
            for (const store of stores) {
              if (Number.isFinite(earliest)) await store.noteCluster(ORIGIN, earliest);
              results.push([await store.merge(gather(sightings)), await store.clusterFirstSeen(ORIGIN)]);
            }
            expect(results[1]).toEqual(results[0]);
          }
          for (const name of Object.values(names)) {
            const items = double.items(name);
            expect(sorted(items)).toEqual(sorted((await database.scan(name)) as readonly Item[]));
            // The stream's last image of an item is the item.
            for (const item of items) {
              const last = written
                .filter(({ table, after }) => table === name && after['id']?.S === item['id']?.S)
                .at(-1);
              expect(last?.after).toEqual(item);
              if (item['detection'] !== undefined) expect(aggregateOfImage(item).id).toBe(item['id']?.S);
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});
