import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { changesNothing, isEmptied } from '../../../../shared/sdk/admission.ts';
import { audit, type Caller, human, type RequestParts, serviceAccount } from '../../../../shared/sdk/examples.ts';

const INJECTOR = serviceAccount('cert-manager', 'cert-manager-cainjector');
const CA = { caBundle: 'LS0t' };
const RENEWAL = { webhooks: [{ name: 'a', clientConfig: CA }] };
const CA_PATH = '/webhooks/0/clientConfig/caBundle';
const KIND = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' };

const event = (request: unknown, by: Caller = INJECTOR, parts: Partial<RequestParts> = {}): AuditEvent =>
  parseRecord(
    JSON.stringify(
      audit({
        verb: 'patch',
        by,
        resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
        name: 'deny',
        request: request as never,
        ...parts,
      }),
    ),
    { cluster: 'example' },
  ) as AuditEvent;

describe('a patch that changes nothing', () => {
  it.each<[string, unknown, Partial<RequestParts>?]>([
    ['a merge patch', RENEWAL],
    ['a strategic merge patch', { ...RENEWAL, '$setElementOrder/webhooks': [{ name: 'a' }, { name: 'b' }] }],
    ['a JSON patch', [{ op: 'replace', path: CA_PATH, value: 'LS0t' }]],
    [
      'a JSON patch with a test',
      [
        { op: 'test', path: CA_PATH, value: 'b2xk' },
        { op: 'add', path: CA_PATH, value: 'LS0t' },
      ],
    ],
    ['an apply', { ...KIND, metadata: { name: 'deny' }, ...RENEWAL }, { query: 'fieldManager=cainjector&force=true' }],
    ['one that the answer shows whole', RENEWAL, { response: { ...KIND, webhooks: [{ name: 'a' }] } }],
  ])('renews certificates by a workload, as %s', (_form, request, parts) => {
    expect(changesNothing(event(request, INJECTOR, parts))).toBe(true);
    expect(changesNothing(event(request, human(), parts))).toBe(false);
    expect(changesNothing(event(request, human('system:serviceaccount:cert-manager:cainjector'), parts))).toBe(false);
  });

  it.each<[string, unknown]>([
    ['labels', { metadata: { labels: { a: 'b', c: null } } }],
    ['annotations', { metadata: { annotations: { 'meta.helm.sh/release-name': 'x' } } }],
    ['labels by a JSON patch', [{ op: 'add', path: '/metadata/labels/a', value: 'b' }]],
    ['an annotation that goes', [{ op: 'remove', path: '/metadata/annotations/a~1b' }]],
  ])('sets %s, whoever does it', (_what, request) => {
    expect(changesNothing(event(request, human()))).toBe(true);
    expect(changesNothing(event(request))).toBe(true);
  });
});

describe('a patch that changes something', () => {
  it.each<[string, unknown, Partial<RequestParts>?]>([
    ['removes a webhook', [{ op: 'remove', path: '/webhooks/0' }]],
    ['removes all', [{ op: 'remove', path: '/webhooks' }]],
    ['replaces all by none', [{ op: 'replace', path: '/webhooks', value: [] }]],
    [
      'removes one and renews the next',
      [
        { op: 'remove', path: '/webhooks/0' },
        { op: 'replace', path: CA_PATH, value: 'x' },
      ],
    ],
    [
      'renews one and removes the next',
      [
        { op: 'replace', path: CA_PATH, value: 'x' },
        { op: 'remove', path: '/webhooks/1' },
      ],
    ],
    ['moves one away', [{ op: 'move', from: '/webhooks/0', path: '/metadata/annotations/x' }]],
    ['removes the authority', [{ op: 'remove', path: CA_PATH }]],
    ['empties the authority', [{ op: 'replace', path: CA_PATH, value: '' }]],
    ['holds no operation', ['x']],
    ['replaces the metadata', [{ op: 'replace', path: '/metadata', value: {} }]],
    ['sets an empty list', { webhooks: [] }],
    ['sets null', { webhooks: null }],
    ['lists null', { webhooks: [null] }],
    ['lists no authority', { webhooks: [{ name: 'a' }] }],
    ['sets the authority to nothing', { webhooks: [{ name: 'a', clientConfig: { caBundle: null } }] }],
    ['deletes one by directive', { webhooks: [{ name: 'a', $patch: 'delete' }] }],
    ['deletes one beside a renewal', { webhooks: [...RENEWAL.webhooks, { name: 'b', $patch: 'delete' }] }],
    ['replaces the list by directive', { webhooks: [{ $patch: 'replace' }] }],
    ['replaces the object', { $patch: 'replace', ...RENEWAL }],
    ['deletes the object', { $patch: 'delete' }],
    ['keeps only an order', { '$setElementOrder/webhooks': [], webhooks: [] }],
    ['retains only the authority', { webhooks: [{ name: 'a', clientConfig: { ...CA, $retainKeys: ['caBundle'] } }] }],
    ['retains no webhooks', { $retainKeys: ['metadata'] }],
    ['replaces where it leads', { webhooks: [{ name: 'a', clientConfig: { ...CA, $patch: 'replace' } }] }],
    ['ignores failures', { webhooks: [{ name: 'a', clientConfig: CA, failurePolicy: 'Ignore' }] }],
    ['applies no webhooks', { ...KIND, metadata: { name: 'deny' } }, { query: 'fieldManager=helm&force=true' }],
    ['applies less than before', { ...KIND, metadata: { name: 'deny' }, ...RENEWAL }, { query: 'fieldManager=helm' }],
    ['applies as nobody', { ...KIND, metadata: { name: 'deny' }, ...RENEWAL }],
    ['applies none as the injector', { ...KIND, metadata: { name: 'deny' } }, { query: 'fieldManager=cainjector' }],
    ['leaves none, as the answer shows', RENEWAL, { response: { ...KIND, metadata: { name: 'deny' } } }],
    ['names an owner', { metadata: { ownerReferences: [{ kind: 'Pod', name: 'gone', uid: 'x' }] } }],
    ['has an authority put in', { metadata: { annotations: { 'cert-manager.io/inject-ca-from': 'x/y' } } }],
    [
      'has one put in by a JSON patch',
      [{ op: 'add', path: '/metadata/annotations/cert-manager.io~1inject-ca-from', value: 'x/y' }],
    ],
    [
      'has one put in with others',
      [{ op: 'add', path: '/metadata/annotations', value: { 'cert-manager.io/inject-ca-from': 'x' } }],
    ],
    ['sets a policy', { spec: {} }],
  ])('%s', (_what, request, parts) => {
    expect(changesNothing(event(request, INJECTOR, parts))).toBe(false);
    expect(changesNothing(event(request, human(), parts))).toBe(false);
  });

  it('is every write that is no patch, and a record without its body', () => {
    expect(changesNothing(event(RENEWAL, INJECTOR, { verb: 'update' }))).toBe(false);
    expect(changesNothing(event(undefined))).toBe(false);
  });

  it('is a renewal in the name of a workload', () => {
    const impersonated = { username: 'system:serviceaccount:cert-manager:cert-manager-cainjector' };
    expect(changesNothing(event(RENEWAL, human(), { impersonated }))).toBe(false);
    expect(changesNothing(event(RENEWAL, INJECTOR, { impersonated }))).toBe(false);
  });
});

describe('a configuration is emptied', () => {
  const stored = { ...KIND, metadata: { name: 'deny' } };
  it.each<[string, unknown, Partial<RequestParts>, boolean]>([
    ['by an update', { ...stored, webhooks: [] }, { verb: 'update' }, true],
    ['by an update that leaves them out', stored, { verb: 'update', response: stored }, true],
    ['by a patch', [{ op: 'remove', path: '/webhooks/0' }], { response: { ...stored, webhooks: [] } }, true],
    ['by an update without an answer', stored, { verb: 'update' }, true],
    ['by null', { webhooks: null }, {}, true],
    ['not by one of two', [{ op: 'remove', path: '/webhooks/0' }], { response: { ...stored, webhooks: [{}] } }, false],
    ['perhaps, when nothing tells', [{ op: 'remove', path: '/webhooks/0' }], {}, false],
    ['not by being made', stored, { verb: 'create', response: stored }, false],
    ['not by labels', { metadata: { labels: {} } }, {}, false],
    [
      'not as a policy',
      { webhooks: [] },
      { resource: 'validatingadmissionpolicies.admissionregistration.k8s.io' },
      false,
    ],
  ])('%s', (_how, request, parts, expected) => {
    expect(isEmptied(event(request, human(), parts))).toBe(expected);
  });
});
