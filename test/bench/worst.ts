/** What the worst payloads cost the deployed function: time, memory, and what became of them. */
import { gzipSync } from 'node:zlib';
import { DETECT_SECONDS } from '../../functions/aws/agreed.ts';
import { DETECT_MEMORY } from '../../infra/detect.ts';
import { type Call, withDeployedDetect } from './deployed.ts';
import { WORST_PAYLOADS, type WorstPayload } from './worst-payloads.ts';

export interface Worst {
  readonly what: string;
  readonly by: WorstPayload['by'];
  readonly inflatedMB: number;
  readonly compressedKB: number;
  /** Seconds of processor time. */
  readonly cpuSeconds: number;
  /** Milliseconds of processor time for each 1,000 bytes of gzip. */
  readonly cpuMsPerKB: number;
  /** Seconds on the share of a processor that Lambda gives a function of this memory, over the function's timeout. */
  readonly shareOfTimeout: number;
  readonly peakMiB: number;
  readonly shareOfMemory: number;
  readonly outcome: 'detected' | 'rejected' | 'killed';
}

/** Lambda gives a function one processor for each 1,769 MB. Source: AWS Lambda developer guide, "Configure Lambda function memory". */
const MEMORY_OF_A_PROCESSOR = 1_769;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

const outcomeOf = (call: Call | undefined): Worst['outcome'] => {
  if (call === undefined) return 'killed';
  return call.error === '' ? 'detected' : 'rejected';
};

/** @param only names of payloads, or parts of them; all when there is none */
export const measureWorst = (folder: string, only: readonly string[] = []): Promise<readonly Worst[]> =>
  withDeployedDetect(folder, async (call) => {
    const rows: Worst[] = [];
    for (const { what, by, text } of WORST_PAYLOADS) {
      if (only.length > 0 && !only.some((part) => what.includes(part))) continue;
      const inflated = Buffer.from(text());
      const compressed = gzipSync(inflated);
      const result = await call(compressed.toString('base64')).catch(() => undefined);
      const { cpuMs = Number.NaN, peakMiB = Number.NaN } = result ?? {};
      rows.push({
        what,
        by,
        inflatedMB: round(inflated.length / 1e6, 1),
        compressedKB: Math.round(compressed.length / 1e3),
        cpuSeconds: round(cpuMs / 1e3, 2),
        cpuMsPerKB: round((cpuMs / compressed.length) * 1e3, 1),
        shareOfTimeout: round(cpuMs / 1e3 / (DETECT_MEMORY / MEMORY_OF_A_PROCESSOR) / DETECT_SECONDS, 3),
        peakMiB: Math.round(peakMiB),
        shareOfMemory: round(peakMiB / DETECT_MEMORY, 3),
        outcome: outcomeOf(result),
      });
    }
    return rows;
  });

const percent = (share: number): string => (Number.isNaN(share) ? '' : `${Math.round(share * 100)} %`);

const COLUMNS: readonly (readonly [title: string, width: number, of: (row: Worst) => string])[] = [
  ['MB', 6, ({ inflatedMB }) => String(inflatedMB)],
  ['kB gzip', 9, ({ compressedKB }) => String(compressedKB)],
  ['cpu s', 8, ({ cpuSeconds }) => String(cpuSeconds)],
  ['ms/kB', 8, ({ cpuMsPerKB }) => String(cpuMsPerKB)],
  ['of timeout', 12, ({ shareOfTimeout }) => percent(shareOfTimeout)],
  ['MiB', 6, ({ peakMiB }) => String(peakMiB)],
  ['of memory', 11, ({ shareOfMemory }) => percent(shareOfMemory)],
];

export const worstTable = (rows: readonly Worst[]): string => {
  const line = (first: string, cell: (column: (typeof COLUMNS)[number]) => string, last: string) =>
    [first.padEnd(44), ...COLUMNS.map((column) => cell(column).padStart(column[1])), '  ', last].join('');
  return [
    line('worst payloads, in the deployed function', ([title]) => title, 'outcome, who can send it'),
    ...rows.map((row) => line(row.what, ([, , of]) => of(row), `${row.outcome}, ${row.by}`)),
  ].join('\n');
};
