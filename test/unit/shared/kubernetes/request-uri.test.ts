import fc from 'fast-check';
import { expect, it } from 'vitest';
import { percentDecoded, queryOf } from '../../../../shared/kubernetes/request-uri.ts';

it.each<[string, string]>([
  ['/a%2Fb%20c', '/a/b c'],
  ['%E2%82%AC%c3%a9', '€é'],
  ['%f0%9f%92%a9', '💩'],
  ['100%', '100%'],
  ['%2', '%2'],
  ['%zz%41', '%zzA'],
  ['%ff%41', '%ffA'],
  // Overlong, a surrogate, past the last character, and one that is cut off.
  ['%c0%af', '%c0%af'],
  ['%ed%a0%80', '%ed%a0%80'],
  ['%f4%90%80%80', '%f4%90%80%80'],
  ['%e2%82', '%e2%82'],
  ['%e2%82%ac%', '€%'],
])('%s is decoded to %s', (text, decoded) => {
  expect(percentDecoded(text)).toBe(decoded);
});

it('what is encoded comes back, whatever stands beside it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '%', '%ff', '%zz'), (text, beside) => {
      expect(percentDecoded(encodeURIComponent(text.replaceAll('%', '')) + beside)).toBe(
        text.replaceAll('%', '') + beside,
      );
    }),
  );
});

it('parameters are read as Go reads them, encoded or not', () => {
  expect([...queryOf('/x?a=1+2&a=%2B&b&=c&&d=e=f')]).toEqual([
    ['a', ['1 2', '+']],
    ['b', ['']],
    ['', ['c']],
    ['d', ['e=f']],
  ]);
  expect([...queryOf('/x?a=1&b&a=2')]).toEqual([
    ['a', ['1', '2']],
    ['b', ['']],
  ]);
});
