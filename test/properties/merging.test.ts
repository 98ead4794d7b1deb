import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregateOfImage } from '../../functions/aws/aggregate-item.ts';
import { createStore } from '../../functions/aws/dynamodb-store.ts';
import { gather } from '../../shared/aggregates/gathering.ts';
import { learnedUntil, type Store } from '../../shared/aggregates/store.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import accessScanning from '../../shared/detections/discovery/access-scanning.ts';
import scannerImagePulled from '../../shared/detections/discovery/scanner-image-pulled.ts';
import imageFirstSeen from '../../shared/detections/execution/image-first-seen.ts';
import podHostNetwork from '../../shared/detections/privilege-escalation/pod-host-network.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { type Finding, findingsOf } from '../../shared/findings/finding.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { DAY } from '../../shared/primitives/time.ts';
import { startDatabase, type TestDatabase } from '../support/dynamodb.ts';
import { recordedStream } from '../support/recorded-stream.ts';

const ORIGIN = { cluster: 'prod' };

const rules = rulesOf([accessScanning, scannerImagePulled, imageFirstSeen, podHostNetwork], DEFAULT_CONFIG);
const engine = createEngine(rules);
const records = recordedStream().map((record) => ({ message: JSON.stringify(record) }));

/** Merges one batch as the detect function does; a crash leaves only some of the batch's cases written. */
const deliver = async (
  store: Store,
  batch: readonly number[],
  crashAfter = Number.POSITIVE_INFINITY,
): Promise<void> => {
  const texts = batch.map((index) => records[index] as { message: string });
  const { sightings, earliest } = scanRecords(engine, createSuppressor([]), texts, ORIGIN);
  await store.noteCluster(ORIGIN, earliest);
  await store.merge(gather(sightings).slice(0, crashAfter));
};

const ALL = records.map((_, index) => index);

const undisturbed = async (learn: number): Promise<readonly Finding[]> => {
  const store = createMemoryStore();
  await deliver(store, ALL);
  return store.findings(learn);
};

/** What at-least-once, unordered delivery can do to a stream: batches of any records, in any order, with repeats and crashes. */
const delivery = fc
  .record({
    order: fc.shuffledSubarray(ALL, { minLength: ALL.length }),
    cuts: fc.array(fc.nat(ALL.length), { maxLength: 12 }),
    repeats: fc.array(fc.shuffledSubarray(ALL, { maxLength: 30 }), { maxLength: 4 }),
    crashes: fc.array(fc.nat(8), { maxLength: 6 }),
  })
  .map(({ order, cuts, repeats, crashes }) => {
    const borders = [0, ...cuts.toSorted((a, b) => a - b), order.length];
    const batches = borders.slice(1).map((end, index) => order.slice(borders[index], end));
    const all = [...batches, ...repeats].filter((batch) => batch.length > 0);
    return all.flatMap((batch, index) => {
      const crash = crashes[index];
      return crash === undefined ? [{ batch }] : [{ batch, crash }, { batch }];
    });
  });

describe('in memory', () => {
  it('gives the same findings whatever delivery does, with and without a learning period', async () => {
    const learning = [0, 7 * DAY];
    const expected = await Promise.all(learning.map(undisturbed));
    for (const findings of expected) expect(findings.length).toBeGreaterThanOrEqual(6);
    await fc.assert(
      fc.asyncProperty(delivery, async (batches) => {
        const store = createMemoryStore();
        for (const { batch, crash } of batches) await deliver(store, batch, crash);
        expect(learning.map((learn) => store.findings(learn))).toEqual(expected);
      }),
      { numRuns: 75 },
    );
  });
});

describe('in DynamoDB', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startDatabase();
  });
  afterAll(() => database.close());

  it('gives the same findings whatever delivery does, from several containers', async () => {
    const expected = await undisturbed(0);
    let round = 0;
    await fc.assert(
      fc.asyncProperty(delivery, async (batches) => {
        const [findingsTable, baselinesTable] = [`findings${++round}`, `baselines${round}`];
        await database.createTable(findingsTable);
        await database.createTable(baselinesTable);
        const containers = [1, 2, 3].map(() => createStore({ client: database.client, findingsTable, baselinesTable }));
        await Promise.all(
          containers.map(async (store, container) => {
            for (const { batch, crash } of batches.filter((_, index) => index % 3 === container))
              await deliver(store, batch, crash);
          }),
        );
        const cases = [...(await database.scan(findingsTable)), ...(await database.scan(baselinesTable))]
          .filter((item) => item['detection'] !== undefined)
          .map(aggregateOfImage);
        const clusterFirstSeen = await containers[0]?.clusterFirstSeen(ORIGIN);
        const found = cases
          .flatMap((subject) => {
            const rule = rules.find(({ detection }) => detection.id === subject.detection);
            return rule === undefined
              ? []
              : findingsOf(rule, subject, { learnedUntil: learnedUntil(clusterFirstSeen, 0) });
          })
          .sort((a, b) => (a.firstSeen + a.id < b.firstSeen + b.id ? -1 : 1));
        expect(found).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });
});

describe('the recorded stream', () => {
  it('opens one finding for each burst, across midnight too', async () => {
    const found = (await undisturbed(0)).filter(({ detection }) => detection === 'access-scanning');
    expect(found.map(({ entities, count, firstSeen }) => [entities['sourceAddress'], count, firstSeen])).toEqual([
      ['203.0.113.4', 24, '2026-03-02T21:00:00.000Z'],
      ['203.0.113.1', 16, '2026-03-02T23:40:00.000Z'],
      ['203.0.113.2', 8, '2026-03-02T23:56:00.000Z'],
      ['203.0.113.4', 16, '2026-03-03T01:00:00.000Z'],
    ]);
  });

  it('calls an image new on its first day and after 30 days without it', async () => {
    const found = (await undisturbed(0)).filter(({ entities }) => entities['image'] === 'docker.io/example/returns');
    expect(found.map(({ firstSeen, count }) => [firstSeen, count])).toEqual([
      ['2025-12-03T00:00:00.000Z', 1],
      ['2026-02-01T00:00:00.000Z', 1],
      ['2026-04-04T00:00:00.000Z', 1],
    ]);
  });
});
