/** Doubles of the services between the functions: streams, bus, queue, bucket, Security Hub. Each keeps what AWS promises, and no more. */
import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { ImportFindingsError } from '@aws-sdk/client-securityhub';
import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import type { AsffFinding } from '../../shared/outputs/asff/security-finding.ts';
import type { Written } from './table-double.ts';

export const FINDINGS = 'findings';
export const BASELINES = 'baselines';

/** Records of one shard, in order; whoever reads it stands somewhere. */
export interface Shard {
  readonly records: DynamoDBRecord[];
  position: number;
  /** Failed attempts at the records from here on. */
  attempts: number;
  /** Records that are given to the function at once; halved after an error, as Lambda does. */
  size: number;
  busy: boolean;
}

const SHARDS_OF_A_TABLE = 2;
const LARGEST_READ = 25;

const createShard = (): Shard => ({ records: [], position: 0, attempts: 0, size: LARGEST_READ, busy: false });

/** All writes of an item are in one shard, in order; shards know nothing of each other. */
/** @param now seconds since the epoch, all that a stream tells of when something was written */
export const createStreams = (now: () => number) => {
  const shards = [FINDINGS, BASELINES].flatMap((table) =>
    Array.from({ length: SHARDS_OF_A_TABLE }, () => ({ table, shard: createShard() })),
  );
  let sequence = 0;
  const emit = ({ table, before, after }: Written): void => {
    const id = after['id']?.S ?? '';
    const hash = [...id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7);
    const own = shards.filter((one) => one.table === table)[hash % SHARDS_OF_A_TABLE];
    own?.shard.records.push({
      eventName: before === undefined ? 'INSERT' : 'MODIFY',
      dynamodb: {
        SequenceNumber: String(++sequence).padStart(9, '0'),
        ApproximateCreationDateTime: now(),
        NewImage: after as never,
        ...(before && { OldImage: before as never }),
      },
    });
  };
  return { emit, shards: shards.map(({ shard }) => shard) };
};

/** A queue gives a message out again until it is deleted, in any order. */
export interface Queue<T> {
  readonly waiting: { readonly id: string; readonly body: T; receives: number }[];
  readonly dead: T[];
  readonly send: (body: T) => void;
}

export const createQueue = <T>(): Queue<T> => {
  const waiting: { id: string; body: T; receives: number }[] = [];
  let count = 0;
  return {
    waiting,
    dead: [],
    send: (body) => {
      waiting.push({ id: `message-${++count}`, body, receives: 0 });
    },
  };
};

export const sqsRecord = (id: string, body: string): SQSRecord => ({ messageId: id, body }) as SQSRecord;

/** What a rule's target gets. */
export const delivered = (entry: PutEventsRequestEntry, number: number): string =>
  JSON.stringify({
    version: '0',
    id: `event-${number}`,
    'detail-type': entry.DetailType,
    source: entry.Source,
    account: '111122223333',
    time: '2026-03-15T00:00:00Z',
    region: 'eu-west-1',
    resources: entry.Resources ?? [],
    detail: JSON.parse(entry.Detail ?? '{}'),
  });

/** Keeps a finding's latest version by UpdatedAt, as Security Hub does. */
export const createHub = () => {
  const findings = new Map<string, AsffFinding>();
  const complaints: string[] = [];
  const take = (finding: AsffFinding): void => {
    const known = findings.get(finding.Id);
    if (known !== undefined && known.CreatedAt !== finding.CreatedAt)
      complaints.push(`${finding.Id} was created at ${known.CreatedAt}, and then at ${finding.CreatedAt}`);
    if (known === undefined || finding.UpdatedAt > known.UpdatedAt) findings.set(finding.Id, finding);
  };
  const refuse = (finding: AsffFinding): ImportFindingsError => ({
    Id: finding.Id,
    ErrorCode: 'InternalError',
    ErrorMessage: 'by chance',
  });
  return { findings, complaints, take, refuse };
};
