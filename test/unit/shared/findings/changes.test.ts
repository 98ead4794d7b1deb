import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VALUES_OF_A_KIND } from '../../../../shared/aggregates/samples.ts';
import { changesOf } from '../../../../shared/findings/changes.ts';
import type { Finding } from '../../../../shared/findings/finding.ts';
import { seedFindings } from '../../../support/golden-events.ts';

const finding = ((await seedFindings())[0] as readonly [unknown, string, Finding])[2];
const changed = (parts: Partial<Finding>): Finding => ({ ...finding, ...parts });
const reasons = (before: Partial<Finding>, after: Partial<Finding>) =>
  changesOf([changed(before)], [changed(after)]).flatMap((news) => [news.change, ...news.reasons]);

describe('news of a case', () => {
  it('is a finding that was not there before', () => {
    expect(changesOf([], [finding])).toEqual([{ change: 'created', finding, reasons: [] }]);
  });

  it('is a finding that late data took the ground from, as it was last told', () => {
    expect(changesOf([finding], [])).toEqual([{ change: 'closed', finding, reasons: [] }]);
  });

  it('is nothing when nothing changed', () => {
    expect(changesOf([finding], [finding])).toEqual([]);
    expect(changesOf([], [])).toEqual([]);
  });

  it.each([
    [6, 9, []],
    [9, 10, ['updated', 'count reached 10']],
    [10, 99, []],
    [99, 100, ['updated', 'count reached 100']],
    [7, 250, ['updated', 'count reached 100']],
    [999, '1000+', ['updated', 'count reached 1000']],
    ['1000+', '1000+', []],
  ] as const)('a count from %s to %s tells %j', (before, after, expected) => {
    expect(reasons({ count: before }, { count: after })).toEqual(expected);
  });

  it('is a severity that rose, and not one that fell', () => {
    expect(reasons({ severity: 'low' }, { severity: 'high' })).toEqual(['updated', 'severity rose from low to high']);
    expect(reasons({ severity: 'high' }, { severity: 'low' })).toEqual([]);
  });

  it.each(['users', 'principals', 'addresses', 'images', 'objects'])('is a new value among %s', (kind) => {
    expect(reasons({ observed: { [kind]: ['a'] } }, { observed: { [kind]: ['a', 'b'] } })).toHaveLength(2);
  });

  it.each(['verbs', 'codes', 'userAgents', 'uris', 'messages'])('is not a new value among %s', (kind) => {
    expect(reasons({ observed: { [kind]: ['a'] } }, { observed: { [kind]: ['a', 'b'] } })).toEqual([]);
  });

  it('is no value that only took another one’s place in a full list', () => {
    const full = Array.from({ length: VALUES_OF_A_KIND }, (_, index) => `user-${index}`);
    expect(reasons({ observed: { users: full } }, { observed: { users: [...full.slice(1), 'other'] } })).toEqual([]);
  });

  it('is at most a few updates however many merges a finding grows by', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 200 }), (steps) => {
        let count = 1;
        const told = steps.filter((step) => {
          const before = changed({ count });
          count += step;
          return changesOf([before], [changed({ count })]).length > 0;
        });
        expect(told.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
