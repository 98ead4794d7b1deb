import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { alice, call, type RequestParts } from '../../../../shared/sdk/examples.ts';
import { writtenOf } from '../../../../shared/sdk/written-part.ts';

const asked = { data: { a: '1' } };
const stored = { data: { a: '1', b: '2' } };

const written = (verb: string, parts: Partial<RequestParts>) =>
  writtenOf(parseRecord(JSON.stringify(call(alice, `${verb} widgets x`, parts)), { cluster: 'prod' }) as AuditEvent);

describe('writtenOf', () => {
  it('is the changed part of a patch', () => {
    expect(written('patch', { request: asked, response: stored })).toEqual(asked);
  });

  it('is what was stored, webhooks included, of a whole object', () => {
    expect(written('update', { request: asked, response: stored })).toEqual(stored);
  });

  it('is what was stored where a patch copies', () => {
    const request = [{ op: 'copy', from: '/data/a', path: '/data/b' }];
    expect(written('patch', { request, response: stored })).toEqual(stored);
  });

  it('is nothing without a body', () => {
    expect(written('patch', {})).toBeUndefined();
  });
});
