import { describe, expect, it } from 'vitest';
import { ENTITY_LIMITS, gather } from '../../shared/aggregates/gathering.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { clean } from '../../shared/primitives/clean-text.ts';
import { audit, createPod, human, kubernetesEvent, pod } from '../../shared/sdk/examples.ts';
import { findingsFrom, outputsOf, passed } from './everything.ts';
import { growingFast } from './growing.ts';
import { POSITIONS } from './positions.ts';
import { RUNS } from './runs.ts';

/** Characters of the long texts; a quadratic step over as many takes ten seconds and more. */
const LONG = RUNS > 10_000 ? 400_000 : 100_000;

/** Milliseconds for one record with such a text in one of its fields. A linear pass takes some ten. */
const PATIENCE = 3_000;

/** What regular expressions and scanners stumble over when it comes again and again. */
const REPEATED = [
  'a',
  '-',
  'a-',
  '-a',
  '/',
  '//',
  '/a',
  '%',
  '%2',
  '%25',
  '+',
  '&',
  '=',
  '&a=',
  '?',
  '.',
  '..',
  ':',
  ' ',
  '\\',
  '"',
  "'",
  '{',
  '[',
  ',',
  'eyJ',
  'eyJ.',
  'eyJaaaaaaaaaaaaa',
  'k8s-aws-v1.',
  'token',
  'token=',
  '--token ',
  'bearer ',
  'basic%20',
  'authorization',
  'authorization:',
  'https://',
  'http://a:',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '"value":"',
  'last-applied-configuration',
  'image "',
  '::ffff:',
  'system:serviceaccount:',
  'system:node:',
  '\u0000',
  '\ud800',
  '\u{1f4a9}',
  'command=sh&command=-c&',
  'nsenter ',
  '/proc/self/',
  'é',
]; // prettier-ignore

const repeated = (text: string): string => text.repeat(Math.ceil(LONG / text.length)).slice(0, LONG);

const PLACES: Readonly<Record<string, (text: string) => unknown>> = {
  userAgent: (text) => ({ ...audit({ verb: 'list', by: human(), resource: 'secrets' }), userAgent: text }),
  requestURI: (text) =>
    audit({
      verb: 'create',
      by: human(),
      resource: 'pods/exec',
      name: 'web',
      namespace: 'default',
      uri: `/api/v1/namespaces/default/pods/web/exec?${text}`,
    }),
  path: (text) => ({ ...audit({ verb: 'get', by: human(), code: 403, uri: `/${text}` }) }),
  username: (text) => createPod({ ...human(), user: { username: text, groups: [text] } }, pod({ hostNetwork: true })),
  'last source address': (text) =>
    audit({ verb: 'get', by: human(), code: 401, uri: '/api', sourceIPs: ['1.2.3.4', text] }),
  'response message': (text) => audit({ verb: 'get', by: human(), code: 403, resource: 'secrets', message: text }),
  image: (text) =>
    createPod(human(), pod({ containers: [{ name: text, image: text, command: [text], args: [text] }] })),
  'event message': (text) => kubernetesEvent({ reason: 'Pulling', message: text }),
  annotation: (text) =>
    createPod(human(), pod({}, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': text } })),
  'names and paths': (text) =>
    createPod(
      human(),
      pod({ volumes: [{ name: text, hostPath: { path: `/${text}` } }] }, { name: text, namespace: text }),
    ),
};

/** As the detect function has it: at most so many entities of a detection come out of a batch. */
const detected = (text: string) => {
  const store = createMemoryStore();
  return store.merge(gather(passed([text]).sightings, ENTITY_LIMITS)).then(() => store.findings(0));
};

const timed = async (work: () => unknown): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

describe.each(Object.entries(PLACES))('a very long %s', (_name, place) => {
  it('takes time in proportion, whatever it repeats', async () => {
    for (const text of REPEATED) {
      const record = JSON.stringify(place(repeated(text)));
      const took = await timed(async () => {
        const pass = passed([record]);
        expect(pass.faults).toEqual([]);
        for (const finding of await findingsFrom(pass)) outputsOf(finding);
      });
      expect(took, `${JSON.stringify(text)} repeated`).toBeLessThan(PATIENCE);
    }
  }, 120_000);
});

describe('a text in any place of any record that a detection looks at', () => {
  it('takes time in proportion to its length', () => {
    expect(growingFast(POSITIONS, (record) => passed([record]))).toEqual([]);
  }, 240_000);

  it('is found where it does not', () => {
    const places = ['quick', 'slow', 'quick too', 'quick as well'].map((name) => ({
      name,
      holding: (text: string) => `${name}:${text}`,
    }));
    const isUrl = (record: string) => record.startsWith('slow') && /[a-z]+:\/\//.test(record.slice(5));
    const found = growingFast(places, isUrl);
    expect(found).toContain('slow: ["/","c",""]');
    expect(found.filter((text) => !text.startsWith('slow: '))).toEqual([]);
  });
});

describe('clean', () => {
  it.each(REPEATED)('takes time in proportion to what it looks at: %j repeated', async (text) => {
    const long = repeated(text);
    clean(long, 1_000);
    expect(await timed(() => clean(long, LONG))).toBeLessThan(PATIENCE);
  });
});

describe('a record', () => {
  it.each([
    ['nested lists', '['.repeat(LONG)],
    ['nested objects', '{"a":'.repeat(LONG / 5)],
    ['closed nested lists', '['.repeat(LONG / 2) + ']'.repeat(LONG / 2)],
    [
      'a cut record with a deep body',
      `${JSON.stringify(audit({ verb: 'get', by: human() })).slice(0, -1)},"requestObject":${'['.repeat(LONG)}`,
    ],
    [
      'a cut record of a hundred thousand fields',
      `{"kind":"Event",${Array.from({ length: LONG / 10 }, (_, index) => `"f${index}":1,`).join('')}`,
    ],
    ['quotes', '{"kind":"Event","'.padEnd(LONG, '"')],
    ['backslashes', '{"kind":"Event","a":"'.padEnd(LONG, '\\')],
    ['spaces', '{"kind"'.padEnd(LONG, ' ')],
  ])('of %s is judged in time', async (_name, text) => {
    expect(await timed(() => passed([text]))).toBeLessThan(PATIENCE);
  });

  it('with a JSON patch into something huge is judged in time', async () => {
    const huge = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 0]));
    const operations = Array.from({ length: 999 }, (_, index) => ({
      op: 'add',
      path: index % 2 ? '/spec/template/-' : `/spec/template/spec/k${index}/hostNetwork`,
      value: true,
    }));
    const record = audit({
      verb: 'patch',
      by: human(),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      request: [{ op: 'add', path: '/spec/template', value: { spec: huge } }, ...operations] as never,
    });
    expect(await timed(() => passed([JSON.stringify(record)]))).toBeLessThan(PATIENCE);
  });

  it('with a patch value nested ten thousand deep makes no detection throw', () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const record = audit({
      verb: 'patch',
      by: human(),
      resource: 'deployments.apps',
      namespace: 'default',
      name: 'web',
      request: [{ op: 'add', path: '/spec/template', value: '@deep@' }],
    });
    expect(passed([JSON.stringify(record).replace('"@deep@"', deep)]).faults).toEqual([]);
  });

  it('with ten thousand source addresses, groups, containers or impersonated groups is judged in time', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
    const containers = many.map((name) => ({ name, image: `registry.example.com/${name}` }));
    const records = [
      audit({ verb: 'get', by: human(), code: 401, uri: '/api', sourceIPs: many }),
      createPod(human('a', { groups: many }), pod({ hostNetwork: true })),
      createPod(human(), pod({ containers })),
      createPod(human(), pod({ hostNetwork: true }), { impersonated: { username: 'b', groups: many } }),
    ];
    for (const record of records)
      expect(await timed(() => detected(JSON.stringify(record)))).toBeLessThan(2 * PATIENCE);
  });
});
