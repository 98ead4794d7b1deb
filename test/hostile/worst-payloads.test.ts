import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { measureWorst } from '../bench/worst.ts';
import { WORST_PAYLOADS } from '../bench/worst-payloads.ts';

/** Those that once ended the process, or take a second or two; the campaign runs all. */
const QUICK = ['100 patches', 'a string of 58 MB', 'cut at 256 kB'];

const folder = mkdtempSync(join(tmpdir(), 'eks-detect-worst-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const payloads = WORST_PAYLOADS.map(({ what }) => what).filter(
  (what) => process.env['CAMPAIGN'] === 'full' || QUICK.some((part) => what.includes(part)),
);

describe('the deployed function survives', () => {
  it.each(payloads)(
    '%s',
    async (what) => {
      const [row] = await measureWorst(folder, [what]);
      expect(row?.outcome).toBe('detected');
      expect(row?.shareOfMemory).toBeLessThan(0.6);
      expect(row?.shareOfTimeout).toBeLessThan(0.25);
    },
    600_000,
  );
});
