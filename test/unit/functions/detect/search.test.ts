/** A batch that ends detect: which of its records are found, and what that costs. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { DETECT_SECONDS } from '../../../../functions/aws/agreed.ts';
import { answerOfError, DONE } from '../../../../functions/detect/redrive/answer.ts';
import { decodePayload } from '../../../../shared/logs/decode.ts';
import { runs } from '../../../hostile/runs.ts';
import {
  endedBy,
  failedInvocation,
  keptBatches,
  OUT_OF_MEMORY,
  payloadOf,
  type Surroundings,
} from '../../../support/kept-batches.ts';

const KEY = 'aws/lambda/async/detect/2026/03/02/a';

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);

/** Runs the redrive on a batch until nothing is left to do. */
const settled = async (data: string, surroundings: Surroundings) => {
  const world = keptBatches(surroundings);
  world.put(KEY, failedInvocation(data));
  await world.settle();
  return world;
};

// biome-ignore lint/suspicious/noExplicitAny: what a line says is as free as JSON
type Report = Readonly<Record<string, any>>;

let log: MockInstance<typeof console.log>;
beforeEach(() => {
  log = vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());
const reported = () => log.mock.calls.map(([line]) => JSON.parse(String(line)) as Report);

/** Milliseconds that one invocation of detect may take. */
const LONGEST = DETECT_SECONDS * 1_000;

describe('a batch with records that end detect', () => {
  const batchesOf = (most: number, mostKillers: number) =>
    fc
      .integer({ min: 1, max: most })
      .chain((count) =>
        fc.tuple(fc.constant(idsOf(count)), fc.subarray(idsOf(count), { maxLength: Math.min(count, mostKillers) })),
      );
  // Many records of which few end detect, or some of which all may.
  const batches = fc.oneof(batchesOf(300, 6), batchesOf(40, 40));

  it.each([
    ['in one run', 900_000, 1_000],
    ['when each run ends after a few invocations', 2 * LONGEST, LONGEST / 6],
    ['when each invocation takes as long as it may', 4.5 * LONGEST, LONGEST],
  ])(
    'loses those and no others, %s',
    async (_name, timeout, duration) => {
      await fc.assert(
        fc.asyncProperty(batches, async ([ids, chosen]) => {
          const killers = new Set(chosen);
          const done = new Set<string>();
          const detect = endedBy(killers, (some) => {
            for (const id of some) done.add(id);
          });
          const { objects, dead, invoked, kept } = await settled(payloadOf(ids), { detect, timeout, duration });

          expect(
            kept()
              .map(({ eventId }) => eventId)
              .toSorted(),
          ).toEqual([...killers].toSorted());
          expect([...done].toSorted()).toEqual(ids.filter((id) => !killers.has(id)).toSorted());
          expect(objects.size).toBe(killers.size);
          expect(dead).toEqual([]);
          // What is invoked again is asked about health, or is a record that was found.
          const found = Math.max(1, 2 * killers.size * Math.ceil(Math.log2(ids.length)) + 1);
          expect(new Set(invoked.filter((data) => decodePayload(data).records.length > 0)).size).toBeLessThanOrEqual(
            found,
          );
          expect(invoked.length).toBeLessThanOrEqual(2 * found + 12 * killers.size);
        }),
        runs(0.05),
      );
    },
    60_000,
  );

  it('is detected in parts when no record alone ends detect, but all together do', async () => {
    const done = new Set<string>();
    const detect: Surroundings['detect'] = (ids) => {
      if (ids.length > 30) return answerOfError(OUT_OF_MEMORY);
      for (const id of ids) done.add(id);
      return DONE;
    };
    const { objects } = await settled(payloadOf(idsOf(200)), { detect });
    expect(done.size).toBe(200);
    expect(objects.size).toBe(0);
  });

  it('keeps the records of a payload as they are: form, order and fields', async () => {
    const seen: string[] = [];
    const ids = idsOf(7);
    const { kept } = await settled(payloadOf(ids, { added: 'later' }), {
      detect: endedBy(new Set(['r3']), (some) => seen.push(...some)),
    });
    expect(seen.filter((_, index) => seen.indexOf(seen[index] as string) === index)).toEqual(
      ids.filter((id) => id !== 'r3'),
    );
    const [record] = kept();
    expect(decodePayload(record?.['requestPayload'].awslogs.data)).toEqual({
      owner: '111122223333',
      logGroup: '/aws/eks/prod/cluster',
      logStream: 'kube-apiserver-audit-1',
      records: [{ id: 'r3', timestamp: 1_770_000_000_003, message: '{"id":"r3"}' }],
    });
  });
});

describe('a record that is found', () => {
  it('is kept and reported with all that names it', async () => {
    const { kept } = await settled(payloadOf(idsOf(40)), { detect: endedBy(new Set(['r17'])) });
    const named = {
      logGroup: '/aws/eks/prod/cluster',
      logStream: 'kube-apiserver-audit-1',
      eventId: 'r17',
      timestamp: 1_770_000_000_017,
      reason: expect.stringContaining('Runtime.ExitError'),
      message: expect.stringMatching(/attack.+SECURITY\.md.+aws\/lambda\//),
    };
    expect(kept()).toEqual([expect.objectContaining(named)]);
    expect(reported().filter(({ UnprocessableRecords }) => UnprocessableRecords)).toEqual([
      expect.objectContaining({ ...named, UnprocessableRecords: 1, bucket: 'kept', key: kept()[0]?.['key'] }),
    ]);
  });

  it('does not come back by itself, and does when somebody moves it to where batches come back from', async () => {
    const killers = new Set(['r1']);
    const done: string[] = [];
    const { kept, objects, put, settle } = await settled(payloadOf(['r0', 'r1']), {
      detect: endedBy(killers, (ids) => done.push(...ids)),
    });
    killers.clear();
    await settle();
    expect(done).toEqual(['r0']);
    const key = kept()[0]?.['key'] as string;
    put(`aws/lambda/${key}`, objects.get(key) as string);
    await settle();
    expect(done).toEqual(['r0', 'r1']);
  });

  it('is not kept before it has ended detect on several occasions', async () => {
    const world = keptBatches({ detect: endedBy(new Set(['r0'])) });
    world.put(KEY, failedInvocation(payloadOf(['r0'])));
    for (let receives = 1; receives <= 3; receives++) {
      await world.step();
      expect(world.kept()).toEqual([]);
      expect(world.objects.has(KEY)).toBe(true);
    }
    await world.step();
    expect(world.kept()).toHaveLength(1);
    expect(world.objects.has(KEY)).toBe(false);
  });

  it('is not kept when it ended detect by chance, however late', async () => {
    let invocations = 0;
    const detect: Surroundings['detect'] = (ids) =>
      ids.length > 0 && ++invocations < 6 ? answerOfError(OUT_OF_MEMORY) : DONE;
    const { kept, objects } = await settled(payloadOf(['r0']), { detect });
    expect(kept()).toEqual([]);
    expect(objects.size).toBe(0);
    // Three occasions, and three times on the fourth.
    expect(invocations).toBe(6);
  });
});

describe('a batch that is not to blame', () => {
  const failing = (errorType: string, errorMessage: string) =>
    answerOfError(JSON.stringify({ errorType, errorMessage }));

  it('stays whole while a service is down', async () => {
    let isDown = true;
    const done: string[] = [];
    const world = keptBatches({
      detect: (ids) => {
        if (isDown) return failing('InternalServerError', 'DynamoDB is down');
        done.push(...ids);
        return DONE;
      },
    });
    world.put(KEY, failedInvocation(payloadOf(idsOf(8))));
    for (let times = 0; times < 10; times++) await world.step();
    expect([...world.objects.keys()]).toEqual([KEY]);
    expect(world.invoked).toHaveLength(10);
    isDown = false;
    await world.settle();
    expect(done).toEqual(idsOf(8));
    expect(world.objects.size).toBe(0);
  });

  it('stays whole while detect is broken and ends at anything', async () => {
    let isBroken = true;
    const world = keptBatches({
      detect: () => (isBroken ? answerOfError(OUT_OF_MEMORY) : DONE),
    });
    world.put(KEY, failedInvocation(payloadOf(idsOf(8))));
    for (let times = 0; times < 10; times++) await world.step();
    expect([...world.objects.keys()]).toEqual([KEY]);
    isBroken = false;
    await world.settle();
    expect(world.objects.size).toBe(0);
  });

  it('is not searched from the beginning again when a service fails in between', async () => {
    let invocations = 0;
    const world = keptBatches({
      detect: (ids) => {
        if (ids.length > 0 && ++invocations === 4) return failing('TooManyRequestsException', 'Rate exceeded');
        return endedBy(new Set(['r6']))(ids);
      },
    });
    world.put(KEY, failedInvocation(payloadOf(idsOf(8))));
    await world.step();
    expect(world.objects.has(KEY)).toBe(false);
    const sizes = [...world.objects.values()].map(
      (text) => decodePayload(JSON.parse(text).requestPayload.awslogs.data).records.length,
    );
    expect(sizes).toEqual([2, 2]);
    await world.settle();
    expect(world.kept().map(({ eventId }) => eventId)).toEqual(['r6']);
  });
});

describe('a payload that detect refuses', () => {
  it.each([
    ['that is no gzip', 'bm8gZ3ppcA==', {}],
    [
      'that inflates beyond the limit, with its head',
      payloadOf(['x'.repeat(65 * 1024 * 1024)]),
      { logGroup: '/aws/eks/prod/cluster', logStream: 'kube-apiserver-audit-1' },
    ],
    [
      'of another type',
      payloadOf(['r0', 'r1'], { messageType: 'OTHER' }),
      { logGroup: '/aws/eks/prod/cluster', records: 2 },
    ],
  ])('is kept and reported at once: one %s', async (_name, data, described) => {
    const { objects, invoked, kept, queue } = await settled(data, { detect: endedBy(new Set()) });
    expect(kept()).toEqual([
      expect.objectContaining({ ...described, reason: expect.stringContaining('UnreadablePayload'), foundIn: KEY }),
    ]);
    expect(kept()[0]?.['requestPayload'].awslogs.data).toBe(data);
    expect(objects.size).toBe(1);
    expect(invoked).toHaveLength(1);
    expect(queue).toEqual([]);
    expect(reported().some(({ UnprocessableRecords }) => UnprocessableRecords === 1)).toBe(true);
  });
});
