import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { audit, human, type RequestParts } from '../../../../shared/sdk/examples.ts';
import { saidRequest } from '../../../../shared/sdk/said-request.ts';

const said = (parts: Partial<RequestParts>, how?: string): string => {
  const record = audit({ verb: 'get', by: human(), resource: 'secrets', namespace: 'shop', ...parts });
  return saidRequest(parseRecord(JSON.stringify(record), { cluster: 'prod' }) as AuditEvent, how);
};

describe('saidRequest', () => {
  it.each<[string, Partial<RequestParts>]>([
    ['alice read secret shop/db', { name: 'db' }],
    ['alice listed secrets in namespace shop', { verb: 'list' }],
    ['alice listed nodes', { verb: 'list', resource: 'nodes', namespace: '' }],
    ['alice read secrets in namespace shop', { verb: 'watch' }],
    ['alice created secret shop/db', { verb: 'create', name: 'db' }],
    ['alice changed secret shop/db', { verb: 'patch', name: 'db' }],
    ['alice changed secret shop/db', { verb: 'update', name: 'db' }],
    ['alice deleted secret shop/db', { verb: 'delete', name: 'db' }],
    ['alice deleted secrets in namespace shop', { verb: 'deletecollection' }],
    ['alice used exec of pod shop/web-0', { verb: 'create', resource: 'pods/exec', name: 'web-0' }],
    ['alice requested secret shop/db', { verb: 'options', name: 'db' }],
    ['alice requested /metrics', { resource: '', namespace: '', uri: '/metrics' }],
    ['alice was denied deleting secret shop/db', { verb: 'delete', name: 'db', code: 403 }],
    ['alice tried to delete secret shop/db', { verb: 'delete', name: 'db', code: 404 }],
  ])('%s', (summary, parts) => {
    expect(said(parts)).toBe(summary);
  });

  it('adds how it was done', () => {
    expect(said({ name: 'db' }, ' by curl')).toBe('alice read secret shop/db by curl');
  });
});
