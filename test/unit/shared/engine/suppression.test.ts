import { describe, expect, it } from 'vitest';
import type { Sighting } from '../../../../shared/engine/engine.ts';
import { createSuppressor, SUPPRESSIBLE, SUPPRESSION_ALIASES } from '../../../../shared/engine/suppression.ts';
import { AUDIT_FIELDS } from '../../../../shared/events/audit-fields.ts';
import type { Event } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { audit, human, kubernetesEvent } from '../../../../shared/sdk/examples.ts';

const ORIGIN = { cluster: 'prod', account: '111122223333', region: 'eu-west-1' };
const request = audit({
  verb: 'create',
  resource: 'pods/exec',
  namespace: 'shop',
  name: 'web',
  by: human('alice', { groups: ['dev'] }),
  code: 403,
});
const [ofRequest, ofPod] = [request, kubernetesEvent({ reason: 'Pulling', message: 'x', pod: 'web' })].map(
  (record) => parseRecord(JSON.stringify(record), ORIGIN) as Event,
) as [Event, Event];

const suppresses = (event: Event, where: Readonly<Record<string, readonly string[]>>): boolean => {
  const sighting = { rule: { detection: { id: 'x' } }, event, entities: { image: 'nginx' } } as unknown as Sighting;
  return createSuppressor([{ detections: ['*'], where, reason: 'r' }])(sighting) !== undefined;
};

describe('a suppression of a request', () => {
  it.each([
    ['cluster', 'prod'],
    ['eks.cluster', 'prod'],
    ['account', '111122223333'],
    ['eks.account', '1111*'],
    ['region', 'eu-*'],
    ['eks.region', 'eu-west-1'],
    ['user', 'alice'],
    ['user.username', 'alice'],
    ['group', 'dev'],
    ['user.groups', 'dev'],
    ['principal', '*role/team-alice'],
    ['eks.principal', '*role/team-alice'],
    ['user.extra.arn', 'arn:aws:sts::*'],
    ['address', '203.0.113.20'],
    ['eks.sourceIP', '203.0.113.*'],
    ['userAgent', 'kubectl/*'],
    ['namespace', 'shop'],
    ['objectRef.namespace', 'shop'],
    ['name', 'web'],
    ['resource', 'pods/exec'],
    ['objectRef.subresource', 'exec'],
    ['object', 'pods/exec shop/web'],
    ['verb', 'create'],
    ['responseStatus.code', '403'],
    ['eks.outcome', 'denied'],
    ['entity.image', 'nginx'],
  ])('looks at %s', (name, value) => {
    expect(suppresses(ofRequest, { [name]: [value] })).toBe(true);
    expect(suppresses(ofRequest, { [name]: [`${value}x`] })).toBe(false);
  });

  it('needs every field, and one of its patterns', () => {
    expect(suppresses(ofRequest, { user: ['bob', 'alice'], account: ['111122223333'] })).toBe(true);
    expect(suppresses(ofRequest, { user: ['alice'], account: ['444455556666'] })).toBe(false);
  });

  it('takes what is missing for an empty text', () => {
    expect(suppresses(ofRequest, { 'impersonatedUser.username': ['*'] })).toBe(true);
    expect(suppresses(ofRequest, { 'impersonatedUser.groups': ['*'] })).toBe(false);
    expect(suppresses(ofPod, { user: ['alice'] })).toBe(false);
  });
});

describe('a suppression of a Kubernetes Event', () => {
  it.each([
    ['region', 'eu-west-1'],
    ['namespace', 'default'],
    ['involvedObject.name', 'web'],
    ['resource', 'pod'],
    ['object', 'pod default/web'],
    ['reason', 'Pulling'],
  ])('looks at %s', (name, value) => {
    expect(suppresses(ofPod, { [name]: [value] })).toBe(true);
  });
});

describe('the names', () => {
  it('leave out what would hide something else, or what a client chooses to be suppressed by', () => {
    expect(SUPPRESSIBLE).not.toContain('eks.images');
    expect(SUPPRESSIBLE).not.toContain('sourceIPs');
  });

  it('are those of the tables, and the short ones', () => {
    const names = Object.keys(AUDIT_FIELDS).filter((name) => name !== 'eks.images' && name !== 'sourceIPs');
    expect(SUPPRESSIBLE).toEqual(expect.arrayContaining([...names, 'involvedObject.kind', ...SUPPRESSION_ALIASES]));
    const known = ['cluster', 'user', 'group', 'principal', 'address', 'userAgent', 'namespace', 'name', 'resource'];
    expect(SUPPRESSION_ALIASES).toEqual(expect.arrayContaining([...known, 'object', 'verb', 'account', 'region']));
  });
});
