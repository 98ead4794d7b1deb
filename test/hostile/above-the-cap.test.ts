import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gather } from '../../shared/aggregates/gathering.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine, type Sighting } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { MINUTE, SECOND } from '../../shared/primitives/time.ts';
import { audit, createPod, human, nobody, pod } from '../../shared/sdk/examples.ts';
import { CAP } from '../../shared/sdk/windows.ts';
import { runs } from './runs.ts';

const MIDNIGHT = Date.UTC(2026, 2, 3);
const isoAt = (time: number): string => new Date(time).toISOString();

const engine = createEngine(
  rulesOf(
    DETECTIONS.filter(({ id }) => ['access-scanning', 'pod-host-network'].includes(id)),
    DEFAULT_CONFIG,
  ),
);

const sightingsOf = (records: readonly object[]): readonly Sighting[] =>
  scanRecords(
    engine,
    createSuppressor([]),
    records.map((record) => ({ message: JSON.stringify(record) })),
    { cluster: 'prod' },
  ).sightings;

const probe = (time: number) =>
  audit({
    verb: 'get',
    by: nobody(),
    code: 401,
    resource: 'secrets',
    uri: `/api/v1/secrets?at=${time}`,
    at: isoAt(time),
  });
const podOnHost = (time: number) =>
  createPod(human('bob'), pod({ hostNetwork: true }), { at: isoAt(time), auditId: `a${time}` });

const series = (count: number, from: number, apart: number, make: (time: number) => object) =>
  Array.from({ length: count }, (_, index) => make(from + index * apart));

/** Far above the cap, exactly at it, across midnight, with a pause of hours, and single sightings of a day. */
const FLOODS: Readonly<Record<string, readonly Sighting[]>> = {
  'an hour of probes': sightingsOf(series(2 * CAP, MIDNIGHT - 8 * 60 * MINUTE, 2 * SECOND, probe)),
  'exactly as many as the cap': sightingsOf(series(CAP, MIDNIGHT - 8 * 60 * MINUTE, SECOND, probe)),
  'one more than the cap': sightingsOf(series(CAP + 1, MIDNIGHT - 8 * 60 * MINUTE, SECOND, probe)),
  'a flood across midnight': sightingsOf(series(2 * CAP, MIDNIGHT - 30 * MINUTE, 2 * SECOND, probe)),
  'two floods on one day': sightingsOf([
    ...series(CAP, MIDNIGHT + 60 * MINUTE, SECOND, probe),
    ...series(CAP, MIDNIGHT + 600 * MINUTE, SECOND, probe),
  ]),
  'pods all day': sightingsOf(series(1_440, MIDNIGHT, MINUTE, podOnHost)),
};

/** What equality means above the cap. */
const told = (findings: readonly Finding[]) =>
  findings.map(({ id, created, firstSeen, lastSeen, count }) => ({ id, created, firstSeen, lastSeen, count }));

const merged = async (batches: readonly (readonly Sighting[])[]) => {
  const store = createMemoryStore();
  for (const batch of batches) await store.merge(gather(batch));
  return told(store.findings(0));
};

const partition = (length: number) =>
  fc.record({
    order: fc.shuffledSubarray([...Array(length).keys()], { minLength: length }),
    cuts: fc.array(fc.nat(length), { maxLength: 20 }),
    again: fc.array(fc.nat(length - 1), { maxLength: 50 }),
  });

describe.each(Object.entries(FLOODS))('%s', (_name, sightings) => {
  it('has the same findings, times and count however it arrives', async () => {
    const expected = await merged([sightings]);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.some(({ count }) => count === `${CAP}+`)).toBe(true);
    await fc.assert(
      fc.asyncProperty(partition(sightings.length), async ({ order, cuts, again }) => {
        const shuffled = [...order, ...again].map((index) => sightings[index] as Sighting);
        const borders = [0, ...cuts.toSorted((a, b) => a - b), shuffled.length];
        const batches = borders.slice(1).map((end, index) => shuffled.slice(borders[index], end));
        expect(await merged(batches.filter((batch) => batch.length > 0))).toEqual(expected);
      }),
      runs(0.002),
    );
  }, 120_000);
});
