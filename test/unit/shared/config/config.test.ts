import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, rulesOf } from '../../../../shared/config/config.ts';
import { ConfigError } from '../../../../shared/config/mistakes.ts';
import { configJsonSchema, parseConfig } from '../../../../shared/config/schema.ts';
import { DETECTIONS } from '../../../../shared/detections/index.ts';
import { nearest } from '../../../../shared/primitives/did-you-mean.ts';
import { parseDuration } from '../../../../shared/primitives/time.ts';

const EVERYTHING = {
  $schema: './docs/config.schema.json',
  clusters: { include: ['prod-*'], exclude: ['prod-test'] },
  eventLogGroups: [{ logGroup: '/eks/events', cluster: 'prod-a' }],
  learn: '3d',
  detections: {
    'access-scanning': { enabled: true, impact: 80, confidence: 60, options: { limit: 20, windowMinutes: 15 } },
    'image-first-seen': { enabled: false },
  },
  suppress: [
    { detection: 'pod-host-network', where: { namespace: 'monitoring', user: ['a', 'b*'] }, reason: 'node exporters' },
    {
      detections: ['access-scanning', 'image-first-seen'],
      where: { 'entity.image': 'x/*' },
      reason: 'y',
      until: '2027-01-31',
    },
    {
      detection: '*',
      where: { address: '192.0.2.1', 'eks.account': '111122223333' },
      reason: 'the monitor',
      until: '2027-01-31T12:00:00+01:00',
    },
  ],
  securityHub: false,
};

const problems = (input: unknown): readonly string[] => {
  try {
    parseConfig(input, DETECTIONS);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('a configuration', () => {
  it('may say nothing', () => {
    expect(parseConfig({}, DETECTIONS)).toEqual(DEFAULT_CONFIG);
    expect(parseConfig(undefined, DETECTIONS)).toEqual(DEFAULT_CONFIG);
  });

  it('may say everything', () => {
    expect(parseConfig(EVERYTHING, DETECTIONS)).toEqual({
      clusters: { include: ['prod-*'], exclude: ['prod-test'] },
      eventLogGroups: [{ logGroup: '/eks/events', cluster: 'prod-a' }],
      learn: 3 * 86_400_000,
      detections: EVERYTHING.detections,
      suppress: [
        {
          detections: ['pod-host-network'],
          where: { namespace: ['monitoring'], user: ['a', 'b*'] },
          reason: 'node exporters',
        },
        {
          detections: ['access-scanning', 'image-first-seen'],
          where: { 'entity.image': ['x/*'] },
          reason: 'y',
          until: Date.UTC(2027, 0, 31),
        },
        {
          detections: ['*'],
          where: { address: ['192.0.2.1'], 'eks.account': ['111122223333'] },
          reason: 'the monitor',
          until: Date.UTC(2027, 0, 31, 11),
        },
      ],
      securityHub: false,
    });
  });

  it('changes the rules', () => {
    const rules = rulesOf(DETECTIONS, parseConfig(EVERYTHING, DETECTIONS));
    const scanning = rules.find(({ detection }) => detection.id === 'access-scanning');
    expect(scanning).toMatchObject({
      risk: 48,
      options: { limit: 20, windowMinutes: 15 },
      windowing: { limit: 20, window: 900_000 },
    });
    expect(rules.some(({ detection }) => detection.id === 'image-first-seen')).toBe(false);
  });

  it('may be what the README shows', () => {
    const [, written = ''] = /```json\n("eks-detect": [\s\S]*?)\n```/.exec(readFileSync('README.md', 'utf8')) ?? [];
    const { 'eks-detect': shown } = JSON.parse(`{${written}}`);
    expect(parseConfig(shown, DETECTIONS).suppress[0]?.detections).toEqual(['pod-host-network']);
  });

  it('survives being bundled as JSON', () => {
    const config = parseConfig(EVERYTHING, DETECTIONS);
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });
});

describe('a mistake', () => {
  it.each<[unknown, string]>([
    ['x', 'The configuration must be an object, but it is "x".'],
    [{ lern: '7d' }, 'lern is no setting. Did you mean "learn"?'],
    [{ learn: 7 }, 'learn must be a text, but it is 7.'],
    [
      { learn: '7 days' },
      'learn must be a whole number followed by s, m, h, d or w, such as 15m or 7d, but it is "7 days".',
    ],
    [{ securityHub: 'on' }, 'securityHub must be true or false, but it is "on".'],
    [{ clusters: ['prod'] }, 'clusters must be an object, but it is ["prod"].'],
    [{ clusters: { include: [] } }, 'clusters.include must be a list with at least one entry, but it is [].'],
    [{ clusters: { exlude: ['a'] } }, 'clusters.exlude is no setting. Did you mean "exclude"?'],
    [{ eventLogGroups: [{ logGroup: '/a' }] }, 'eventLogGroups[0].cluster is missing. It must be a text.'],
    [
      { detections: { 'pod-host-netwrk': {} } },
      'detections.pod-host-netwrk is no detection. Did you mean "pod-host-network"?',
    ],
    [
      { detections: { zzzzzzzz: {} } },
      `detections.zzzzzzzz is no detection. It can be one of ${DETECTIONS.length}, which \`eks-detect list\` shows.`,
    ],
    [
      { detections: { 'pod-host-network': { impact: 101 } } },
      'detections.pod-host-network.impact must be a number of at most 100, but it is 101.',
    ],
    [
      { detections: { 'pod-host-network': { impact: 1.5 } } },
      'detections.pod-host-network.impact must be a whole number, but it is 1.5.',
    ],
    [
      { detections: { 'pod-host-network': { enabeld: true } } },
      'detections.pod-host-network.enabeld is no setting of a detection. Did you mean "enabled"?',
    ],
    [
      { detections: { 'pod-host-network': { options: { limit: 1 } } } },
      'detections.pod-host-network.options.limit is no option of pod-host-network. There are none to set.',
    ],
    [
      { detections: { 'access-scanning': { options: { limt: 1 } } } },
      'detections.access-scanning.options.limt is no option of access-scanning. Did you mean "limit"?',
    ],
    [
      { detections: { 'access-scanning': { options: { limit: '5' } } } },
      'detections.access-scanning.options.limit must be a number, but it is "5".',
    ],
    [
      { detections: { 'access-scanning': { options: { limit: -1 } } } },
      'detections.access-scanning.options.limit must be a number of at least 0, but it is -1.',
    ],
    [
      { detections: { 'access-scanning': { options: { windowMinutes: 0 } } } },
      'detections.access-scanning.options.windowMinutes must be a number above 0, but it is 0.',
    ],
    [
      { detections: { 'image-first-seen': { options: { tag: 'yes' } } } },
      'detections.image-first-seen.options.tag must be true or false, but it is "yes".',
    ],
    [{ suppress: [{ detection: '*', where: { user: 'a' } }] }, 'suppress[0].reason is missing. It must be a text.'],
    [
      { suppress: [{ detection: '*', where: { user: 'a' }, reason: ' ' }] },
      'suppress[0].reason must be a text that is not empty, but it is " ".',
    ],
    [
      { suppress: [{ where: { user: 'a' }, reason: 'r' }] },
      'suppress[0] must say which detection it is for, as "detection": "…", or "*" for all.',
    ],
    [
      { suppress: [{ detection: 'acess-scanning', where: { user: 'a' }, reason: 'r' }] },
      'suppress[0].detection names no detection: "acess-scanning". Did you mean "access-scanning"?',
    ],
    [
      { suppress: [{ detections: ['x-y-z'], where: { user: 'a' }, reason: 'r' }] },
      'suppress[0].detections[0] names no detection: "x-y-z".',
    ],
    [
      { suppress: [{ detection: '*', where: {}, reason: 'r' }] },
      'suppress[0].where is empty and would suppress everything. To switch a detection off, set its "enabled" to false.',
    ],
    [
      { suppress: [{ detection: '*', where: { usr: 'a' }, reason: 'r' }] },
      'suppress[0].where.usr is no field that a suppression can look at. Did you mean "user"?',
    ],
    [
      { suppress: [{ detection: '*', where: { username: 'a' }, reason: 'r' }] },
      'suppress[0].where.username is no field that a suppression can look at. Did you mean "user.username"?',
    ],
    [
      { suppress: [{ detection: '*', where: { 'objectRef.namespce': 'a' }, reason: 'r' }] },
      'suppress[0].where.objectRef.namespce is no field that a suppression can look at. Did you mean "objectRef.namespace"?',
    ],
    [
      { suppress: [{ detection: '*', where: { sourceIPs: 'a' }, reason: 'r' }] },
      'suppress[0].where.sourceIPs is no field that a suppression can look at: a client can choose all of them but the last. Use eks.sourceIP.',
    ],
    [
      { suppress: [{ detection: '*', where: { user: 5 }, reason: 'r' }] },
      'suppress[0].where.user must be a text, or a list of texts, none of them empty, but it is 5.',
    ],
    [
      { suppress: [{ detection: '*', where: { user: 'a' }, reason: 'r', until: '31.1.2027' }] },
      'suppress[0].until must be a day or a time in ISO 8601, such as 2027-01-31 or 2027-01-31T12:00:00Z, but it is "31.1.2027".',
    ],
    [
      { suppress: [{ detection: '*', where: { user: 'a' }, reason: 'r', until: '2027-02-30' }] },
      'suppress[0].until must be a day or a time in ISO 8601, such as 2027-01-31 or 2027-01-31T12:00:00Z, but it is "2027-02-30".',
    ],
  ])('%j', (input, sentence) => {
    expect(problems(input)).toEqual([sentence]);
  });

  it('is named together with every other', () => {
    const input = {
      lern: '7d',
      detections: { 'acess-scanning': {}, 'access-scanning': { impact: 'high', options: { limt: 5 } } },
      suppress: [{ detection: 'x', where: { usr: 'a' }, until: 'soon' }],
    };
    expect(problems(input)).toHaveLength(8);
    expect(() => parseConfig(input, DETECTIONS)).toThrow(/^The configuration has 8 mistakes:\n {2}/);
  });
});

describe('the schema for editors', () => {
  const validate = new Ajv2020({ strict: false }).compile(configJsonSchema(DETECTIONS) as object);

  it('takes what the program takes', () => {
    expect(validate({})).toBe(true);
    expect([validate(EVERYTHING), validate.errors]).toEqual([true, null]);
  });

  it.each([
    { lern: '7d' },
    { detections: { x: {} } },
    { detections: { 'access-scanning': { impact: 101 } } },
    { suppress: [{}] },
    { suppress: [{ detection: '*', where: { usr: 'a' }, reason: 'r' }] },
  ])('refuses %j', (input) => {
    expect(validate(input)).toBe(false);
  });
});

describe('durations', () => {
  it.each([
    ['0s', 0],
    ['90s', 90_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['7', undefined],
    ['-1d', undefined],
    ['1.5h', undefined],
    ['1d2h', undefined],
    ['', undefined],
  ])('%s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });
});

describe('the nearest name', () => {
  it('is one that a slip of the hand leads to, or none', () => {
    const names = ['access-scanning', 'pod-host-network', 'pod-host-pid'];
    expect(nearest('pod-host-netwrok', names)).toBe('pod-host-network');
    expect(nearest('Pod-Host-Pid', names)).toBe('pod-host-pid');
    expect(nearest('something-else', names)).toBeUndefined();
    expect(nearest('x'.repeat(100_000), names)).toBeUndefined();
  });
});

describe('a limit that no table item could hold', () => {
  it('is refused with a sentence', () => {
    const written = { detections: { 'access-scanning': { options: { limit: 5000 } } } };
    expect(() => parseConfig(written, DETECTIONS)).toThrow(
      /detections\.access-scanning\.options asks for a limit that is too large/,
    );
    expect(() =>
      parseConfig({ detections: { 'access-scanning': { options: { limit: 50 } } } }, DETECTIONS),
    ).not.toThrow();
  });
});
