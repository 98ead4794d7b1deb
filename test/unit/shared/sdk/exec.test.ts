import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { exec } from '../../../../shared/sdk/examples.ts';
import { replicasOf } from '../../../../shared/sdk/exec.ts';

describe('the replicas that a pod is one of', () => {
  it.each([
    ['web-7c5ddbdf54-x2x4k', 'shop/web-*'],
    ['agent-x2x4k', 'shop/agent-*'],
    ['sweep-29481230-x2x4k', 'shop/sweep-*'],
    ['db-0', 'shop/db-*'],
    ['web', 'shop/web'],
    ['web-cache', 'shop/web-cache'],
    ['api-7c5ddbdf54', 'shop/api-7c5ddbdf54'],
  ])('%s', (name, replicas) => {
    const event = parseRecord(JSON.stringify(exec('sh', { name })), { cluster: 'prod' }) as AuditEvent;
    expect(replicasOf(event)).toBe(replicas);
  });
});
