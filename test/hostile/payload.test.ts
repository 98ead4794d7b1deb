import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePayload, LARGEST_INFLATED, UnreadablePayload } from '../../functions/detect/decode.ts';
import { originOf, pass } from '../../functions/detect/pass.ts';
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
const eventsOf = (texts: readonly string[]) =>
  texts.map((message, index) => ({ id: `${index}`, timestamp: 1_770_000_000_000 + index, message }));

/** A payload is read, or refused in the one way that keeps it. */
const readOrRefused = (compressed: Buffer): void => {
  try {
    for (const { id, message, timestamp } of decode(compressed).records)
      expect([typeof id, typeof message, typeof timestamp]).toEqual(['string', 'string', 'number']);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadablePayload);
  }
};

describe('a payload', () => {
  it(
    'of hostile records is read record by record, and what is real in it is detected',
    () => {
      fc.assert(
        fc.property(fc.array(hostileRecord, { maxLength: 3 }), (texts) => {
          const read = decode(zipped(payload(eventsOf([...texts, ATTACK]))));
          expect(read.records).toHaveLength(texts.length + 1);
          const { sightings, faults } = pass(read.records, originOf(read));
          expect(faults).toEqual([]);
          expect(sightings.some(({ summary }) => summary.includes('planted/planted'))).toBe(true);
        }),
        runs(0.1),
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
