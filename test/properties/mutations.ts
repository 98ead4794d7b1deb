/** What can happen to a record, by an attacker's hand or by a strange writer's. Every mutation gives text again. */
import type { Json, JsonObject } from '../../shared/primitives/json.ts';
import type { Random } from '../bench/random.ts';

type Mutation = (record: JsonObject, random: Random) => string;

/** Texts that try to look like something else: structure of the record, of the payload, or the end of either. */
const HOSTILE = [
  '","verb":"create","x":"',
  '\\","verb":"create',
  '"},{"id":"1","timestamp":1,"message":"{',
  '},{"id":"',
  '"}]}',
  '\\',
  '\\\\"',
  'ends in a backslash\\',
  'two\nlines\r\ttab',
  '\u0000\u001f\u2028',
  'Zoë from Köln 💥',
  '日本語',
  '\ud800 alone',
  '","userAgent":"kubectl","objectRef":{"resource":"pods"}',
  ',"userAgent":"',
  '"code":200}',
  '},"code":200},"requestReceivedTimestamp":"2026-03-02T10:15:00.000000Z","stageTimestamp":"2026-03-02T10:15:00.000000Z"}',
  'Z","stageTimestamp":"2026-03-02T10:15:00.000000Z"}}',
  '{"hostNetwork":true}',
  '}',
  '}}',
  '[Truncated...]',
  '\\u0022',
  '../../etc/shadow?dryRun=All&x=%00%22',
  'kube-hunter/1.0',
  '<script>&amp;</script>',
  '',
  ' ',
] as const;

const FORGED_END = {
  a: 1,
  requestReceivedTimestamp: '2026-03-02T10:15:00.000000Z',
  stageTimestamp: '2026-03-02T10:15:00.000000Z',
  annotations: { 'authorization.k8s.io/decision': 'allow' },
};

const HOSTILE_JSON = (random: Random): Json =>
  random.pick<Json>([random.pick(HOSTILE), null, 0, -1.5e300, true, [], {}, [random.pick(HOSTILE)], FORGED_END]);

/** Places of texts in a record that somebody outside the API server may choose. */
const PLACES: readonly (readonly string[])[] = [
  ['userAgent'],
  ['requestURI'],
  ['auditID'],
  ['verb'],
  ['stage'],
  ['user', 'username'],
  ['user', 'uid'],
  ['objectRef', 'name'],
  ['objectRef', 'namespace'],
  ['objectRef', 'resource'],
  ['objectRef', 'subresource'],
  ['objectRef', 'apiGroup'],
  ['responseStatus', 'message'],
  ['responseStatus', 'reason'],
  ['requestReceivedTimestamp'],
  ['stageTimestamp'],
  ['annotations', 'authorization.k8s.io/reason'],
];

const entriesOf = (value: Json | undefined): [string, Json | undefined][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value as JsonObject) : [];

/** The record with another value at a path; a path that is missing is made. */
const withValue = (record: JsonObject, [key = '', ...rest]: readonly string[], value: Json): JsonObject => ({
  ...record,
  [key]: rest.length === 0 ? value : withValue(Object.fromEntries(entriesOf(record[key])) as JsonObject, rest, value),
});

const insertedAt = <T>(items: readonly T[], index: number, item: T): readonly T[] => items.toSpliced(index, 0, item);

const objectText = (entries: readonly (readonly [string, Json | undefined])[]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value ?? null)}`).join(',')}}`;

/** Behind a body and before the timestamps no API server writes a second block, and the fast path doesn't look for one. */
const isBehindBody = (entries: readonly (readonly [string, unknown])[], index: number): boolean =>
  entries.slice(0, index).some(([key]) => key === 'requestObject' || key === 'responseObject') &&
  entries.slice(index).some(([key]) => key === 'requestReceivedTimestamp');

const TIMES = [
  '2026-03-02T10:15:00Z',
  '2026-03-02T10:15:00.5Z',
  '2026-03-02T10:15:00.123456Z',
  '2026-03-02T24:00:00.000000Z',
  '2026-03-02T10:60:00.000000Z',
  '2026-02-30T10:15:00.000000Z',
  '2026-13-01T10:15:00.000000Z',
  '2026-03-02T10:15:00.00000aZ',
  '2026-03-02 10:15:00.000000Z',
  '2026-03-02T10:15:00.000000+',
  '1969-12-31T23:59:59.000000Z',
  '9999-12-31T23:59:59.999999Z',
  '0001-01-01T00:00:00.000000Z',
];

const STATUSES: readonly Json[] = [
  { metadata: {}, status: 'Success', code: 200 },
  { metadata: {}, code: 0 },
  { metadata: {}, code: 99 },
  { metadata: {}, code: 1000 },
  { metadata: {}, code: '403' },
  { metadata: {}, code: 403.5 },
  { metadata: {} },
  { code: 401 },
  { metadata: { continue: 'x' }, code: 200 },
  {
    metadata: {},
    status: 'Failure',
    message: 'a "b" \\',
    reason: 'Forbidden',
    details: { name: '}"', kind: 'pods' },
    code: 403,
  },
  { metadata: {}, status: 'Failure', details: { causes: [{ message: '},"code":200}' }] }, code: 404 },
  { metadata: {}, status: 'Failure', reason: 'NotFound', details: { name: 'x', kind: 'pods' }, code: 404 },
  null,
];

/** Ids that a client chose: one of the API server's length with an escape in it, in either spelling, and others near its shape. */
const IDS = [
  '6f1f1e0e-9d1e-4c55-8a63-0123456789ab',
  '6f1f1e0e-9d1e-4c55-8a63-012345<',
  '6f1f1e0e-9d1e-4c55-8a63-01234<',
  '6f1f1e0e-9d1e-4c55-8a63-"0123456789',
  '6f1f1e0e-9d1e-4c55-8a63-\\\\\\',
  '6f1f1e0e-9d1e-1c55-8a63-0123456789ab',
  '6F1F1E0E-9D1E-4C55-8A63-0123456789AB',
];

/** Writes one letter of one string, key or value, as its number: JSON that means the same. */
const escapedSomewhere: Mutation = (record, random) => {
  const text = JSON.stringify(record);
  const strings = [...text.matchAll(/"(?:[^"\\]|\\.)+"/g)];
  const chosen = random.pick(strings);
  const at = chosen.index + 1 + random.below(chosen[0].length - 2);
  const letter = text[at] as string;
  if (!/[A-Za-z/:.-]/.test(letter) || text[at - 1] === '\\' || /\\u[0-9a-f]{0,3}$/.test(text.slice(0, at))) return text;
  return `${text.slice(0, at)}\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}${text.slice(at + 1)}`;
};

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a chosen id': (record, random) =>
    JSON.stringify(withValue(record, ['auditID'], random.pick(IDS))).replaceAll('<', '\\u003c'),
  none: (record) => JSON.stringify(record),
  'hostile text': (record, random) => JSON.stringify(withValue(record, random.pick(PLACES), random.pick(HOSTILE))),
  'hostile end of a text': (record, random) => {
    const path = random.pick(PLACES);
    const old = path.reduce<Json | undefined>((value, key) => Object.fromEntries(entriesOf(value))[key], record);
    return JSON.stringify(withValue(record, path, `${typeof old === 'string' ? old : ''}${random.pick(HOSTILE)}`));
  },
  'another type': (record, random) => JSON.stringify(withValue(record, random.pick(PLACES), HOSTILE_JSON(random))),
  'hostile groups and addresses': (record, random) =>
    JSON.stringify({
      ...record,
      user: { ...(record['user'] as JsonObject), groups: [random.pick(HOSTILE), 'system:masters'] },
      sourceIPs: [random.pick(HOSTILE), random.pick(['203.0.113.9', '::ffff:10.0.0.1', random.pick(HOSTILE)])],
    }),
  'hostile extra keys': (record, random) => {
    const key = random.pick(['userAgent', 'verb', 'objectRef', 'arn', random.pick(HOSTILE)]);
    const user = record['user'] as JsonObject;
    return JSON.stringify({ ...record, user: { ...user, extra: { [key]: [random.pick(HOSTILE)] } } });
  },
  impersonated: (record, random) => {
    const entries = entriesOf(record);
    const at = entries.findIndex(([key]) => key === 'sourceIPs');
    const block = { username: random.pick(['system:admin', random.pick(HOSTILE)]), groups: ['system:masters'] };
    return objectText(insertedAt(entries, Math.max(at, 0), ['impersonatedUser', block] as const));
  },
  'a field is missing': (record, random) => {
    const entries = entriesOf(record);
    return objectText(entries.toSpliced(random.below(entries.length), 1));
  },
  'a field stands elsewhere': (record, random) => {
    const entries = entriesOf(record);
    const [moved] = entries.splice(random.below(entries.length), 1) as [[string, Json]];
    const index = random.below(entries.length);
    const isUnseen = moved[0] === 'impersonatedUser' && isBehindBody(entries, index);
    return isUnseen ? JSON.stringify(record) : objectText(insertedAt(entries, index, moved));
  },
  'fields in any order': (record, random) => objectText(entriesOf(record).sort(() => random.next() - 0.5)),
  'a field stands twice': (record, random) => {
    const entries = entriesOf(record);
    const [key, value] = random.pick(entries);
    const index = random.below(entries.length + 1);
    if (isBehindBody(entries, index)) return JSON.stringify(record);
    const other = random.pick<Json>([value ?? null, 'create', random.pick(HOSTILE), HOSTILE_JSON(random)]);
    return objectText(insertedAt(entries, index, [key, other] as const));
  },
  'an object in another order': (record, random) =>
    JSON.stringify(record, (_key, value: Json) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && value !== record
        ? Object.fromEntries(entriesOf(value).sort(() => random.next() - 0.5))
        : value,
    ),
  'an unknown field': (record, random) => {
    const entries = entriesOf(record);
    const index = random.below(entries.length + 1);
    return isBehindBody(entries, index)
      ? JSON.stringify(record)
      : objectText(insertedAt(entries, index, [random.pick(HOSTILE), HOSTILE_JSON(random)] as const));
  },
  'escaped somewhere': escapedSomewhere,
  'a patch with escapes': (record) =>
    JSON.stringify({
      ...record,
      verb: 'patch',
      objectRef: { resource: 'deployments', namespace: 'default', name: 'web', apiGroup: 'apps', apiVersion: 'v1' },
      requestObject: { spec: { template: { spec: { hostNetwork: true, hostPID: true } } } },
    })
      .replace('hostNetwork', 'host\\u004eetwork')
      .replace('hostPID', '\\u0068ostPID'),
  'a body that imitates the end': (record, random) =>
    JSON.stringify(
      withValue(record, ['requestObject'], random.pick<Json>([FORGED_END, { x: FORGED_END }, [FORGED_END]])),
    ),
  'a cut': (record, random) => {
    const text = JSON.stringify(record);
    return text.slice(0, random.below(text.length)) + random.pick(['', '[Truncated...]']);
  },
  'a cut near the end': (record, random) => {
    const text = JSON.stringify(record);
    return text.slice(0, text.length - 1 - random.below(400)) + random.pick(['', '[Truncated...]']);
  },
  'a cut behind a brace': (record, random) => {
    const text = JSON.stringify(record);
    const braces = [...text.matchAll(/\}/g)].map(({ index }) => index + 1);
    return text.slice(0, random.pick(braces));
  },
  'white space': (record, random) =>
    random.pick([JSON.stringify(record, undefined, 1), `${JSON.stringify(record)}\n`, ` ${JSON.stringify(record)}`]),
  'a dry run, or what looks like one': (record, random) => {
    const query = random.pick([
      'dryRun=All',
      'dryRun=All;',
      'dry%52un=All',
      'dryRun=',
      'dryRun=All%zz',
      'x=1&dryRun=All',
    ]);
    const [verb, subresource] = random.pick([
      ['delete'],
      ['deletecollection'],
      ['create', 'exec'],
      ['create', 'eviction'],
      ['get', 'exec'],
      ['patch'],
    ]);
    const body = random.pick<JsonObject | undefined>([
      undefined,
      { kind: 'DeleteOptions', apiVersion: 'apps/v1' },
      { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] },
      { kind: 'Eviction', deleteOptions: { dryRun: ['All'] } },
    ]);
    const entries = entriesOf(withValue(record, ['requestURI'], `${String(record['requestURI'])}?${query}`)).filter(
      ([key]) => key !== 'requestObject',
    );
    const at = entries.findIndex(([key]) => key === 'responseObject' || key === 'requestReceivedTimestamp');
    const written =
      body === undefined ? entries : insertedAt(entries, Math.max(at, 0), ['requestObject', body] as const);
    const object = record['objectRef'] as JsonObject | undefined;
    return objectText(
      written.map(([key, value]) => {
        if (key === 'verb') return [key, verb as string];
        if (key === 'level') return [key, random.pick(['Metadata', 'Request', 'RequestResponse'])];
        return key === 'objectRef' && subresource !== undefined ? [key, { ...object, subresource }] : [key, value];
      }),
    );
  },
  'another time': (record, random) =>
    JSON.stringify({ ...record, requestReceivedTimestamp: random.pick(TIMES), stageTimestamp: random.pick(TIMES) }),
  'another status': (record, random) => JSON.stringify({ ...record, responseStatus: random.pick(STATUSES) }),
  'another stage': (record, random) =>
    JSON.stringify({
      ...record,
      stage: random.pick(['RequestReceived', 'ResponseStarted', 'Panic', '', 'x', 'Response"']),
    }),
  'another code': (record, random) =>
    JSON.stringify(
      withValue(record, ['responseStatus'], { metadata: {}, code: random.pick([101, 401, 403, 404, 409, 500]) }),
    ),
  'nothing of the kind': (_record, random) =>
    random.pick([
      '',
      '   ',
      'null',
      '[]',
      '"x"',
      '{"kind":"Event"',
      'time="2026" level=info msg="access granted"',
      '{}',
    ]),
};
