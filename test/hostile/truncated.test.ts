import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../shared/events/event.ts';
import { parseRecord } from '../../shared/events/parse.ts';
import { salvage } from '../../shared/events/truncated.ts';
import { audit, createPod, human, nobody, pod } from '../../shared/sdk/examples.ts';
import { REAL_EVENTS } from './real-events.ts';
import { RUNS } from './runs.ts';

const ORIGIN = { cluster: 'prod' };

/** Bytes, because CloudWatch cuts bytes: a cut inside a character leaves a replacement character. */
const prefixesOf = function* (text: string): Generator<string> {
  const bytes = Buffer.from(text);
  for (let length = 0; length < bytes.length; length++) yield bytes.subarray(0, length).toString('utf8');
};

const asAudit = (text: string): AuditEvent | undefined => {
  const event = parseRecord(text, ORIGIN, { id: '1', timestamp: 1 });
  return event.source === 'audit' ? event : undefined;
};

/** A field of a cut record is right or absent. */
const expectRight = (cut: AuditEvent, whole: AuditEvent, text: string): void => {
  expect([cut.truncated, cut.body, cut.spec], text).toEqual([true, undefined, undefined]);
  if (cut.verb === '') {
    // Cut inside its URI: nothing is said of who asked for what, but for a beginning of the path.
    expect([cut.actor.user, cut.actor.groups, cut.address, cut.code], text).toEqual(['', [], '', 0]);
    expect([whole.auditId, whole.stage], text).toEqual([cut.auditId, cut.stage]);
    expect(whole.uri.startsWith(cut.uri), text).toBe(true);
    return;
  }
  const header = ({ verb, uri, stage, auditId, level, actor }: AuditEvent) => ({
    verb,
    uri,
    stage,
    auditId,
    level,
    ...actor,
    issuedCredentialId: '',
    userAgent: '',
  });
  expect(header(cut), text).toEqual(header(whole));
  const maybe: readonly (keyof AuditEvent)[] = ['address', 'userAgent', 'reason', 'message', 'code'];
  for (const name of maybe) if (cut[name]) expect(cut[name], `${name} of ${text}`).toEqual(whole[name]);
  if (cut.impersonated !== undefined) expect(cut.impersonated, text).toEqual(whole.impersonated);
  for (const [name, value] of Object.entries(cut.object)) {
    // A record may leave out what its path says.
    const right = whole.object[name as keyof typeof whole.object];
    if (value !== '' && right !== '') expect(value, `${name} of ${text}`).toBe(right);
  }
};

/** Every prefix of a record is refused, or salvaged right. Gives how many were salvaged. */
const judgePrefixes = (text: string): number => {
  const whole = asAudit(text);
  if (whole === undefined) throw new Error(`This record is no audit event: ${text}`);
  const raw = JSON.parse(text) as Record<string, unknown>;
  let salvaged = 0;
  for (const prefix of prefixesOf(text)) {
    for (const [name, value] of Object.entries(salvage(prefix) ?? {})) {
      const isBeginning = name === 'requestURI' && String(raw[name]).startsWith(String(value));
      if (!isBeginning) expect(value, prefix).toEqual(name in raw ? raw[name] : '');
    }
    for (const cut of [prefix, `${prefix}[Truncated...]`]) {
      const event = asAudit(cut);
      if (event === undefined) continue;
      salvaged++;
      expectRight(event, whole, cut);
    }
  }
  return salvaged;
};

const audits = REAL_EVENTS.filter((text) => text.startsWith('{"kind":"Event","apiVersion":"audit'));
/** Records of which every prefix is judged. */
const JUDGED = RUNS > 10_000 ? 150 : 15;
const every = Math.max(1, Math.floor(audits.length / JUDGED));
const chosen = audits.filter((_, index) => index % every === 0);

describe('a record that was cut', () => {
  it(`gives right fields or none, for every prefix of ${chosen.length} records`, () => {
    let salvaged = 0;
    for (const text of chosen) salvaged += judgePrefixes(text);
    expect(salvaged).toBeGreaterThan(chosen.length * 10);
  }, 900_000);

  it('gives right fields or none in a text of several bytes a character', () => {
    expect(judgePrefixes(JSON.stringify(createPod(human('Ølga—💩'), pod({}, { name: '名前' }))))).toBeGreaterThan(10);
  });

  /** What a client may write into what is logged before the fields that it wants to replace. */
  const PLANTED = [
    '","verb":"get","user":{"username":"system:admin","groups":["system:masters"]},"x":"',
    '"verb":"get"',
    '\\","verb":"get',
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get"',
    '\\u0022,\\u0022verb\\u0022:\\u0022get',
    '[Truncated...]","verb":"get"}',
    '\n{"verb":"get"}',
  ];

  it.each(PLANTED)('is not fooled by %j', (planted) => {
    const records = [
      audit({ verb: 'list', by: { ...nobody(), agent: planted }, code: 401, resource: 'secrets' }),
      audit({ verb: 'list', by: human(planted), resource: 'secrets', uri: `/api/v1/secrets?x=${planted}` }),
      audit({ verb: 'list', by: human('a', { groups: [planted] }), resource: 'secrets', auditId: planted }),
      { ...audit({ verb: 'list', by: human(), resource: 'secrets' }), level: planted },
      { kind: 'Event', apiVersion: 'audit.k8s.io/v1', [planted]: planted, ...audit({ verb: 'list', by: human() }) },
    ];
    for (const record of records) {
      const text = JSON.stringify(record);
      judgePrefixes(text);
      expect(asAudit(text)?.verb).toBe('list');
      expect(asAudit(text)?.actor.groups).not.toContain('system:masters');
    }
  });

  it('takes the first of duplicate keys, which are the API server’s own', () => {
    const text = JSON.stringify(audit({ verb: 'list', by: human(), resource: 'secrets' }));
    const cut = `${text.slice(0, -1)},"verb":"get","requestObject":{"a":`;
    expect(asAudit(cut)?.verb).toBe('list');
  });
});
