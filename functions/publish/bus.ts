/** Putting events on the bus: in batches, with what was failed tried again. */
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { DETAIL_TYPE, type DetectionFinding, EVENT_SOURCE } from '../../shared/outputs/ocsf/event.ts';
import { clusterArnOf } from '../../shared/outputs/ocsf/finding.ts';
import { EVENT_BUS, required } from '../aws/environment.ts';
import type { Publication } from './publications.ts';

export interface Bus {
  /** Error codes by position; an entry without one was taken. */
  readonly put: (entries: readonly PutEventsRequestEntry[]) => Promise<readonly (string | undefined)[]>;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Limits of one PutEvents call. The size was 256 KB for years and still is in some partitions; the greater one is not needed. */
const ENTRIES_OF_A_CALL = 10;
const GREATEST_CALL = 256 * 1024;

/** How often an entry is tried, and how long is waited before the second time (milliseconds; twice as long each time after). */
const ROUNDS = 4;
const FIRST_WAIT = 100;

interface Sending {
  readonly sequence: string;
  readonly entry: PutEventsRequestEntry;
  readonly bytes: number;
}

/** Sends everything. Gives the stream records of which an event was not taken, and why. */
export const putAll = async (publications: readonly Publication[], bus: Bus): Promise<ReadonlyMap<string, string>> => {
  let left: readonly Sending[] = publications.map(({ sequence, event }) => sendingOf(sequence, event));
  let reasons = new Map<string, string>();
  for (let round = 0; round < ROUNDS && left.length > 0; round++) {
    if (round > 0) await bus.wait(FIRST_WAIT * 2 ** (round - 1));
    const failed: Sending[] = [];
    reasons = new Map();
    for (const batch of batches(left)) {
      const errors = await putBatch(batch, bus);
      batch.forEach((sending, index) => {
        const error = errors[index];
        if (error === undefined) return;
        failed.push(sending);
        reasons.set(sending.sequence, error);
      });
    }
    left = failed;
  }
  return reasons;
};

/** A call that fails as a whole refuses each of its entries. */
const putBatch = async (batch: readonly Sending[], bus: Bus): Promise<readonly (string | undefined)[]> => {
  try {
    return await bus.put(batch.map(({ entry }) => entry));
  } catch (error) {
    return batch.map(() => `${(error as Error).name}: ${(error as Error).message}`);
  }
};

const sendingOf = (sequence: string, event: DetectionFinding): Sending => {
  const arn = clusterArnOf(event);
  const detail = JSON.stringify(event);
  const entry = {
    Source: EVENT_SOURCE,
    DetailType: DETAIL_TYPE,
    Detail: detail,
    Resources: arn === undefined ? [] : [arn],
  };
  return { sequence, entry, bytes: Buffer.byteLength(EVENT_SOURCE + DETAIL_TYPE + detail + (arn ?? '')) };
};

const batches = (sendings: readonly Sending[]): readonly (readonly Sending[])[] => {
  const made: Sending[][] = [];
  let bytes = 0;
  for (const sending of sendings) {
    const batch = made.at(-1);
    if (batch === undefined || batch.length === ENTRIES_OF_A_CALL || bytes + sending.bytes > GREATEST_CALL) {
      made.push([sending]);
      bytes = sending.bytes;
    } else {
      batch.push(sending);
      bytes += sending.bytes;
    }
  }
  return made;
};

let client: EventBridgeClient | undefined;

/** The bus that was deployed with the function. */
export const deployedBus: Bus = {
  put: async (entries) => {
    client ??= new EventBridgeClient({});
    const EventBusName = required(EVENT_BUS);
    const answer = await client.send(
      new PutEventsCommand({ Entries: entries.map((entry) => ({ ...entry, EventBusName })) }),
    );
    return entries.map((_, index) => answer.Entries?.[index]?.ErrorCode);
  },
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
