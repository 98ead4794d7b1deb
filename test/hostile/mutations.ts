/** What an attacker may make of a record: values of other types, hostile texts, broken and cut JSON. */
import fc from 'fast-check';
import { REAL_EVENTS, SHIPPED_EVENTS } from './real-events.ts';

/** Texts that a parser, a regular expression, a terminal, a query language or an object's prototype may trip over. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\udc00\ud800',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u202egnp.exe',
  '"] | filter 1=1 | fields @message',
  '\\',
  '`; rm -rf /',
  '__proto__',
  'constructor',
  'toString',
  '*',
  '%',
  '%zz%00%ff',
  '../../..',
  '/api/v1/namespaces/%2e%2e/pods?dryRun=All&dryRun&=&%&command=sh&command=-c',
  'system:serviceaccount:::',
  'system:node:',
  'eyJ'.repeat(2_000),
  '-'.repeat(5_000),
  'a-'.repeat(3_000),
  'token'.repeat(2_000),
  'x'.repeat(20_000),
  '\u{1f4a9}'.repeat(3_000),
  '0x7f000001',
  '::ffff:169.254.169.254',
  '1e999',
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  '-271821-04-20T00:00:00Z',
];

const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** Stands in a record for text that JSON.stringify can't write. */
const RAW = '@raw@';
const RAW_TEXTS = [
  deep(3_000),
  deep(60),
  '1e400',
  '-0',
  '1e-400',
  '123456789012345678901234567890',
  '{"__proto__":{"polluted":true}}',
];

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 3, arbitrary: fc.constantFrom(...RAW_TEXTS).map((text) => RAW + text + RAW) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      2 ** 53,
      -1e308,
      [],
      {},
      [[]],
      [null],
      [{}],
      ['', null, 3],
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
);

type Container = Record<string, unknown> | unknown[];
interface Place {
  readonly holder: Container;
  readonly key: string;
}

const placesIn = (value: unknown, places: Place[] = []): Place[] => {
  if (typeof value !== 'object' || value === null) return places;
  for (const [key, inner] of Object.entries(value)) {
    places.push({ holder: value as Container, key });
    placesIn(inner, places);
  }
  return places;
};

type Change = (place: Place, value: unknown) => void;
const write: Change = ({ holder, key }, value) => {
  (holder as Record<string, unknown>)[key] = value;
};
const CHANGES: readonly Change[] = [
  write,
  write,
  (place, value) => write(place, [value, (place.holder as Record<string, unknown>)[place.key]]),
  (place) => write(place, [(place.holder as Record<string, unknown>)[place.key]]),
  ({ holder, key }) => {
    delete (holder as Record<string, unknown>)[key];
  },
  ({ holder, key }, value) => {
    Object.defineProperty(holder, typeof value === 'string' ? value : `${key}x`, {
      value: (holder as Record<string, unknown>)[key],
      enumerable: true,
      configurable: true,
      writable: true,
    });
  },
];

interface Mutation {
  readonly place: number;
  readonly change: number;
  readonly value: unknown;
}

const mutated = (text: string, mutations: readonly Mutation[]): string => {
  const record: unknown = JSON.parse(text);
  for (const { place, change, value } of mutations) {
    const places = placesIn(record);
    if (places.length > 0) CHANGES[change]?.(places[place % places.length] as Place, structuredClone(value));
  }
  return JSON.stringify(record).replace(new RegExp(`"${RAW}(.*?)${RAW}"`, 'g'), (_, raw: string) =>
    raw.replaceAll('\\"', '"'),
  );
};

interface Breakage {
  readonly kind: 'cut' | 'insert' | 'twice' | 'garbage' | 'none';
  readonly at: number;
  readonly text: string;
}

const broken = (text: string, { kind, at, text: inserted }: Breakage): string => {
  const index = text.length === 0 ? 0 : at % text.length;
  if (kind === 'cut') return `${text.slice(0, index)}[Truncated...]`;
  if (kind === 'insert') return text.slice(0, index) + inserted + text.slice(index);
  // A key that comes again: parsers take the last.
  if (kind === 'twice') return text.replace('{', `{"verb":"get","user":${JSON.stringify(inserted)},`);
  return kind === 'garbage' ? text + inserted : text;
};

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(),
  change: fc.nat(CHANGES.length - 1),
  value: hostileValue,
});
const breakage: fc.Arbitrary<Breakage> = fc.record({
  kind: fc.constantFrom('none', 'none', 'none', 'cut', 'insert', 'twice', 'garbage'),
  at: fc.nat(),
  text: fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 8 })),
});

/** The text of a record that was real before somebody had a hand in it. */
export const hostileRecord: fc.Arbitrary<string> = fc
  .record({
    text: fc.constantFrom(...REAL_EVENTS, ...SHIPPED_EVENTS),
    mutations: fc.array(mutation, { maxLength: 5 }),
    breakage,
  })
  .map(({ text, mutations, breakage: how }) => broken(mutated(text, mutations), how));
