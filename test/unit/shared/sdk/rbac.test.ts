import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import type { JsonObject } from '../../../../shared/primitives/json.ts';
import { dangerousGrantsOf, escalationsOf, isDangerous, wildcardOf } from '../../../../shared/sdk/dangerous-grants.ts';
import { account, element, human, user, writeBinding, writeRole } from '../../../../shared/sdk/examples.ts';
import { grants, powerOf, type RoleRule, requestedBinding, requestedRole } from '../../../../shared/sdk/rbac.ts';

const read = (record: JsonObject) => parseRecord(JSON.stringify(record), { cluster: 'example' }) as AuditEvent;
const rule = (verbs: string[], resources: string[], groups = [''], names: string[] = []): RoleRule => ({
  verbs,
  groups,
  resources,
  names,
});

describe('an element grants', () => {
  it.each([
    [rule(['get'], ['pods']), true],
    [rule(['*'], ['*'], ['*']), true],
    [rule(['list'], ['pods']), false],
    [rule(['get'], ['pods'], ['apps']), false],
    [rule(['get'], ['pods/exec']), false],
    [rule([], []), false],
  ])('get pods: %j %s', (given, expected) => {
    expect(grants(given, ['get'], '', 'pods')).toBe(expected);
  });

  it.each([
    [['pods/exec'], true],
    [['*'], true],
    [['*/exec'], true],
    [['pods'], false],
    [['pods/*'], false],
    [['*/attach'], false],
  ])('create pods/exec by resources %j: %s', (resources, expected) => {
    expect(grants(rule(['create'], resources), ['create'], '', 'pods/exec')).toBe(expected);
  });
});

describe('a wildcard', () => {
  it.each([
    [rule(['*'], ['*'], ['*']), 'all'],
    [rule(['*'], ['*']), 'all'],
    [rule(['get', '*'], ['pods', '*']), 'all'],
    [rule(['get'], ['*']), 'some'],
    [rule(['*'], ['pods']), 'some'],
    [rule(['*'], ['*'], ['apps']), 'some'],
    [rule(['*'], ['*'], ['example.com']), undefined],
    [rule(['*'], ['*'], ['*'], ['one']), undefined],
    [rule(['*'], ['*'], ['*'], ['']), 'all'],
    [rule(['*'], ['*'], ['*'], ['one', '']), 'all'],
    [rule(['list'], ['*'], ['*'], ['']), 'some'],
    [rule(['get', 'patch'], ['*'], ['*'], ['']), undefined],
    [rule(['get'], ['pods']), undefined],
  ])('%j is %s', (given, expected) => {
    expect(wildcardOf(given)).toBe(expected);
  });
});

describe('escalating verbs', () => {
  const RBAC = ['rbac.authorization.k8s.io'];
  it.each([
    [rule(['escalate'], ['roles'], RBAC), ['escalate']],
    [rule(['bind'], ['clusterroles'], RBAC, ['view']), []],
    [rule(['bind'], ['clusterroles'], RBAC, ['view', 'edit']), ['bind']],
    [rule(['impersonate'], ['userextras/scopes', 'uids'], ['authentication.k8s.io']), ['impersonate']],
    [rule(['impersonate'], ['userextras/scopes'], ['authentication.k8s.io']), ['impersonate']],
    [rule(['impersonate'], ['userextras/example.com%2fproject'], ['*']), ['impersonate']],
    [rule(['impersonate'], ['*/scopes'], ['authentication.k8s.io']), ['impersonate']],
    [rule(['impersonate'], ['userextras/scopes'], ['']), []],
    [rule(['get'], ['userextras/scopes'], ['authentication.k8s.io']), []],
    [rule(['impersonate:user-info'], ['users'], ['authentication.k8s.io']), ['impersonate:user-info']],
    [rule(['bind'], ['pods'], RBAC), []],
    [rule(['get'], ['roles'], RBAC), []],
  ])('%j: %j', (given, verbs) => {
    expect(escalationsOf(given).map(({ verb }) => verb)).toEqual(verbs);
  });
});

describe('a role', () => {
  const written = (rules: readonly JsonObject[], parts = {}) => requestedRole(read(writeRole(human(), rules, parts)));

  it('is read element by element', () => {
    const role = written([element(['*'], ['widgets'], ['example.com']), element(['get'], ['secrets'])]);
    expect(role && dangerousGrantsOf(role)).toEqual(['secrets']);
    expect(role && isDangerous(role)).toBe(false);
  });

  it('is read from what was stored when a patch touches its rules, and not otherwise', () => {
    const stored = { kind: 'ClusterRole', rules: [element(['*'], ['*'], ['*'])] };
    const patched = (request: unknown) => written([], { verb: 'patch', request: request as never, response: stored });
    expect(patched([{ op: 'add', path: '/rules/0/verbs/-', value: '*' }])).toSatisfy(isDangerous);
    expect(patched({ metadata: { labels: {} } })).toBeUndefined();
    // Nothing tells what these set, so the result is judged.
    expect(patched([{ op: 'copy', from: '/metadata/annotations/x', path: '/rules' }])).toSatisfy(isDangerous);
    expect(patched([{ op: 'replace', path: '', value: {} }])).toSatisfy(isDangerous);
    expect(
      patched([
        { op: 'add', path: '/metadata/labels/x', value: 'y' },
        { op: 'move', from: '/a', path: '/rules/0' },
      ]),
    ).toSatisfy(isDangerous);
  });

  const named = (verbs: string[], resources: string[], name: string, groups = ['']) => ({
    ...element(verbs, resources, groups),
    resourceNames: [name],
  });
  it.each<[JsonObject, readonly string[]]>([
    [named(['list'], ['secrets'], ''), ['secrets']],
    [named(['watch', 'get'], ['secrets'], ''), ['secrets']],
    [named(['*'], ['secrets'], ''), ['secrets']],
    [named(['get'], ['secrets'], ''), []],
    [named(['get', 'create'], ['secrets'], ''), []],
    [named(['list'], ['secrets'], 'own'), []],
    // A token is asked for by the name of its account.
    [named(['create'], ['serviceaccounts/token'], ''), []],
    [named(['create'], ['mutatingwebhookconfigurations'], '', ['admissionregistration.k8s.io']), ['mutating webhooks']],
    [named(['update'], ['mutatingwebhookconfigurations'], '', ['admissionregistration.k8s.io']), []],
  ])('with names is as wide as they are: %j', (given, what) => {
    const role = written([given]);
    expect(role && dangerousGrantsOf(role)).toEqual(what);
  });

  it('of everything that names no object is dangerous', () => {
    expect(written([named(['*'], ['*'], '', ['*'])])).toSatisfy(isDangerous);
    expect(written([named(['*'], ['*'], 'own', ['*'])])).not.toSatisfy(isDangerous);
  });

  it('survives strange bodies', () => {
    for (const rules of [null, 'x', [null, 7, { verbs: '*', resources: { a: 1 } }]])
      expect(written([], { request: { rules } })?.rules.flatMap(({ verbs }) => verbs)).toEqual([]);
  });
});

describe('a binding', () => {
  const subjectsOf = (subjects: readonly JsonObject[], parts = {}) =>
    requestedBinding(read(writeBinding(human(), 'cluster-admin', subjects, parts)))?.subjects.map(({ name }) => name);

  it('names a service account however it is written', () => {
    expect(subjectsOf([account('shop', 'default'), user('system:serviceaccount:shop:default')])).toEqual([
      'shop/default',
      'shop/default',
    ]);
    expect(subjectsOf([{ kind: 'ServiceAccount', name: 'default' }], { namespace: 'team' })).toEqual(['team/default']);
  });

  it('without subjects is none', () => {
    expect(subjectsOf([])).toBeUndefined();
  });

  it.each([
    ['clusterrole', 'cluster-admin', 'all'],
    ['clusterrole', 'system:controller:clusterrole-aggregation-controller', 'all'],
    ['clusterrole', 'edit', 'much'],
    ['clusterrole', 'view', undefined],
    ['clusterrole', 'system:auth-delegator', undefined],
    ['role', 'cluster-admin', undefined],
  ])('to %s %s has power %s', (kind, name, power) => {
    expect(powerOf({ kind, name })).toBe(power);
  });
});
