/**
 * `npm run bench`: what detection costs, side by side with the least that it could cost and with the obvious way to do it. Each
 * measurement runs compiled and in a process of its own. `--json` prints one object. `BENCH_NODE` names a second Node to measure with.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { type Deployed, measureDeployed } from './deployed.ts';
import type { Replayed } from './replayed.ts';
import type { Speed } from './speed.ts';
import { measureWorst, type Worst, worstTable } from './worst.ts';
import type { Writes } from './writes.ts';

interface Report extends Deployed {
  readonly node: string;
  readonly typical: Speed;
  readonly busy: Speed;
  readonly growth: number;
  readonly replay: Replayed & {
    /** Its rate over that of detection on the typical stream. */
    readonly ratioToDetect: number;
  };
  readonly writeUnitsPerMillion: Readonly<Record<'steady' | 'floodOneAddress' | 'floodManyAddresses', number>>;
  readonly requestsPerMillion: Readonly<Record<'steady' | 'floodOneAddress' | 'floodManyAddresses', number>>;
  readonly worst: readonly Worst[];
}

/** The SDK's CommonJS parts ask for Node's own modules by `require`. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const compile = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'child.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('child.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
    banner: { js: REQUIRE },
  });
  return outfile;
};

const run = promisify(execFile);

const measure = async (node: string, child: string, folder: string): Promise<Report> => {
  const result = async <T>(name: string): Promise<T> => JSON.parse((await run(node, [child, name])).stdout) as T;
  const [typical, busy] = [await result<Speed>('typical'), await result<Speed>('busy')];
  const replay = await result<Replayed>('replay');
  const writes = {
    steady: await result<Writes>('steady'),
    floodOneAddress: await result<Writes>('floodOneAddress'),
    floodManyAddresses: await result<Writes>('floodManyAddresses'),
  };
  const perMillion = (of: 'requests' | 'writeUnits') => {
    const each = ({ events, [of]: count }: Writes) => Math.round((count / events) * 1e6);
    return {
      steady: each(writes.steady),
      floodOneAddress: each(writes.floodOneAddress),
      floodManyAddresses: each(writes.floodManyAddresses),
    };
  };
  return {
    node: (await run(node, ['--version'])).stdout.trim(),
    typical,
    busy,
    growth: typical.growth,
    replay: { ...replay, ratioToDetect: replay.eventsPerSecond / typical.eventsPerSecond },
    ...(await measureDeployed(folder)),
    writeUnitsPerMillion: perMillion('writeUnits'),
    requestsPerMillion: perMillion('requests'),
    worst: await measureWorst(folder),
  };
};

const count = (value: number): string => Math.round(value).toLocaleString('en-GB');
const ratio = (value: number): string => value.toFixed(2);

const table = (report: Report): string => {
  const rows: readonly (readonly [label: string, of: (speed: Speed) => string])[] = [
    ['events per second, one core', ({ eventsPerSecond }) => count(eventsPerSecond)],
    ['MB of records per second', ({ megabytesPerSecond }) => count(megabytesPerSecond)],
    ['time as a multiple of gunzip alone', ({ ratioToFloor }) => ratio(ratioToFloor)],
    ['times as fast as parsing everything', ({ ratioToObvious }) => ratio(ratioToObvious)],
    ['  with four detections', ({ ratioToObviousSmallSet }) => ratio(ratioToObviousSmallSet)],
    ['time with all detections over four', ({ growth }) => ratio(growth)],
  ];
  const { writeUnitsPerMillion: units, requestsPerMillion: requests } = report;
  return [
    `Node ${report.node}`,
    `${' '.repeat(38)}${'typical'.padStart(10)}${'busy'.padStart(10)}`,
    ...rows.map(
      ([label, of]) => `${label.padEnd(38)}${of(report.typical).padStart(10)}${of(report.busy).padStart(10)}`,
    ),
    '',
    `replay of a file: ${count(report.replay.eventsPerSecond)} events per second, ${ratio(report.replay.ratioToDetect)} of the rate of detection`,
    '',
    'DynamoDB per million events          requests  write units',
    ...(['steady', 'floodOneAddress', 'floodManyAddresses'] as const).map(
      (name) => `${name.padEnd(35)}${count(requests[name]).padStart(10)}${count(units[name]).padStart(13)}`,
    ),
    '',
    `first call of a fresh process: ${report.coldStartMs} ms; peak memory with a payload of 1 MB: ${report.peakMemoryMiB} MiB`,
    `bundles: ${Object.entries(report.bundleBytes)
      .map(([name, bytes]) => `${name} ${count(bytes / 1_000)} kB`)
      .join(', ')}`,
    '',
    worstTable(report.worst),
  ].join('\n');
};

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const folder = await mkdtemp(join(tmpdir(), 'eks-detect-bench-'));
try {
  const child = await compile(folder);
  const nodes = [process.execPath, process.env['BENCH_NODE']].filter((node) => node !== undefined && node !== '');
  for (const node of nodes) {
    const report = await measure(node as string, child, folder);
    console.log(values.json ? JSON.stringify(report) : table(report));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
