import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { alice, call } from '../../../../shared/sdk/examples.ts';
import { weakenedPolicies } from '../../../../shared/sdk/security-policies.ts';

const CRD = 'customresourcedefinitions.apiextensions.k8s.io';

const weakenedBy = (line: string, code = 200) =>
  weakenedPolicies(parseRecord(JSON.stringify(call(alice, line, { code })), { cluster: 'prod' }) as AuditEvent);

describe('weakenedPolicies', () => {
  it.each([
    ['delete clusterpolicies.kyverno.io x', 200, 'removed', 'clusterpolicies.kyverno.io'],
    [`delete ${CRD} tracingpolicies.cilium.io`, 200, 'removed', 'tracingpolicies.cilium.io'],
    [`delete ${CRD} a.constraints.gatekeeper.sh`, 200, 'removed', 'a.constraints.gatekeeper.sh'],
    [`deletecollection ${CRD}`, 200, 'removed', CRD],
    ['patch policyexceptions.kyverno.io shop/x', 201, 'excepted', 'policyexceptions.kyverno.io'],
    ['patch policyexceptions.kyverno.io shop/x', 200, 'changed', 'policyexceptions.kyverno.io'],
    ['patch a.constraints.gatekeeper.sh x', 200, 'changed', 'a.constraints.gatekeeper.sh'],
  ])('%s (%i): %s', (line, code, how, kind) => {
    expect(weakenedBy(line, code)).toEqual({ how, kind });
  });

  it.each([
    'patch clusterpolicies.kyverno.io/status x',
    'delete evilconstraints.gatekeeper.sh x',
    'create a.constraints.gatekeeper.sh x',
  ])('nothing: %s', (line) => {
    expect(weakenedBy(line)).toBeUndefined();
  });
});
