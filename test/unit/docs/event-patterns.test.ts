import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type GoldenEvent, goldenEvents, SEED_IDS } from '../../support/golden-events.ts';

type Condition = string | number | boolean | Readonly<Record<string, unknown>>;

/** One condition of a list, as EventBridge reads it. Source: EventBridge user guide, "Comparison operators". */
const meets = (value: unknown, condition: Condition): boolean => {
  if (typeof condition !== 'object') return value === condition;
  const [operator = '', operand] = Object.entries(condition)[0] ?? [];
  switch (operator) {
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(operand));
    case 'suffix':
      return typeof value === 'string' && value.endsWith(String(operand));
    case 'anything-but':
      return ![operand].flat().includes(value);
    case 'exists':
      return operand === true;
    case 'numeric': {
      const [comparison, bound] = operand as [string, number];
      return typeof value === 'number' && (comparison === '>=' ? value >= bound : value === bound);
    }
    default:
      throw new Error(`the matcher of this test does not know ${operator}`);
  }
};

/** All values at a key; a list of objects is as good as each of its objects. */
const valuesAt = (values: readonly unknown[], key: string): readonly unknown[] =>
  values.flatMap((value) => {
    const found = (value as Record<string, unknown> | null)?.[key];
    return found === undefined ? [] : found;
  });

const matches = (pattern: unknown, values: readonly unknown[]): boolean =>
  Array.isArray(pattern)
    ? pattern.some((condition: Condition) => values.some((value) => meets(value, condition)))
    : Object.entries(pattern as object).every(([key, inner]) => matches(inner, valuesAt(values, key)));

const golden = await goldenEvents();
const matched = (pattern: unknown): readonly string[] =>
  SEED_IDS.filter((id) => matches(pattern, [golden.get(id) as GoldenEvent]));

const page = readFileSync('docs/event-patterns.md', 'utf8');
const patterns = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map(
  ([, text]) => JSON.parse(text as string) as object,
);

describe('the patterns that the documentation shows', () => {
  it.each(
    [
      ['everything', SEED_IDS],
      ['high and critical', ['scanner-image-pulled']],
      ['two detections', ['access-scanning', 'scanner-image-pulled']],
      ['a cluster by name', SEED_IDS],
      ['a cluster by ARN', SEED_IDS],
      ['new findings', SEED_IDS],
      ['a namespace', ['scanner-image-pulled']],
      ['a technique', ['pod-host-network']],
      ['a country', ['access-scanning']],
    ].map(([what, ids], index) => [what as string, ids as string[], patterns[index]] as const),
  )('%s match %j', (_what, ids, pattern) => {
    expect(matched(pattern)).toEqual(ids);
  });

  it('are all tried, and the one in the command too', () => {
    expect(patterns).toHaveLength(9);
    const [, command] = /--event-pattern '([^']+)'/.exec(page) ?? [];
    expect(matched(JSON.parse(command ?? ''))).toEqual(['scanner-image-pulled']);
  });

  it.each([
    { detail: { severity_id: [{ numeric: ['>=', 6] }] } },
    { detail: { unmapped: { cluster: ['staging'] } } },
    { source: ['aws.eks'] },
    { detail: { finding_info: { analytic: { uid: ['access'] } } } },
    { resources: [{ suffix: ':cluster/other' }] },
  ])('and %j matches nothing', (pattern) => {
    expect(matched(pattern)).toEqual([]);
  });
});

describe('the patterns that the README shows', () => {
  const shown = [...readFileSync('README.md', 'utf8').matchAll(/```json\n(\{ "source"[\s\S]*?)\n```/g)].map(
    ([, text]) => JSON.parse(text as string) as object,
  );

  it('match what it says', () => {
    expect(shown.map(matched)).toEqual([['scanner-image-pulled'], ['scanner-image-pulled'], SEED_IDS]);
  });
});
