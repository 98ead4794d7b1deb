import { describe, expect, it } from 'vitest';
import { ENTITY_LIMITS, gather } from '../../shared/aggregates/gathering.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { createMemoryStore, type MemoryStore } from '../../shared/findings/memory-store.ts';
import { MINUTE, SECOND } from '../../shared/primitives/time.ts';
import { audit, nobody } from '../../shared/sdk/examples.ts';
import { CAP } from '../../shared/sdk/windows.ts';

const engine = createEngine(rulesOf(DETECTIONS, DEFAULT_CONFIG));
const suppressor = createSuppressor([]);
const NOON = Date.UTC(2026, 2, 2, 12);

const probe = (address: string, index: number, more: object = {}) =>
  audit({
    verb: 'get',
    by: nobody(address),
    code: 401,
    resource: 'secrets',
    uri: `/api/v1/secrets?page=${index}`,
    at: new Date(NOON + index * SECOND).toISOString(),
    ...more,
  });

interface Written {
  readonly writes: number;
  /** Detections that saw something. */
  readonly detections: number;
}

/** What the detect function does with a batch. */
const detect = async (store: MemoryStore, records: readonly object[]): Promise<Written> => {
  const texts = records.map((record) => ({ message: JSON.stringify(record) }));
  const { sightings } = scanRecords(engine, suppressor, texts, { cluster: 'prod' });
  const detections = new Set(sightings.map(({ rule }) => rule.detection.id)).size;
  return { detections, writes: await store.merge(gather(sightings, ENTITY_LIMITS)) };
};

const scans = (store: MemoryStore): readonly Finding[] =>
  store.findings(0).filter(({ detection }) => detection === 'access-scanning');

const batches = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

describe('an attacker who', () => {
  it('sends the same Audit-ID with every request is counted request by request', async () => {
    const store = createMemoryStore();
    const same = Array.from({ length: 8 }, (_, index) =>
      probe('203.0.113.5', index, { auditId: 'chosen-by-the-client', uri: '/api/v1/secrets' }),
    );
    await detect(store, same);
    expect(scans(store).map(({ count }) => count)).toEqual([8]);
  });

  it('sends another X-Forwarded-For with every request is known by the address that connected', async () => {
    const store = createMemoryStore();
    const spoofed = Array.from({ length: 8 }, (_, index) =>
      probe('', index, { sourceIPs: [`198.51.100.${index}`, `192.0.2.${index}`, '203.0.113.6'] }),
    );
    await detect(store, spoofed);
    expect(scans(store).map(({ entities, count }) => [entities, count])).toEqual([
      [{ sourceAddress: '203.0.113.6' }, 8],
    ]);
  });

  it('floods from one address fills its case, and then costs hardly a write', async () => {
    const store = createMemoryStore();
    const flood = Array.from({ length: 6_000 }, (_, index) => probe('203.0.113.7', index));
    const written: Written[] = [];
    for (const batch of batches(flood, 100)) written.push(await detect(store, batch));
    expect(scans(store).map(({ count }) => count)).toEqual([`${CAP}+`]);
    // What is still written when the set is full: a slot of five minutes once, and ever fewer values that belong in the sample.
    const [early, late] = [written.slice(0, 20), written.slice(-20)].map((some) =>
      some.reduce((sum, { writes }) => sum + writes, 0),
    );
    expect(late).toBeLessThanOrEqual((early as number) / 2);
    const refs = store.aggregates().map(({ subject }) => subject.refs.size);
    expect(Math.max(...refs)).toBeLessThanOrEqual(CAP);
  });

  it('comes from ten thousand addresses is reported, at a bounded number of writes', async () => {
    const store = createMemoryStore();
    const crowd = Array.from({ length: 10_000 }, (_, host) => probe(`100.${host >> 8}.${host & 255}.9`, host % 600));
    for (const batch of batches(crowd, 2_000)) {
      const { writes, detections } = await detect(store, batch);
      // A sighting stands in its own period and, near a border, in its neighbour's.
      expect(writes).toBeLessThanOrEqual((Math.max(...Object.values(ENTITY_LIMITS)) + 1) * 2 * detections);
    }
    expect(scans(store).map(({ entities, count }) => [entities, count])).toContainEqual([
      { sourceAddress: 'many' },
      `${CAP}+`,
    ]);
  });

  it('hides one loud address in such a crowd does not hide it from the crowd’s finding', async () => {
    const store = createMemoryStore();
    const loud = Array.from({ length: 40 }, (_, index) => probe('203.0.113.8', index * 3));
    const crowd = Array.from({ length: 3_000 }, (_, host) => probe(`100.${host >> 8}.${host & 255}.7`, host % 600));
    await detect(store, [...crowd, ...loud]);
    const told = scans(store).flatMap(({ entities }) => Object.values(entities));
    expect(told.includes('many') || told.includes('203.0.113.8')).toBe(true);
  });

  it('spreads requests over time stays below the limit only by staying below it', async () => {
    const store = createMemoryStore();
    await detect(
      store,
      Array.from({ length: 48 }, (_, index) =>
        probe('203.0.113.9', index, { at: new Date(NOON + index * 13 * MINUTE).toISOString() }),
      ),
    );
    expect(scans(store)).toEqual([]);
  });
});
