import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregateOfImage } from '../../functions/aws/aggregate-item.ts';
import { createStore } from '../../functions/aws/dynamodb-store.ts';
import { gather } from '../../shared/aggregates/gathering.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { findingsOf } from '../../shared/findings/finding.ts';
import { MINUTE } from '../../shared/primitives/time.ts';
import { audit, nobody } from '../../shared/sdk/examples.ts';
import { startDatabase, type TestDatabase } from '../support/dynamodb.ts';

const MIDNIGHT = Date.UTC(2026, 2, 3);
const rules = rulesOf(DETECTIONS, DEFAULT_CONFIG);
const engine = createEngine(rules);

/** As much text as a client can put into a request, in characters of three bytes each, another at every request. */
const long = (index: number): string => `${index}${'語'.repeat(300)}`;

/** Days of probes, each of several records that claim to be one request: what whoever can write to the log group can do. */
const flood = Array.from({ length: 30 * 12 }, (_, index) => {
  const at = new Date(MIDNIGHT - 3 * 60 * MINUTE + index * 5 * MINUTE).toISOString();
  return Array.from({ length: 6 }, (_, version) => ({
    ...audit({
      verb: 'get',
      by: { ...nobody(), agent: long(index * 6 + version) },
      code: 401,
      resource: 'secrets',
      uri: `/api/v1/${long(index)}`,
      message: long(index),
      reason: long(index),
      auditId: `a${index}`,
      at,
    }),
    annotations: {},
  }));
}).flat();

describe('a case that outgrows what DynamoDB takes', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startDatabase();
  });
  afterAll(() => database.close());

  it('loses what illustrates it, and never a sighting or a batch', async () => {
    const findingsTable = await database.createTable('findings');
    const baselinesTable = await database.createTable('baselines');
    const store = createStore({ client: database.client, findingsTable, baselinesTable });
    for (let from = 0; from < flood.length; from += 240) {
      const texts = flood.slice(from, from + 240).map((record) => ({ message: JSON.stringify(record) }));
      const { sightings } = scanRecords(engine, createSuppressor([]), texts, { cluster: 'prod' });
      await store.merge(gather(sightings));
    }
    const found = (await database.scan(findingsTable)).map(aggregateOfImage).flatMap((subject) => {
      const rule = rules.find(({ detection }) => detection.id === subject.detection);
      return rule === undefined ? [] : findingsOf(rule, subject, { learnedUntil: 0 });
    });
    const scans = found.filter(({ detection }) => detection === 'access-scanning');
    expect(scans.reduce((sum, { count }) => sum + Number(count), 0)).toBe(flood.length / 6);
    expect(scans.every(({ evidence }) => evidence.length > 0)).toBe(true);
  });
});
