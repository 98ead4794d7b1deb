import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nameAttributes, setValue } from '../../../functions/aws/aggregate-item.ts';
import type { Bus } from '../../../functions/publish/bus.ts';
import { publish } from '../../../functions/publish/handler.ts';
import type { PublishContext } from '../../../functions/publish/publications.ts';
import { changesOf } from '../../../functions/publish/stream-changes.ts';
import { type Aggregate, mergeAggregates, SETS } from '../../../shared/aggregates/aggregate.ts';
import { gather } from '../../../shared/aggregates/gathering.ts';
import accessScanning from '../../../shared/detections/discovery/access-scanning.ts';
import imageFirstSeen from '../../../shared/detections/execution/image-first-seen.ts';
import hostNetwork from '../../../shared/detections/privilege-escalation/pod-host-network.ts';
import { createEngine } from '../../../shared/engine/engine.ts';
import { ruleOf } from '../../../shared/engine/rule.ts';
import { parseRecord } from '../../../shared/events/parse.ts';
import type { DetectionFinding } from '../../../shared/outputs/ocsf/event.ts';
import { DAY, MINUTE } from '../../../shared/primitives/time.ts';
import type { AnyDetection } from '../../../shared/sdk/detection.ts';
import { audit, createPod, human, nobody, pod } from '../../../shared/sdk/examples.ts';

const ORIGIN = { cluster: 'prod', account: '111122223333', region: 'eu-west-1' };
const START = Date.UTC(2026, 2, 2, 10, 0);
const at = (minutes: number) => new Date(START + minutes * MINUTE).toISOString();

/** The case that a detection makes of raw records, all of one period. */
const aggregateOf = (detection: AnyDetection, records: readonly unknown[]): Aggregate => {
  const engine = createEngine([ruleOf(detection)]);
  const cases = records.flatMap((record) => {
    const event = parseRecord(JSON.stringify(record), ORIGIN);
    if (event.source === 'rejected') throw new Error(event.reason);
    return gather(engine.detect(event).sightings).map(({ addition }) => addition);
  });
  return cases.reduce((a, b) => (a.id === b.id ? mergeAggregates(a, b) : a));
};

const probes = (count: number, ip = '203.0.113.66', minutes = 1) =>
  Array.from({ length: count }, (_, index) =>
    audit({ verb: 'get', by: nobody(ip), code: 401, uri: `/api/v1/secrets?page=${index}`, at: at(index * minutes) }),
  );

const scan = (count: number) => aggregateOf(accessScanning, probes(count));
/** A hundred probes a minute. */
const flood = (count: number) => aggregateOf(accessScanning, probes(count, '203.0.113.66', 0.01));
const hostPod = (name: string, minutes = 0) =>
  aggregateOf(hostNetwork, [createPod(human(), pod({ hostNetwork: true }, { name }), { at: at(minutes) })]);
const firstImage = (minutes = 0) =>
  aggregateOf(imageFirstSeen, [
    createPod(human(), pod({ containers: [{ name: 'a', image: 'quay.io/a/b' }] }), { at: at(minutes) }),
  ]);

const imageOf = (subject: Aggregate): Record<string, unknown> => ({
  id: { S: subject.id },
  ...nameAttributes(subject),
  ...Object.fromEntries(SETS.filter((set) => subject[set].size > 0).map((set) => [set, setValue(set, subject[set])])),
});

let sequence = 0;
const record = (before: Aggregate | undefined, after: Aggregate, written = START / 1_000): DynamoDBRecord => ({
  eventName: before === undefined ? 'INSERT' : 'MODIFY',
  dynamodb: {
    SequenceNumber: String(++sequence),
    ApproximateCreationDateTime: written,
    ...(before && { OldImage: imageOf(before) as never }),
    NewImage: imageOf(after) as never,
  },
});

/** A bus that takes everything but what `refuse` says, and remembers what it took. */
const busOf = (refuse: (detail: DetectionFinding, call: number) => string | undefined = () => undefined) => {
  const taken: DetectionFinding[] = [];
  const calls: number[] = [];
  const waits: number[] = [];
  const bus: Bus = {
    put: async (entries) => {
      calls.push(entries.length);
      return entries.map((entry) => {
        const detail = JSON.parse(entry.Detail ?? '') as DetectionFinding;
        const error = refuse(detail, calls.length);
        if (error === undefined) taken.push(detail);
        return error;
      });
    },
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
  };
  return { bus, taken, calls, waits };
};

const context = (parts: Partial<PublishContext> = {}): PublishContext => ({
  rules: new Map([accessScanning, imageFirstSeen, hostNetwork].map((detection) => [detection.id, ruleOf(detection)])),
  learn: 0,
  clusterFirstSeen: async () => 0,
  locate: () => ({ country: 'NL', city: 'Amsterdam' }),
  ...parts,
});

const eventOf = (...Records: DynamoDBRecord[]): DynamoDBStreamEvent => ({ Records });
const changesPublished = (taken: readonly DetectionFinding[]) =>
  taken.map(({ activity_name, message }) => `${activity_name}: ${message}`);
const failures = (response: Awaited<ReturnType<typeof publish>>) =>
  response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => vi.restoreAllMocks());
const logged = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}');

describe('publish', () => {
  it('tells a finding when it opens, with the place of its source', async () => {
    const { bus, taken } = busOf();
    const response = await publish(eventOf(record(scan(5), scan(6))), context(), bus);
    expect(changesPublished(taken)).toEqual(['Create: 203.0.113.66 probed the API server without credentials']);
    expect(taken[0]?.evidences[0]?.src_endpoint?.location).toEqual({ country: 'NL', city: 'Amsterdam' });
    expect(failures(response)).toEqual([]);
    expect(logged()).toMatchObject({ Changes: 1, Published: 1 });
  });

  it('names the partition that it runs in', async () => {
    const { bus, taken } = busOf();
    await publish(eventOf(record(scan(5), scan(6))), context({ partition: 'aws-xx' }), bus);
    expect(taken[0]?.cloud.cloud_partition).toBe('aws-xx');
    expect(taken[0]?.resources[0]?.uid).toMatch(/^arn:aws-xx:eks:/);
  });

  it('is silent while nothing has opened, and while nothing is new', async () => {
    const { bus, taken } = busOf();
    await publish(eventOf(record(undefined, scan(3)), record(scan(6), scan(6))), context(), bus);
    expect(taken).toEqual([]);
  });

  it('tells an update when the count crosses ten', async () => {
    const { bus, taken } = busOf();
    await publish(eventOf(record(scan(9), scan(12))), context(), bus);
    expect(taken.map(({ activity_id, unmapped }) => [activity_id, ...unmapped.changes])).toEqual([
      [2, 'count reached 10'],
    ]);
  });

  it('tells that late data closed a finding', async () => {
    const early = firstImage(-2 * 24 * 60);
    const late = firstImage();
    const { bus, taken } = busOf();
    await publish(eventOf(record(late, mergeAggregates(late, early))), context(), bus);
    expect(taken.map(({ activity_name }) => activity_name)).toEqual(['Close', 'Create']);
    expect(new Set(taken.map(({ finding_info }) => finding_info.uid)).size).toBe(2);
  });

  it('gives events about one finding times in the order in which the table was written', async () => {
    const { bus, taken } = busOf();
    const parts = context();
    const [created, updated] = [record(undefined, scan(6)), record(scan(6), scan(10))];
    const later = record(scan(10), scan(100), START / 1_000 + 1);
    for (const one of [created, updated, later]) await publish(eventOf(one), parts, bus);
    const times = taken.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
    expect(times.map((time) => Math.floor(time / 1_000) * 1_000)).toEqual([START, START, START + 1_000]);
  });

  it('gives any sequence of writes of one case rising times, however many fall into one second', () => {
    const whole = flood(1_200);
    const [refs, observed] = [[...whole.refs], [...whole.observed]];
    expect(refs).toHaveLength(1_200);
    // What one write adds to the sets, and how many seconds later it comes.
    const write = fc.record({
      refs: fc.oneof(fc.nat(3), fc.nat(400)),
      observed: fc.nat(1),
      seconds: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
    });
    fc.assert(
      fc.property(fc.nat(1_050), fc.array(write, { minLength: 1, maxLength: 12 }), (first, writes) => {
        let [refCount, factCount, second] = [first, 0, START / 1_000];
        const records: DynamoDBRecord[] = [];
        for (const { refs: more, observed: also, seconds } of writes) {
          const before = {
            ...whole,
            refs: new Set(refs.slice(0, refCount)),
            observed: new Set(observed.slice(0, factCount)),
          };
          [refCount, factCount, second] = [refCount + more, factCount + also, second + seconds];
          const after = {
            ...whole,
            refs: new Set(refs.slice(0, refCount)),
            observed: new Set(observed.slice(0, factCount)),
          };
          // A write that adds nothing is no change, and has nothing to tell.
          if (SETS.some((set) => after[set].size > before[set].size)) records.push(record(before, after, second));
        }
        const times = changesOf(records).changes.map(({ written }) => written);
        expect(times).toHaveLength(records.length);
        for (const [index, time] of times.entries()) if (index > 0) expect(time).toBeGreaterThan(times[index - 1] ?? 0);
      }),
      { numRuns: 50 },
    );
  });

  it('tells that a count reached 1000 later than what came before in the same second', async () => {
    const [small, large] = [flood(990), flood(1_005)];
    const { bus, taken } = busOf();
    await publish(eventOf(record(flood(99), small), record(small, large)), context(), bus);
    const [before, after] = taken;
    expect(after?.unmapped.changes).toEqual(['count reached 1000']);
    expect(after?.time).toBeGreaterThan(before?.time ?? 0);
  });

  it('never makes an old change look new, however late it is published', async () => {
    const { bus, taken } = busOf();
    const old = record(undefined, scan(6), START / 1_000 - 3_600);
    await publish(eventOf(record(scan(6), scan(10)), old), context(), bus);
    const seconds = taken.map(({ time }) => Math.floor(time / 1_000) * 1_000);
    expect(seconds).toEqual([START, START - 3_600_000]);
  });
});

describe('the learning period', () => {
  const clusterFirstSeen = async () => START - DAY;

  it('keeps what is first seen in it to itself', async () => {
    const { bus, taken } = busOf();
    await publish(eventOf(record(undefined, firstImage())), context({ learn: 7 * DAY, clusterFirstSeen }), bus);
    expect(taken).toEqual([]);
  });

  it('is over at some time', async () => {
    const { bus, taken } = busOf();
    await publish(eventOf(record(undefined, firstImage())), context({ learn: DAY / 2, clusterFirstSeen }), bus);
    expect(taken).toHaveLength(1);
  });

  it('is waited for when the table does not answer; other detections do not wait', async () => {
    const { bus, taken } = busOf();
    const unanswered = async () => {
      throw new Error('throttled');
    };
    const records = [record(undefined, hostPod('a')), record(undefined, firstImage()), record(undefined, hostPod('b'))];
    const response = await publish(eventOf(...records), context({ learn: DAY, clusterFirstSeen: unanswered }), bus);
    expect(taken).toHaveLength(2);
    expect(failures(response)).toEqual([records[1]?.dynamodb?.SequenceNumber]);
    expect(logged()).toMatchObject({ Postponed: 1 });
  });
});

describe('what is no change of a case', () => {
  const good = () => record(undefined, hostPod('good'));

  it('is nothing: expired items and beginnings of clusters', async () => {
    const removed: DynamoDBRecord = { eventName: 'REMOVE', dynamodb: { OldImage: imageOf(hostPod('x')) as never } };
    const clusterFirstSeen: DynamoDBRecord = {
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: 'b', NewImage: { id: { S: 'cluster#prod' }, clusterFirstSeen: { N: '1' } } },
    };
    const { bus, taken } = busOf();
    const response = await publish(eventOf(removed, clusterFirstSeen, good()), context(), bus);
    expect([taken.length, failures(response)]).toEqual([1, []]);
    expect(logged()).not.toHaveProperty('Unreadable');
  });

  it('is skipped when its detection was switched off', async () => {
    const { bus, taken } = busOf();
    await publish(eventOf(good()), context({ rules: new Map() }), bus);
    expect(taken).toEqual([]);
    expect(logged()).toMatchObject({ Skipped: 1 });
  });

  it.each<[string, DynamoDBRecord]>([
    ['no image', { eventName: 'INSERT', dynamodb: { SequenceNumber: 'x' } }],
    ['nothing at all', {}],
    [
      'no id',
      {
        eventName: 'INSERT',
        dynamodb: { SequenceNumber: 'x', ApproximateCreationDateTime: 1, NewImage: { detection: { S: 'a' } } },
      },
    ],
    [
      'a set of another type',
      {
        eventName: 'INSERT',
        dynamodb: {
          SequenceNumber: 'x',
          ApproximateCreationDateTime: 1,
          NewImage: { ...imageOf(hostPod('a')), refs: { SS: 5 } } as never,
        },
      },
    ],
    [
      'references that are none',
      {
        eventName: 'INSERT',
        dynamodb: {
          SequenceNumber: 'x',
          ApproximateCreationDateTime: 1,
          NewImage: { ...imageOf(hostPod('a')), refs: { SS: ['?'] } } as never,
        },
      },
    ],
  ])('is counted and holds nothing up: %s', async (_what, bad) => {
    const { bus, taken } = busOf();
    const response = await publish(eventOf(bad, good()), context(), bus);
    expect([taken.length, failures(response)]).toEqual([1, []]);
    expect(logged()).toMatchObject({ Unreadable: 1 });
    expect(logged()['problems']).toHaveLength(1);
  });
});

describe('a bus that refuses', () => {
  const records = () => Array.from({ length: 25 }, (_, index) => record(undefined, hostPod(`p${index}`)));
  const isAbout = (name: string, detail: DetectionFinding) => detail.message.includes(`default/${name} `);

  it('gets ten entries a call', async () => {
    const { bus, calls, taken } = busOf();
    await publish(eventOf(...records()), context(), bus);
    expect([calls, taken.length]).toEqual([[10, 10, 5], 25]);
  });

  it('is asked again for what it refused, and only for that', async () => {
    const { bus, calls, taken, waits } = busOf((detail, call) =>
      isAbout('p7', detail) && call === 1 ? 'Throttled' : undefined,
    );
    const response = await publish(eventOf(...records()), context(), bus);
    expect([calls, waits, failures(response)]).toEqual([[10, 10, 5, 1], [100], []]);
    expect(taken).toHaveLength(25);
  });

  it('is given up on after some rounds; Lambda takes up from the first refused record', async () => {
    const batch = records();
    const { bus, waits } = busOf((detail) =>
      isAbout('p7', detail) || isAbout('p20', detail) ? 'InternalFailure' : undefined,
    );
    const response = await publish(eventOf(...batch), context(), bus);
    expect(failures(response)).toEqual([batch[7]?.dynamodb?.SequenceNumber]);
    expect(waits).toEqual([100, 200, 400]);
    expect(logged()).toMatchObject({ Published: 23, Postponed: 2 });
  });

  it('may fail as a whole', async () => {
    const batch = records();
    const down: Bus = { put: () => Promise.reject(new Error('connect ECONNREFUSED')), wait: async () => {} };
    expect(failures(await publish(eventOf(...batch), context(), down))).toEqual([batch[0]?.dynamodb?.SequenceNumber]);
  });

  it('loses nothing, however it fails, when Lambda takes up where it was told to', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (faults) => {
        const batch = records().slice(0, 12);
        const queue = [...faults];
        const { bus, taken } = busOf(() => (queue.shift() ? 'InternalFailure' : undefined));
        let left = batch;
        for (let attempt = 0; left.length > 0 && attempt < 100; attempt++) {
          const [first] = failures(await publish(eventOf(...left), context(), bus));
          left =
            first === undefined ? [] : left.slice(left.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === first));
        }
        expect(left).toEqual([]);
        expect(new Set(taken.map(({ finding_info }) => finding_info.uid)).size).toBe(12);
      }),
      { numRuns: 25 },
    );
  });
});
