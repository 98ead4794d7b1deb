import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../functions/detect/pipeline.ts';
import { ENTITY_LIMITS, gather } from '../../shared/aggregates/gathering.ts';
import type { Delta } from '../../shared/aggregates/store.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { decodePayload, LARGEST_INFLATED, openPayload, UnreadablePayload } from '../../shared/logs/decode.ts';
import { parseJson } from '../../shared/primitives/json.ts';
import { processorTime } from '../support/processor-time.ts';
import { hostileRecord } from './mutations.ts';
import { ATTACK } from './real-events.ts';
import { PATIENCE, runs } from './runs.ts';

const payload = (logEvents: unknown, more: object = {}): string =>
  JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/eks/prod/cluster',
    logStream: 'kube-apiserver-audit-1',
    subscriptionFilters: ['eks-detect'],
    logEvents,
    ...more,
  });

const zipped = (text: string): Buffer => gzipSync(text);
const decode = (compressed: Buffer) => decodePayload(compressed.toString('base64'));
/** Looks whole, and is no JSON. */
const isForged = (text: string): boolean => text.trimEnd().endsWith('}') && parseJson(text) === undefined;

/** All that a batch adds, as one text. */
const written = (deltas: readonly Delta[]): string => {
  const cases = deltas.map(({ addition }) =>
    JSON.stringify(addition, (_key, value) => (value instanceof Set ? [...value].sort() : value)),
  );
  return cases.sort().join('\n');
};
const eventsOf = (texts: readonly string[]) =>
  texts.map((message, index) => ({ id: `${index}`, timestamp: 1_770_000_000_000 + index, message }));

const engine = createEngine(rulesOf(DETECTIONS, DEFAULT_CONFIG));
const pipeline = createPipeline({ engine, store: createMemoryStore(), config: DEFAULT_CONFIG, region: 'eu-west-1' });

/** A payload is read, or refused in the one way that keeps it. */
const readOrRefused = (compressed: Buffer): void => {
  try {
    for (const { id, message, timestamp } of decode(compressed).records)
      expect([typeof id, typeof message, typeof timestamp]).toEqual(['string', 'string', 'number']);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadablePayload);
  }
};

describe('a flood of records that lack a field', () => {
  const whole = {
    ...(JSON.parse(ATTACK) as object),
    // Not ASCII, so that indexes in text and bytes differ.
    requestURI: '/api/v1/namespaces/köln/pods',
    requestObject: { a: 1 },
    responseObject: { b: 1 },
  };

  it.each(Object.keys(whole))('%s is read in time that grows with its length, not with its square', (field) => {
    const message = JSON.stringify({ ...whole, [field]: undefined });
    const data = zipped(payload(eventsOf(Array<string>(5_000).fill(message)))).toString('base64');
    const taken = processorTime();
    pipeline.scan(openPayload(data));
    // A search to the payload's end for each record took five to ten seconds; less than half of one is usual.
    expect(taken()).toBeLessThan(2_500);
  });
});

describe('a payload', () => {
  it(
    'of hostile records is read record by record, and what is real in it is detected',
    () => {
      fc.assert(
        fc.property(fc.array(hostileRecord, { maxLength: 3 }), (texts) => {
          const data = zipped(payload(eventsOf([...texts, ATTACK]))).toString('base64');
          const read = decodePayload(data);
          expect(read.records).toHaveLength(texts.length + 1);
          const { origin, result, gathering } = pipeline.scan(openPayload(data));
          expect(result.faults).toEqual([]);
          const found = written(gathering.deltas());
          expect(found).toContain('planted/planted');
          // The fast path, which reads raw text, sees what parsing everything sees. Of a record that has the API server's own
          // beginning and end it does not ask whether all between is JSON: only whoever writes to the log group can break that.
          if (texts.some(isForged)) return;
          const slow = scanRecords(engine, createSuppressor([]), read.records, origin);
          expect(found).toEqual(written(gather(slow.sightings, ENTITY_LIMITS)));
          expect(result.tally).toEqual(slow.tally);
        }),
        runs(0.3),
      );
    },
    PATIENCE,
  );

  it(
    'of any JSON is read, or refused',
    () => {
      fc.assert(
        fc.property(
          fc.jsonValue({ maxDepth: 3 }),
          fc.jsonValue({ maxDepth: 3 }),
          fc.constantFrom('owner', 'logGroup', 'logStream', 'messageType'),
          (events, value, field) => readOrRefused(zipped(payload(events, { [field]: value }))),
        ),
        runs(0.2),
      );
    },
    PATIENCE,
  );

  it(
    'of any bytes is read, or refused',
    () => {
      const whole = zipped(payload(eventsOf([ATTACK])));
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 9 }), fc.boolean(), (at, bytes, cut) =>
          readOrRefused(Buffer.concat([whole.subarray(0, at), bytes, cut ? Buffer.alloc(0) : whole.subarray(at)])),
        ),
        runs(0.2),
      );
    },
    PATIENCE,
  );

  it('that inflates without end is refused before it fills the memory', () => {
    const bomb = gzipSync(Buffer.alloc(LARGEST_INFLATED + 1, 0x20));
    const before = process.memoryUsage.rss();
    expect(() => decode(bomb)).toThrow(/inflates beyond/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(4 * LARGEST_INFLATED);
  });

  it.each([
    ['with garbage behind it', Buffer.concat([zipped(payload(eventsOf([ATTACK]))), Buffer.from('garbage')])],
    ['of two members', Buffer.concat([zipped(payload(eventsOf([ATTACK]))), zipped(payload(eventsOf([ATTACK])))])],
    ['of two members that make one', Buffer.concat(halves(payload(eventsOf([ATTACK]))).map(zipped))],
    ['that was cut', zipped(payload(eventsOf([ATTACK]))).subarray(0, -9)],
    ['that is no gzip', Buffer.from(payload(eventsOf([ATTACK])))],
    ['of nothing', Buffer.alloc(0)],
    ['nested ten thousand deep', zipped(payload(eventsOf([ATTACK])).replace('[', '['.repeat(10_000)))],
  ])('%s is read, or refused', (_name, compressed) => readOrRefused(compressed));

  it.each(['', '====', '\u0000', 'not base64!', '💩'])('whose text is %j is refused', (data) => {
    expect(() => decodePayload(data)).toThrow(UnreadablePayload);
  });
});

function halves(text: string): readonly string[] {
  const middle = text.length >> 1;
  return [text.slice(0, middle), text.slice(middle)];
}
