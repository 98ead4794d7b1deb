import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { extensionOf } from '../../../../shared/sdk/api-extensions.ts';
import { alice, call } from '../../../../shared/sdk/examples.ts';

const request = { spec: { service: { namespace: 'shop', name: 'x' } } };

const reachOf = (name: string): string | undefined => {
  const record = call(alice, `create apiservices.apiregistration.k8s.io ${name}`, { request });
  return extensionOf(parseRecord(JSON.stringify(record), { cluster: 'prod' }) as AuditEvent)?.reach;
};

describe('the reach of an APIService', () => {
  it.each([
    ['v1.', 'own'],
    ['v1.apps', 'own'],
    ['v1.rbac.authorization.k8s.io', 'own'],
    ['v1beta1.metrics.k8s.io', 'metrics'],
    ['v1beta2.custom.metrics.k8s.io', 'metrics'],
    ['v1beta1.visibility.kueue.x-k8s.io', 'other'],
    ['v3.projectcalico.org', 'other'],
    ['', 'other'],
  ])('%s: %s', (name, reach) => {
    expect(reachOf(name)).toBe(reach);
  });
});
