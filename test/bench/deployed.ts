/** The function as it is deployed: its synthesized bundle in a fresh process, with tables on a local port. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUNDLE_FILE, bundle } from '../../infra/bundle.ts';
import { DEFAULT_CONFIG } from '../../shared/config.ts';
import { startDatabase } from '../dynamodb.ts';
import { payload } from './payloads.ts';
import { recordTexts } from './stream.ts';

export interface Deployed {
  readonly coldStartMs: number;
  readonly peakMemoryMiB: number;
  readonly bundleBytes: Readonly<Record<string, number>>;
}

const FUNCTIONS = ['detect', 'publish', 'deliver', 'subscribe'] as const;

/** CloudWatch Logs sends no more in one call: 1 MB of gzip. */
const LARGEST_PAYLOAD = 1_000_000;

/** Calls the handler once and says how long the process has lived and how much memory it took at most. */
const CALLER = `
import { readFileSync } from 'node:fs';
const { handler } = await import(process.argv[2]);
const { data } = JSON.parse(readFileSync(process.argv[3], 'utf8'));
await handler({ awslogs: { data } });
console.log(JSON.stringify({ ms: performance.now(), peakMiB: process.resourceUsage().maxRSS / 1024 }));
`;

const COLD_STARTS = 7;

/** As many records as fit into the largest payload. */
const largestPayload = (): string => {
  const texts = recordTexts('typical', 10_000);
  let [low, high] = [1_000, texts.length];
  while (high - low > 50) {
    const middle = Math.floor((low + high) / 2);
    if ((payload(texts.slice(0, middle)).length * 3) / 4 <= LARGEST_PAYLOAD) low = middle;
    else high = middle;
  }
  return payload(texts.slice(0, low));
};

export const measureDeployed = async (folder: string): Promise<Deployed> => {
  const bundles = FUNCTIONS.map((name) => [name, bundle(`functions/${name}/handler.ts`, DEFAULT_CONFIG).code] as const);
  const detect = join(folder, BUNDLE_FILE);
  const caller = join(folder, 'caller.mjs');
  await writeFile(detect, bundles[0]?.[1] ?? '');
  await writeFile(caller, CALLER);
  const [small, large] = [join(folder, 'small.json'), join(folder, 'large.json')];
  await writeFile(small, JSON.stringify({ data: payload(recordTexts('typical', 100)) }));
  await writeFile(large, JSON.stringify({ data: largestPayload() }));

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
    const call = async (file: string): Promise<{ ms: number; peakMiB: number }> => {
      const { stdout } = await promisify(execFile)(process.execPath, [caller, detect, file], { env });
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    };
    const starts: number[] = [];
    for (let start = 0; start < COLD_STARTS; start++) starts.push((await call(small)).ms);
    const { peakMiB } = await call(large);
    return {
      coldStartMs: Math.round(starts.sort((a, b) => a - b)[Math.floor(COLD_STARTS / 2)] as number),
      peakMemoryMiB: Math.round(peakMiB),
      bundleBytes: Object.fromEntries(bundles.map(([name, code]) => [name, Buffer.byteLength(code)])),
    };
  } finally {
    await database.close();
  }
};
