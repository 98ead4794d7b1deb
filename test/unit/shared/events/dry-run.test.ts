import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import type { JsonObject } from '../../../../shared/primitives/json.ts';
import { audit, human, type RequestParts, truncated } from '../../../../shared/sdk/examples.ts';

const read = (record: JsonObject | string): AuditEvent =>
  parseRecord(typeof record === 'string' ? record : JSON.stringify(record), { cluster: 'example' }) as AuditEvent;

const request = (verb: string, parts: Partial<RequestParts> = {}): JsonObject =>
  audit({
    verb,
    by: human(),
    resource: 'daemonsets.apps',
    namespace: 'falco',
    name: 'falco',
    level: 'RequestResponse',
    ...parts,
  });

const options = (more: JsonObject = {}): JsonObject => ({ kind: 'DeleteOptions', apiVersion: 'apps/v1', ...more });
const QUERY = { query: 'dryRun=All' };

describe('a dry run', () => {
  describe.each(['create', 'update', 'patch'])('of %s', (verb) => {
    it.each([
      'dryRun=All',
      'fieldManager=kubectl&dryRun=All',
      'dry%52un=All',
      'dryRun=%41ll',
      'dryRun',
      'dryRun=',
      'dryRun=All&dryRun=All',
      'a;b&dryRun=All',
    ])('is what the query says: %s', (query) => {
      expect(read(request(verb, { query })).dryRun).toBe(true);
      expect(read(request(verb, { query, level: 'Metadata' })).dryRun).toBe(true);
    });

    it.each(['dryrun=All', 'DryRun=All', 'dryRun=All;', 'dryRun=All%', 'dryRun=%zz', 'dryRun;=All', 'x=dryRun', ''])(
      'is not a query that the API server does not read so: %s',
      (query) => {
        expect(read(request(verb, { query })).dryRun).toBe(false);
      },
    );

    it('is not what the body says', () => {
      expect(read(request(verb, { request: options({ dryRun: ['All'] }) })).dryRun).toBe(false);
    });
  });

  describe.each(['delete', 'deletecollection'])('of %s', (verb) => {
    it('is what the body says, whatever the query says', () => {
      expect(read(request(verb, { request: options({ dryRun: ['All'] }) })).dryRun).toBe(true);
      expect(read(request(verb, { ...QUERY, request: options() })).dryRun).toBe(false);
      expect(read(request(verb, { ...QUERY, request: options({ dryRun: [] }) })).dryRun).toBe(false);
      expect(read(request(verb, { ...QUERY, request: options({ dryRun: ['All'] }) })).dryRun).toBe(true);
    });

    it('is what the query says where there is no body', () => {
      expect(read(request(verb, QUERY)).dryRun).toBe(true);
      expect(read(request(verb, { ...QUERY, level: 'Request' })).dryRun).toBe(true);
      expect(read(request(verb)).dryRun).toBe(false);
    });

    it('is not proved by a record that would not show a body', () => {
      const secret = { resource: 'secrets', namespace: 'shop', name: 'db', level: 'Metadata' };
      expect(read(request(verb, { ...QUERY, ...secret })).dryRun).toBe(false);
      expect(read(request(verb, { ...QUERY, code: 403 })).dryRun).toBe(false);
      expect(read(request(verb, { ...QUERY, stage: 'RequestReceived' })).dryRun).toBe(false);
      expect(read(truncated(request(verb, QUERY))).dryRun).toBe(false);
    });

    it('is not proved by a body of another type', () => {
      for (const body of [null, 'All', ['All'], options({ dryRun: 'All' }), options({ dryRun: [1] })]) {
        expect(read({ ...request(verb, QUERY), requestObject: body }).dryRun).toBe(false);
      }
    });
  });

  it.each(['exec', 'attach', 'portforward', 'proxy'])('is nothing to a connection by %s', (subresource) => {
    for (const verb of ['create', 'get', 'delete', 'update', 'patch']) {
      const parts = { resource: `pods/${subresource}`, query: 'command=id&dryRun=All' };
      expect(read(request(verb, parts)).dryRun).toBe(false);
    }
  });

  it('is nothing to a read, or to a token that is issued', () => {
    for (const verb of ['get', 'list', 'watch']) expect(read(request(verb, QUERY)).dryRun).toBe(false);
    expect(read(request('create', { ...QUERY, resource: 'serviceaccounts/token' })).dryRun).toBe(false);
  });

  it('of an eviction is what either says', () => {
    const eviction = (parts: Partial<RequestParts>) => read(request('create', { resource: 'pods/eviction', ...parts }));
    expect(eviction(QUERY).dryRun).toBe(true);
    expect(eviction({ request: { kind: 'Eviction', deleteOptions: { dryRun: ['All'] } } }).dryRun).toBe(true);
    expect(eviction({ request: { kind: 'Eviction', deleteOptions: {} } }).dryRun).toBe(false);
    expect(eviction({ request: { kind: 'Eviction', dryRun: ['All'] } }).dryRun).toBe(false);
  });
});
