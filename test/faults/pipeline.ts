/** Sends a recorded stream through the whole pipeline while things go wrong, until nothing is left to do. */
import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Keeper, Writer } from '../../functions/aws/redrive.ts';
import { type Answer, answerOfError, DONE } from '../../functions/detect/redrive/answer.ts';
import { redrive as redriveDetect } from '../../functions/detect/redrive.ts';
import { redrive as redrivePublish } from '../../functions/publish/redrive.ts';
import type { Sighting } from '../../shared/engine/engine.ts';
import type { DetectionFinding } from '../../shared/outputs/ocsf/event.ts';
import { waitingOf } from './arrivals.ts';
import { type Chance, createChance } from './chance.ts';
import { type Chaos, createChaos, createInvocation, type Invocation } from './chaos.ts';
import { beginClusters, createDetect, type Outage, runDeliver, runPublish, type World } from './containers.ts';
import { createHub, createQueue, createStreams, delivered, type Queue, type Shard, sqsRecord } from './services.ts';
import { createTables } from './table-double.ts';

export interface Plan {
  readonly seed: number;
  readonly isStormy: boolean;
  readonly spoil?: World['spoil'];
  /** Forgets what publish says it could not do. */
  readonly acknowledgesAll?: boolean;
  /** Takes a batch that ends detect for one that can't be read. */
  readonly keepsWhole?: boolean;
}

export interface Outcome {
  readonly chaos: Chaos;
  readonly tables: World['tables'];
  readonly hub: World['hub'];
  readonly events: readonly DetectionFinding[];
  readonly isSubscribed: boolean;
  /** What ended in a dead-letter queue, and how much of it should. */
  readonly dead: number;
  readonly poison: number;
  /** What is kept as unprocessable, and how much of it should be: ids of records, and the data of payloads that can't be read. */
  readonly unprocessable: ReadonlySet<string>;
  readonly deadly: ReadonlySet<string>;
}

/** As infra/ sets them: attempts of an asynchronous invocation, receives of the redrive queues and of the queue to Security Hub. */
const ATTEMPTS = 3;
const REDRIVES = 48;
const RECEIVES = 480;

/** Attempts after which a stream's records are given up on. In an account it is twelve hours; here chance ends it earlier, too. */
const STREAM_ATTEMPTS = 200;

const MOST_AT_ONCE = 4;

/** When the pipeline runs, in seconds since the epoch. A stream can't tell the turns of one second apart. */
const EPOCH = Date.UTC(2026, 2, 15) / 1_000;
const TURNS_OF_A_SECOND = 3;

export const run = async ({
  seed,
  isStormy,
  spoil = (sightings) => sightings,
  acknowledgesAll,
  keepsWhole,
}: Plan): Promise<Outcome> => {
  const chance = createChance(seed);
  const chaos = createChaos(chance, isStormy);
  const hub = createHub();
  const toHub = createQueue<string>();
  const toDetect = createQueue<string>();
  const toPublish = createQueue<string>();
  const bucket = new Map<string, string>();
  const events: DetectionFinding[] = [];
  let [turn, poison] = [0, 0];
  const streams = createStreams(() => EPOCH + Math.floor(turn / TURNS_OF_A_SECOND));

  const isSubscribed = !isStormy || !chance.hits(0.05);
  const outages = isStormy && chance.hits(0.3) ? outagesOf(chance) : [];
  const world: World = {
    chaos,
    tables: createTables(streams.emit),
    hub,
    isSubscribed,
    spoil,
    isDown: (outage) => outages.some(({ name, from, to }) => name === outage && turn >= from && turn < to),
    onEvent: (entry) => {
      const text = delivered(entry, events.length);
      events.push((JSON.parse(text) as { detail: DetectionFinding }).detail);
      toHub.send(text);
      if (chaos.strikes('event duplicated', 0.02)) toHub.send(text);
    },
  };

  await beginClusters(world);
  const { waiting, deadly } = waitingOf(seed, chaos);
  const detecting = createFleet(() => createDetect(world));
  const redriving = createFleet(() => undefined);
  const publishing = createFleet(() => undefined);
  const delivering = createFleet(() => undefined);
  const keep = (queue: Queue<string>, prefix: string, kept: object): void =>
    put(queue, `aws/lambda/${prefix}/${bucket.size}+${turn} ${chance.next()}`, JSON.stringify(kept));
  const put = (queue: Queue<string>, key: string, text: string): void => {
    bucket.set(key, text);
    if (!key.startsWith('aws/lambda/')) return;
    const encoded = encodeURIComponent(key).replaceAll('%20', '+');
    const notification = JSON.stringify({ Records: [{ s3: { bucket: { name: 'kept' }, object: { key: encoded } } }] });
    queue.send(notification);
    if (chaos.strikes('notification repeated', 0.1)) queue.send(notification);
  };

  /** One attempt of a function. Whoever dies takes the container along. */
  const attempt = async <C, T>(
    { take, giveBack }: Fleet<C>,
    work: (invocation: Invocation, container: C) => Promise<T>,
  ): Promise<T | undefined> => {
    const invocation = createInvocation(chaos);
    const container = take(chance);
    try {
      const result = await work(invocation, container);
      return invocation.isDead() ? undefined : result;
    } catch {
      return undefined;
    } finally {
      if (!invocation.isDead()) giveBack(container);
    }
  };

  const detectOne = async (): Promise<void> => {
    const one = waiting.splice(placeOf(chaos, waiting.length), 1)[0];
    if (one === undefined) return;
    const event = { awslogs: { data: one.data } };
    const done = await attempt(detecting, async (invocation, container) => {
      await container.detect(event, invocation);
      return true;
    });
    if (done) return;
    one.attempts++;
    if (one.attempts < ATTEMPTS) {
      waiting.splice(chance.below(10), 0, one);
      return;
    }
    chaos.count('retries used up');
    keep(toDetect, 'detect', { requestContext: { condition: 'RetriesExhausted' }, requestPayload: event });
  };

  const keeperOf = (invocation: Invocation): Keeper => ({
    read: ({ key }) => invocation.call(() => bucket.get(key), { internal: 'InternalError' }),
    remove: ({ key }) =>
      invocation.call(
        () => {
          bucket.delete(key);
        },
        { internal: 'InternalError' },
      ),
  });

  /** Takes some messages, and deletes those that were done. */
  const takeFrom = async <C>(
    fleet: Fleet<C>,
    queue: Queue<string>,
    most: number,
    receives: number,
    work: (messages: Queue<string>['waiting'], invocation: Invocation, container: C) => Promise<ReadonlySet<string>>,
  ): Promise<void> => {
    const taken: Queue<string>['waiting'] = [];
    for (let count = 1 + chance.below(most); count > 0 && queue.waiting.length > 0; count--)
      taken.push(...queue.waiting.splice(chance.below(queue.waiting.length), 1));
    if (taken.length === 0) return;
    const failed = await attempt(fleet, (invocation, container) => work(taken, invocation, container));
    for (const message of taken) {
      const isDone = failed !== undefined && !failed.has(message.id);
      if (isDone && !chaos.strikes('message repeated', 0.02)) continue;
      message.receives++;
      if (message.receives < receives) queue.waiting.push(message);
      else queue.dead.push(message.body);
    }
  };

  const failuresOf = ({
    batchItemFailures,
  }: {
    readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
  }) => new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));

  /** What Lambda answers to the redrive that waits for detect. */
  const invokeDetect = async (data: string): Promise<Answer> => {
    let error: { readonly errorType: string; readonly errorMessage: string } | undefined;
    const done = await attempt(detecting, async (invocation, container) => {
      try {
        await container.detect({ awslogs: { data } }, invocation);
        return true;
      } catch (thrown) {
        const { name, message } = thrown as Error;
        error = invocation.isDead() ? ENDED : { errorType: name, errorMessage: message };
        throw thrown;
      }
    });
    return done ? DONE : answerOfError(JSON.stringify(error ?? ENDED));
  };

  const redriveDetects = (): Promise<void> =>
    takeFrom(redriving, toDetect, 1, REDRIVES, async (messages, invocation) => {
      const write: Writer = ({ key }, text) =>
        invocation.call(() => put(toDetect, key, text), { internal: 'InternalError' });
      const invoke = async (data: string): Promise<Answer> => {
        if (chaos.strikes('throttled', 0.02)) return { kind: 'failed', reason: 'TooManyRequestsException' };
        const answer = await invokeDetect(data);
        const kind = keepsWhole && answer.kind === 'killed' ? 'rejected' : answer.kind;
        return invocation.call(() => ({ ...answer, kind }));
      };
      const remaining = () => (chaos.strikes('redrive without time', 0.1) ? 0 : 900_000);
      return failuresOf(
        await redriveDetect({ ...keeperOf(invocation), write, invoke, remaining }, messages.map(messageOf)),
      );
    });

  const redrivePublishes = (): Promise<void> =>
    takeFrom(publishing, toPublish, 1, REDRIVES, async (messages, invocation) => {
      const publish = (event: DynamoDBStreamEvent) => runPublish(world, event, invocation);
      return failuresOf(await redrivePublish({ ...keeperOf(invocation), publish }, messages.map(messageOf)));
    });

  const publishFrom = async (shard: Shard): Promise<void> => {
    if (shard.busy || shard.position >= shard.records.length) return;
    shard.busy = true;
    const Records = shard.records.slice(shard.position, shard.position + 1 + chance.below(shard.size));
    const event = { Records } as DynamoDBStreamEvent;
    if (chaos.strikes('poison stream record', 0.005)) {
      Records.unshift({ eventName: 'MODIFY', dynamodb: { SequenceNumber: '0' } });
    }
    const answer = await attempt(publishing, (invocation) => runPublish(world, structuredClone(event), invocation));
    const failure = acknowledgesAll && answer ? undefined : answer?.batchItemFailures[0]?.itemIdentifier;
    const real = Records.filter(({ dynamodb }) => dynamodb?.SequenceNumber !== '0');
    if (answer !== undefined && failure === undefined) {
      if (!chaos.strikes('stream batch repeated', 0.03)) {
        shard.position += real.length;
        shard.attempts = 0;
      }
      shard.size = Math.min(25, shard.size * 2);
    } else {
      const index = real.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === failure);
      shard.position += Math.max(0, index);
      if (answer === undefined) shard.size = Math.max(1, shard.size >> 1);
      shard.attempts++;
      if (shard.attempts >= STREAM_ATTEMPTS || chaos.strikes('stream given up', 0.05)) {
        const left = real.slice(Math.max(0, index));
        keep(toPublish, 'publish', { payload: JSON.stringify({ Records: left }) });
        shard.position += left.length;
        shard.attempts = 0;
      }
    }
    shard.busy = false;
  };

  const deliverSome = (): Promise<void> =>
    takeFrom(delivering, toHub, 10, RECEIVES, async (messages, invocation) => {
      const Records = messages.map(({ id, body }) => sqsRecord(id, body));
      return failuresOf(await runDeliver(world, { Records }, invocation));
    });

  const isWork = () => waiting.length > 0 || isLeft();
  const isLeft = () =>
    [toDetect, toPublish, toHub].some((queue) => queue.waiting.length > 0) ||
    streams.shards.some((shard) => shard.position < shard.records.length);

  const CALM_AFTER = 3_000;
  const TOO_LONG = 60_000;
  for (; isWork(); turn++) {
    if (turn === CALM_AFTER) chaos.calm();
    if (turn === TOO_LONG)
      throw new Error(
        `Seed ${seed} comes to no end: ${waiting.length} batches, ${toHub.waiting.length} messages left.`,
      );
    if (chaos.strikes('poison message', 0.0005)) {
      poison++;
      toHub.send('{"detail":');
    }
    const some = Array.from({ length: 1 + chance.below(MOST_AT_ONCE) }, () => {
      const choice = chance.below(10);
      if (choice < 3) return detectOne();
      if (choice < 7) return publishFrom(chance.pick(streams.shards));
      if (choice < 8) return chance.hits(0.5) ? redriveDetects() : redrivePublishes();
      return deliverSome();
    });
    await Promise.all(some);
  }
  // A notification that came twice may die twice; it is about one object.
  const kept = new Set([...toDetect.dead, ...toPublish.dead]);
  const dead = kept.size + toHub.dead.length;
  return {
    chaos,
    tables: world.tables,
    hub,
    events,
    isSubscribed,
    dead,
    poison,
    unprocessable: unprocessableIn(bucket),
    deadly,
  };
};

interface Fleet<C> {
  readonly take: (chance: Chance) => C;
  readonly giveBack: (container: C) => void;
}

/** Containers of one function. Each runs one invocation at a time; when all are at work, another is started. */
const createFleet = <C>(create: () => C): Fleet<C> => {
  const idle = [create(), create(), create()];
  return {
    take: (chance) => (idle.length === 0 ? create() : (idle.splice(chance.below(idle.length), 1)[0] as C)),
    giveBack: (container) => {
      idle.push(container);
    },
  };
};

const messageOf = ({ id, body, receives }: Queue<string>['waiting'][number]) => ({
  messageId: id,
  body,
  attributes: { ApproximateReceiveCount: String(receives + 1) },
});

/** What Lambda says of a process that ended. */
const ENDED = { errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited with error: signal: killed' };

const unprocessableIn = (bucket: ReadonlyMap<string, string>): ReadonlySet<string> => {
  const kept = [...bucket].filter(([key]) => key.startsWith('unprocessable/')).map(([, text]) => JSON.parse(text));
  return new Set(kept.map(({ eventId, requestPayload }) => eventId ?? requestPayload.awslogs.data));
};

/** Turns during which a service is down: about an hour where a turn is some seconds. */
const LONGEST_OUTAGE = 250;

const outagesOf = (chance: Chance) =>
  (['outage of DynamoDB', 'outage of EventBridge', 'outage of Security Hub'] as const)
    .filter(() => chance.hits(0.5))
    .map((name: Outage) => {
      const from = chance.below(400);
      return { name, from, to: from + 50 + chance.below(LONGEST_OUTAGE) };
    });

/** Batches come about in order; some come late. */
const LATEST = 40;

const placeOf = (chaos: Chaos, length: number): number =>
  chaos.strikes('batch reordered', 0.3) ? chaos.chance.below(Math.min(length, LATEST)) : 0;

/** A plain counter in the place of a set: every delivery of a sighting counts. */
export const countingTwice = (): World['spoil'] => {
  let deliveries = 0;
  return (sightings: readonly Sighting[]) =>
    sightings.map((sighting) => ({
      ...sighting,
      ref: sighting.ref.slice(0, 9) + String(++deliveries).padStart(12, '0'),
    }));
};
