import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { emptyTally, KINDS } from './chaos.ts';
import { countingTwice, run } from './pipeline.ts';
import { RECORDS } from './recorded-batches.ts';
import { differences, findingsIn } from './verdict.ts';

/** Seeds that are run: few by default, 500 with `CAMPAIGN=full`, or as many as `SEEDS` says. `SEED` runs one alone, or all from it with `SEEDS`. */
const SEEDS = Number(process.env['SEEDS'] ?? (process.env['CAMPAIGN'] === 'full' ? 500 : 6));
const ONLY = process.env['SEED'];
const count = ONLY === undefined || process.env['SEEDS'] !== undefined ? SEEDS : 1;
const seeds = Array.from({ length: count }, (_, index) => Number(ONLY ?? 1) + index);

/** Seeds within which a planted bug has to be found. */
const SEEDS_FOR_A_BUG = 5;

const say = process.stdout.write.bind(process.stdout);

describe('the pipeline', () => {
  let expected: ReadonlyMap<string, object>;
  const tally = emptyTally();
  let [compared, runs, events] = [0, 0, 0];

  beforeAll(async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    expected = findingsIn(await run({ seed: 0, isStormy: false }));
  });

  afterAll(() => {
    vi.restoreAllMocks();
    const faults = KINDS.map((kind) => `  ${kind}: ${tally[kind]}`).join('\n');
    say(
      `Fault campaign: ${runs} seeds of ${RECORDS} records, ${compared} findings compared, ${events} events on the bus.\nFaults:\n${faults}\n`,
    );
  });

  it('finds something to lose without any fault', async () => {
    const outcome = await run({ seed: 3, isStormy: false });
    expect(differences(expected, outcome)).toEqual([]);
    expect(Object.values(outcome.chaos.tally).reduce((sum, count) => sum + count, 0)).toBe(0);
    const detections = new Set([...expected.values()].map((finding) => (finding as { detection: string }).detection));
    expect(detections.size).toBe(4);
    expect(expected.size).toBeGreaterThan(20);
  });

  it(`ends ${seeds.length} storms as it ends a quiet day`, async () => {
    for (const seed of seeds) {
      const outcome = await run({ seed, isStormy: true });
      for (const kind of KINDS) tally[kind] += outcome.chaos.tally[kind];
      runs++;
      compared += expected.size;
      events += outcome.events.length;
      expect(differences(expected, outcome), `seed ${seed}; repeat it with SEED=${seed}`).toEqual([]);
    }
  }, 1_800_000);

  it.each([
    ['a plain counter in the place of a set', () => ({ spoil: countingTwice() })],
    ['an outbox that acknowledges what it could not send', () => ({ acknowledgesAll: true })],
    ['a redrive that gives up on the batch and not on the record', () => ({ keepsWhole: true })],
  ])(
    'would not end so with %s',
    async (_bug, bug) => {
      const problems: string[] = [];
      for (let seed = 1; seed <= SEEDS_FOR_A_BUG && problems.length === 0; seed++)
        problems.push(...differences(expected, await run({ seed, isStormy: true, ...bug() })));
      expect(problems).not.toEqual([]);
    },
    120_000,
  );
});
