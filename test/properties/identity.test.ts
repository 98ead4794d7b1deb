import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gather } from '../../shared/aggregates/gathering.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { type ClusterIdentity, clusterKey } from '../../shared/events/event.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { DAY } from '../../shared/primitives/time.ts';
import { recordedStream } from '../support/recorded-stream.ts';

const engine = createEngine(rulesOf(DETECTIONS, DEFAULT_CONFIG));
const records = recordedStream().map((record) => ({ message: JSON.stringify(record) }));

const identity = fc.record({
  cluster: fc.constantFrom('prod', 'staging'),
  account: fc.constantFrom('111122223333', '444455556666'),
  region: fc.constantFrom('eu-west-1', 'us-east-1'),
});

type Store = ReturnType<typeof createMemoryStore>;

const detectIn = async (store: Store, origin: ClusterIdentity): Promise<void> => {
  const { sightings, earliest } = scanRecords(engine, createSuppressor([]), records, origin);
  await store.noteCluster(origin, earliest);
  await store.merge(gather(sightings));
};

const keyOf = ({ cluster, account, region }: { cluster: string; account?: string; region?: string }) =>
  clusterKey({ cluster, ...(account && { account }), ...(region && { region }) });

it('keeps clusters of one name in two accounts or Regions apart, whatever they do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(identity, { selector: keyOf, minLength: 2, maxLength: 4 }), async (clusters) => {
      const together = createMemoryStore();
      for (const cluster of clusters) await detectIn(together, cluster);
      const found = together.findings(DAY);
      expect(found.length).toBeGreaterThan(clusters.length);
      expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
      for (const cluster of clusters) {
        const alone = createMemoryStore();
        await detectIn(alone, cluster);
        expect(found.filter((finding) => keyOf(finding) === clusterKey(cluster))).toEqual(alone.findings(DAY));
        expect(await together.clusterFirstSeen(cluster)).toBe(await alone.clusterFirstSeen(cluster));
      }
    }),
    { numRuns: 15 },
  );
});
