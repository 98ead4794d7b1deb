import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportBatch } from '../../functions/detect/report.ts';
import { clean } from '../../shared/primitives/clean-text.ts';
import { findingsFrom, ORIGIN, outputsOf, passed } from './everything.ts';
import { REAL_EVENTS } from './real-events.ts';
import { PATIENCE, runs } from './runs.ts';

/** Never a word that stands in a real record; every secret below holds it. */
const CORE = 'c0FfEe5eCrEt';

const JWT = `eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJ${CORE}9.${CORE}-sig_nature`;

/** Secrets in texts that a client or a controller writes, with what stands around them. */
const LEAKS = [
  JWT,
  `Bearer ${JWT}`,
  `x${JWT}`,
  `Authorization: Bearer ${CORE}${CORE}`,
  `authorization=Basic ${CORE}`,
  `{"Authorization":"Bearer ${CORE}"}`,
  `curl -H "Authorization: token ${CORE}"`,
  `k8s-aws-v1.${CORE}`,
  `?token=${CORE}`,
  `?access_token=${CORE}&watch=1`,
  `?X-Amz-Security-Token=${CORE}&X-Amz-Signature=${CORE}&X-Amz-Credential=${CORE}`,
  `id_token%3D${CORE}`,
  `--token ${CORE}`,
  `--password=${CORE}`,
  `DB_PASSWORD=${CORE}`,
  `AWS_SECRET_ACCESS_KEY=${CORE}`,
  `{"name":"DB_PASSWORD","value":"${CORE}"}`,
  `{"env":[{"name":"ANYTHING","value":"${CORE}"}]}`,
  `{\\"name\\":\\"X\\",\\"value\\":\\"${CORE}\\"}`,
  `{"client_secret": "${CORE}"}`,
  `kubectl.kubernetes.io/last-applied-configuration: {"data":{"a":"${CORE}"}}`,
  `https://user:${CORE}@example.com/`,
  `-----BEGIN RSA PRIVATE KEY-----\n${CORE}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN PRIVATE KEY-----\n${CORE}`,
];

type Fields = Record<string, unknown>;
const inside = (record: Fields, key: string): Fields => {
  const value = record[key];
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
};

/** Puts a secret where clients, controllers and people put them. */
const PLACES: readonly ((record: Fields, secret: string) => Fields)[] = [
  (record, secret) => ({ ...record, userAgent: `curl/8 ${secret}` }),
  (record, secret) => ({ ...record, requestURI: `${record['requestURI']}?a=b&c=${secret}` }),
  (record, secret) => ({ ...record, requestURI: `${record['requestURI']}?${secret}` }),
  (record, secret) => ({
    ...record,
    responseStatus: { ...inside(record, 'responseStatus'), message: `rejected: ${secret}`, reason: secret },
  }),
  (record, secret) => ({ ...record, user: { ...inside(record, 'user'), username: secret, groups: [secret] } }),
  (record, secret) => ({ ...record, message: `Pulling image "nginx" ${secret}` }),
  (record, secret) => ({ ...record, objectRef: { ...inside(record, 'objectRef'), name: secret } }),
  (record, secret) => ({ ...record, impersonatedUser: { username: secret, groups: [secret] } }),
];

/** A value that nothing around it calls a secret: it is one by where it stands. */
const inBody = (record: Fields): Fields => {
  const written = (object: Fields): Fields => {
    const metadata = inside(object, 'metadata');
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":"${CORE}"}` };
    const containers = [{ name: 'main', image: 'nginx', env: [{ name: 'GREETING', value: CORE }] }];
    const before = inside(object, 'spec')['containers'];
    const spec = { ...inside(object, 'spec'), containers: [...(Array.isArray(before) ? before : []), ...containers] };
    return { ...object, metadata: { ...metadata, annotations }, spec, data: { a: CORE }, stringData: { b: CORE } };
  };
  return {
    ...record,
    requestObject: written(inside(record, 'requestObject')),
    responseObject: written(inside(record, 'responseObject')),
  };
};

const everythingSaid = async (record: Fields): Promise<string> => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const pass = passed([JSON.stringify(record)]);
  reportBatch({ origin: ORIGIN, result: pass }, { written: 1, overflowed: 0 });
  const logged = log.mock.calls.flat().join('\n');
  log.mockRestore();
  return [logged, ...(await findingsFrom(pass)).flatMap(outputsOf)].join('\n');
};

const leaks = (text: string): string => {
  const index = text.indexOf(CORE);
  return index < 0 ? '' : text.slice(Math.max(0, index - 80), index + 40);
};

afterEach(() => vi.restoreAllMocks());

describe('a secret', () => {
  it.each(LEAKS)('is gone from %j', (secret) => {
    expect(clean(secret)).not.toContain(CORE);
    expect(clean(`before ${secret} after`)).toMatch(/^before .*(redacted|JWT|token|key)/);
  });

  it('is gone wherever in a text it stands, the edges of what is looked at included', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LEAKS),
        fc.nat(1_200),
        fc.constantFrom('x ', 'é ', `${JWT} `),
        (secret, before, filler) => {
          // Where the cut comes before a secret has ended, less than four characters of it may stay; CORE is longer.
          expect(clean(filler.repeat(before / filler.length) + secret)).not.toContain(CORE);
        },
      ),
      runs(0.3),
    );
  });

  it(
    'leaves a record by no way out, wherever clients put it',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...REAL_EVENTS),
          fc.constantFrom(...PLACES),
          fc.constantFrom(...LEAKS),
          async (text, place, secret) => {
            expect(leaks(await everythingSaid(place(JSON.parse(text), secret)))).toBe('');
          },
        ),
        runs(0.2),
      );
    },
    PATIENCE,
  );

  it(
    'leaves a body by no way out: environment values, data, last-applied-configuration',
    async () => {
      for (const text of REAL_EVENTS) expect(leaks(await everythingSaid(inBody(JSON.parse(text))))).toBe('');
    },
    PATIENCE,
  );

  it('is no reason to redact names and words', () => {
    for (const text of [
      'HarveyJones',
      'token-reader',
      'alice read Secret default/db-password',
      '/api/v1/namespaces/default/serviceaccounts/web/token',
      'the basic idea',
    ])
      expect(clean(text)).toBe(text);
  });
});
