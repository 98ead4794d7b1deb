import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../support/logs-insights.ts';
import { processorTime } from '../support/processor-time.ts';
import { findingsFrom, outputsOf, passed } from './everything.ts';
import { hostileRecord } from './mutations.ts';
import { ATTACK } from './real-events.ts';
import { PATIENCE, runs } from './runs.ts';

/** Milliseconds of the processor for a batch, and microseconds for each character of it: generous, and still far below anything quadratic. */
const BATCH = 1_500;
const CHARACTER = 20;

const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Half of a surrogate pair. */
const BROKEN = /\p{Surrogate}/u;

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const batch = fc.array(hostileRecord, { minLength: 1, maxLength: 3 });

describe('a batch with hostile records in it', () => {
  it(
    'is counted record by record, throws nothing, and is detected as if they were not there',
    () => {
      fc.assert(
        fc.property(batch, (texts) => {
          const taken = processorTime();
          const pass = passed([...texts.slice(1), ATTACK, ...texts.slice(0, 1)]);
          const characters = texts.reduce((sum, text) => sum + text.length, 0);
          expect(taken()).toBeLessThan(BATCH + (characters * CHARACTER) / 1_000);
          expect(pass.faults.map(({ rule, error }) => `${rule.detection.id}: ${error}`)).toEqual([]);
          expect(pass.tally.events + total(pass.tally.rejected)).toBe(texts.length + 1);
          expect(pass.sightings.some(({ summary }) => summary.includes('planted/planted'))).toBe(true);
          expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
        }),
        runs(0.75),
      );
    },
    PATIENCE,
  );

  it(
    'says nothing that a terminal obeys, no query is bent by, or no encoder can write',
    async () => {
      let findings = 0;
      await fc.assert(
        fc.asyncProperty(hostileRecord, async (text) => {
          for (const finding of await findingsFrom(passed([text]))) {
            findings++;
            for (const output of outputsOf(finding)) {
              expect(output).not.toMatch(UNSEEN);
              expect(output).not.toMatch(BROKEN);
            }
            for (const query of [finding.drilldown, finding.actorDrilldown]) {
              expect(query.split('\n')).toHaveLength(6);
              expect(query).not.toContain('\\');
              expect(() => parseQuery(query)).not.toThrow();
            }
          }
        }),
        runs(0.25),
      );
      expect(findings).toBeGreaterThan(0);
    },
    PATIENCE,
  );
});
