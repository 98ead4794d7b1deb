import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perKey, perObject, perText } from '../../../../shared/primitives/memo.ts';
import { namedAfter } from '../../../../shared/primitives/name-prefix.ts';
import { processorTime } from '../../../support/processor-time.ts';

describe('what is remembered', () => {
  const counting = () => {
    const asked: string[] = [];
    return { asked, read: perText((text) => void asked.push(text)) };
  };

  it('is worked out once, an answer of nothing included', () => {
    const { asked, read } = counting();
    for (const text of ['a', 'b', 'a', 'a']) read(text);
    expect(asked).toEqual(['a', 'b']);
    const object = {};
    let reads = 0;
    const once = perObject((): undefined => void reads++);
    for (const of of [object, object, {}]) once(of);
    expect(reads).toBe(2);
  });

  it('is the same as what is worked out anew, however many keys there are', () => {
    const doubled = perKey((value: number) => value * 2, String);
    for (let value = 0; value < 10_000; value++) expect(doubled(value % 3_000)).toBe((value % 3_000) * 2);
  });

  it('is no long text, and not more than a bounded number of short ones', () => {
    const { asked, read } = counting();
    const long = 'x'.repeat(10_000);
    for (const text of [long, long]) read(text);
    expect(asked).toHaveLength(2);
    for (let index = 0; index < 3_000; index++) read(`image-${index}`);
    read('image-0');
    expect(asked.filter((text) => text === 'image-0')).toHaveLength(2);
  });
});

describe('named after', () => {
  it('means equal to a name, or beginning with one and a hyphen', () => {
    const part = fc.constantFrom('a', 'b', '-', 'falco', 'x');
    const name = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(name), name, (names, object) => {
        const known = names.filter((one) => one !== '');
        const expected = known.filter((one) => object === one || object.startsWith(`${one}-`));
        const found = namedAfter(object, known);
        if (expected.length === 0) expect(found).toBeUndefined();
        else expect(found).toBe(expected.reduce((a, b) => (b.length > a.length ? b : a)));
      }),
    );
  });

  it('takes no longer for a name of a megabyte', () => {
    const taken = processorTime();
    expect(namedAfter('-'.repeat(1_000_000), ['falco', 'node-shell'])).toBeUndefined();
    expect(taken()).toBeLessThan(1_000);
  });
});
