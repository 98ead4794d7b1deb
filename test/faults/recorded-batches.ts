/** Twelve days of three clusters, cut into subscription payloads: what a campaign sends through the pipeline. */

import { gunzipSync, gzipSync } from 'node:zlib';
import { DAY, HOUR, MINUTE, SECOND } from '../../shared/primitives/time.ts';
import { anonymous, audit, createPod, human, nobody, node, pipeline, pod } from '../../shared/sdk/examples.ts';
import type { Chance } from './chance.ts';

/** The account of all clusters. */
export const OWNER = '111122223333';

export const BEGIN = Date.UTC(2026, 2, 2);

export const CLUSTERS = ['prod', 'stage', 'edge'];

interface Recorded {
  readonly time: number;
  readonly message: string;
}

export interface LogStream {
  readonly logGroup: string;
  readonly logStream: string;
  readonly records: readonly Recorded[];
}

const recorded = (time: number, record: object): Recorded => ({ time, message: JSON.stringify(record) });
const iso = (time: number): string => new Date(time).toISOString();

const probes = (from: number, count: number, apart: number, by = nobody(), code = 401): readonly Recorded[] =>
  Array.from({ length: count }, (_, index) => {
    const time = from + index * apart;
    const parts = { verb: 'get', by, code, resource: 'secrets', uri: `/api/v1/secrets?page=${index}`, at: iso(time) };
    return recorded(time, audit({ ...parts, auditId: 'chosen-by-the-client' }));
  });

const podAt = (time: number, image: string, spec: object = {}, by = human(), name = 'web'): Recorded =>
  recorded(time, createPod(by, pod({ containers: [{ name: 'main', image }], ...spec }, { name }), { at: iso(time) }));

const lease = (time: number, index: number): Recorded =>
  recorded(
    time,
    audit({
      verb: 'update',
      by: node(),
      resource: 'leases.coordination.k8s.io',
      namespace: 'kube-node-lease',
      name: `ip-10-0-1-${index % 20}`,
      at: iso(time),
    }),
  );

/** Lines that are no event, as they share a log group or are forced on it. */
const POISON = [
  '',
  'I0302 10:15:00.000000 apiserver started',
  '{"kind":"Event","apiVersion":"audit',
  '['.repeat(2_000),
  '{"a":1}',
  '"\\ud800"',
];

const ordinary = (day: number): readonly Recorded[] => [
  ...Array.from({ length: 6 }, (_, index) => lease(BEGIN + day * DAY + index * 4 * HOUR, index)),
  podAt(BEGIN + day * DAY + 9 * HOUR, 'registry.example.com/team/api:1', {}, pipeline(), `api-${day}`),
  ...(day % 3 === 0 ? [podAt(BEGIN + day * DAY + 10 * HOUR, 'example/batch:2', {}, pipeline(), `batch-${day}`)] : []),
  { time: BEGIN + day * DAY, message: POISON[day % POISON.length] as string },
];

const DAYS = Array.from({ length: 12 }, (_, day) => day);

const recordsOf = (cluster: string, number: number): readonly Recorded[] => [
  ...DAYS.flatMap(ordinary),
  ...probes(BEGIN + 3 * DAY - 20 * MINUTE, 16, 3 * MINUTE, nobody(`203.0.113.${number}`)),
  ...probes(BEGIN + 4 * DAY + 5 * HOUR, 12, 2 * MINUTE, anonymous(`198.51.100.${number}`), 403),
  ...probes(BEGIN + 5 * DAY, 30, 15 * MINUTE, nobody(`192.0.2.${number}`)),
  ...probes(BEGIN + 6 * DAY - 3 * HOUR, 40, 10 * MINUTE, nobody('10.0.9.9')),
  ...(number === 1 ? probes(BEGIN + 7 * DAY + 2 * HOUR, 1_100, 3 * SECOND, nobody('203.0.113.99')) : []),
  ...(number === 2 ? probes(BEGIN + 8 * DAY - 50 * MINUTE, 400, 10 * SECOND, nobody('203.0.113.98')) : []),
  podAt(BEGIN + 2 * DAY + HOUR, 'aquasec/kube-hunter:0.6.8', {}, human('mallory'), `hunter-${cluster}`),
  podAt(BEGIN + 9 * DAY + HOUR, 'aquasec/kube-bench:0.9', {}, human('mallory'), `bench-${cluster}`),
  ...[9 * DAY + 8 * HOUR, 9 * DAY + 8.2 * HOUR, 9 * DAY + 8.9 * HOUR, 9 * DAY + 12 * HOUR, 10 * DAY, 11 * DAY].map(
    (after, index) => podAt(BEGIN + after, `quay.io/new/${cluster}:1`, {}, human('bob'), `new-${index}`),
  ),
  ...[-2, -1, 1, 2].map((minutes) =>
    podAt(BEGIN + 10 * DAY + minutes * MINUTE, 'example/late:1', {}, human(), `late${minutes}`),
  ),
  ...Array.from({ length: 14 }, (_, index) =>
    podAt(
      BEGIN + 8 * DAY + index * 30 * MINUTE,
      'registry.example.com/team/api:1',
      { hostNetwork: true },
      human('bob'),
      'agent',
    ),
  ),
];

/** Two API servers a cluster, between which a load balancer spreads the requests. */
export const LOG_STREAMS: readonly LogStream[] = CLUSTERS.flatMap((cluster, number) => {
  const records = [...recordsOf(cluster, number + 1)].sort((a, b) => a.time - b.time);
  return [0, 1].map((server) => ({
    logGroup: `/aws/eks/${cluster}/cluster`,
    logStream: `kube-apiserver-audit-${server}`,
    records: records.filter((_, index) => index % 2 === server),
  }));
});

export const RECORDS = LOG_STREAMS.reduce((sum, { records }) => sum + records.length, 0);

/** Records of a batch are some one to twenty. */
const LARGEST_BATCH = 20;

const payloadOf = ({ logGroup, logStream }: LogStream, records: readonly Recorded[], from: number): string => {
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: OWNER,
    logGroup,
    logStream,
    subscriptionFilters: ['eks-detect'],
    logEvents: records.map(({ time, message }, index) => ({
      id: `${logStream}${from + index}`,
      timestamp: time,
      message,
    })),
  };
  return gzipSync(JSON.stringify(payload), { level: 1 }).toString('base64');
};

/** The message of a record that ends detect, as one ends it that makes it run out of memory. */
const DEADLY = 'deadly';

export const isDeadly = ({ message }: { readonly message: string }): boolean => message === DEADLY;

/** A batch with a deadly record among its own. */
export const withDeadly = (data: string, id: string, chance: Chance): string => {
  const payload = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as { readonly logEvents: object[] };
  payload.logEvents.splice(chance.below(payload.logEvents.length + 1), 0, { id, timestamp: BEGIN, message: DEADLY });
  return gzipSync(JSON.stringify(payload), { level: 1 }).toString('base64');
};

/** Cuts each log stream where chance has it, and puts the batches in order of time. */
export const cutIntoBatches = (chance: Chance): readonly string[] =>
  LOG_STREAMS.flatMap((stream) => {
    const batches: { readonly time: number; readonly data: string }[] = [];
    for (let from = 0; from < stream.records.length; ) {
      const records = stream.records.slice(from, from + 1 + chance.below(LARGEST_BATCH));
      batches.push({ time: (records[0] as Recorded).time, data: payloadOf(stream, records, from) });
      from += records.length;
    }
    return batches;
  })
    .sort((a, b) => a.time - b.time)
    .map(({ data }) => data);
