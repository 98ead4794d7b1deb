import { describe, expect, it } from 'vitest';
import { observedIn, observedInEvidence, readEvidence, writeEvidence } from '../../../../shared/aggregates/evidence.ts';
import { AUDIT_FIELDS } from '../../../../shared/events/audit-fields.ts';
import type { AuditEvent, KubernetesEvent } from '../../../../shared/events/event.ts';
import { shownValues, valuesOf } from '../../../../shared/events/fields.ts';
import { KUBERNETES_EVENT_FIELDS } from '../../../../shared/events/kubernetes-event-fields.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { eventsQuery } from '../../../../shared/findings/insights-queries.ts';
import type { JsonObject } from '../../../../shared/primitives/json.ts';
import { audit, createPod, human, kubernetesEvent, nobody, pod } from '../../../../shared/sdk/examples.ts';

const ORIGIN = { cluster: 'prod', logGroup: '/aws/eks/prod/cluster', logStream: 'kube-apiserver-audit-1' };
const read = (record: JsonObject) => parseRecord(JSON.stringify(record), ORIGIN);
const request = (record: JsonObject) => read(record) as AuditEvent;

const denied = request(
  audit({
    verb: 'get',
    resource: 'secrets',
    namespace: 'shop',
    name: 'db',
    by: human(),
    code: 403,
    reason: 'Forbidden',
    message: 'no',
    sourceIPs: ['198.51.100.9', '203.0.113.20'],
    impersonated: { username: 'root', groups: ['system:masters'] },
    auditId: 'e4b1c0de-0000-4000-8000-000000000001',
  }),
);

const evidenceOf = (event: Parameters<typeof writeEvidence>[0]) =>
  readEvidence(writeEvidence(event, event.ref, 'weight', 'what happened'));

describe('the fields of a request', () => {
  it.each<[keyof typeof AUDIT_FIELDS, readonly string[]]>([
    ['verb', ['get']],
    ['objectRef.resource', ['secrets']],
    ['objectRef.subresource', []],
    ['user.username', ['alice']],
    ['user.groups', ['developers', 'system:authenticated']],
    ['impersonatedUser.groups', ['system:masters']],
    ['responseStatus.code', ['403']],
    ['sourceIPs', ['198.51.100.9', '203.0.113.20']],
    ['eks.sourceIP', ['203.0.113.20']],
    ['eks.principal', ['arn:aws:iam::111122223333:role/team-alice']],
    ['eks.outcome', ['denied']],
    ['eks.path', ['/api/v1/namespaces/shop/secrets/db']],
    ['eks.object', ['secrets shop/db']],
    ['eks.cluster', ['prod']],
    ['eks.account', []],
    ['eks.country', []],
  ])('%s', (name, values) => {
    expect(valuesOf<AuditEvent>(AUDIT_FIELDS[name], denied)).toEqual(values);
  });

  it('are the record’s own paths, unless they are computed', () => {
    const record = audit({ verb: 'create', by: human(), resource: 'pods', namespace: 'shop', name: 'x' });
    const own = Object.keys(AUDIT_FIELDS).filter(
      (name) => !/^(?:eks|annotations|impersonatedUser)\.|extra\.auth/.test(name),
    );
    const missing = own.filter((name) => {
      const found = name.split('.').reduce<unknown>((value, key) => (value as JsonObject | undefined)?.[key], record);
      return found === undefined;
    });
    expect(missing).toEqual([
      'objectRef.apiGroup',
      'objectRef.subresource',
      'responseStatus.reason',
      'responseStatus.message',
    ]);
  });

  it('are cut and cleaned where they are shown', () => {
    const long = { ...denied.actor, groups: Array.from({ length: 12 }, (_, index) => `${index}-${'x'.repeat(200)}`) };
    const event = Object.assign(Object.create(denied), {}) as AuditEvent;
    Object.defineProperty(event, 'actor', { value: long });
    const shown = shownValues<AuditEvent>(AUDIT_FIELDS['user.groups'], event);
    expect(shown).toHaveLength(10);
    expect(shown[0]).toHaveLength(128);
    expect(
      shownValues<AuditEvent>(AUDIT_FIELDS['eks.principal'], request(audit({ verb: 'get', by: nobody() }))),
    ).toEqual([]);
  });
});

describe('evidence of a request', () => {
  it('keeps what the table says', () => {
    expect(evidenceOf(denied)).toEqual({
      time: '2026-03-02T10:15:00.000Z',
      summary: 'what happened',
      auditId: 'e4b1c0de-0000-4000-8000-000000000001',
      stage: 'ResponseComplete',
      verb: 'get',
      uri: '/api/v1/namespaces/shop/secrets/db',
      code: 403,
      address: '203.0.113.20',
      userAgent: denied.userAgent,
      object: 'secrets shop/db',
      reason: 'Forbidden',
      message: 'no',
      actor: {
        user: 'alice',
        groups: ['developers', 'system:authenticated'],
        arn: 'arn:aws:sts::111122223333:assumed-role/team-alice/alice@example.com',
        canonicalArn: 'arn:aws:iam::111122223333:role/team-alice',
        sessionName: 'alice@example.com',
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        impersonated: { user: 'root', groups: ['system:masters'] },
      },
      logStream: 'kube-apiserver-audit-1',
    });
  });

  it('has a caller and a code even where the record names none', () => {
    const started = request(audit({ verb: 'get', by: nobody(), stage: 'RequestReceived', code: 0 }));
    expect(evidenceOf(started)).toMatchObject({ code: 0, actor: { user: '', groups: [] } });
  });

  it('of an id that is too long names the request by its URI', () => {
    const event = request(audit({ verb: 'get', by: human(), resource: 'secrets', auditId: 'x'.repeat(100) }));
    const evidence = evidenceOf(event);
    expect(evidence?.auditId).toHaveLength(64);
    const query = eventsQuery({
      cluster: 'prod',
      entities: {},
      evidence: evidence === undefined ? [] : [evidence],
      isComplete: true,
      first: 0,
      last: 0,
    });
    expect(query).toContain("filter @message like '/api/v1/secrets'");
  });
});

describe('observed values', () => {
  it('of a request are those of each kind', () => {
    expect([...observedIn(denied)].sort()).toEqual([
      'addresses 203.0.113.20',
      'codes 403',
      'groups developers',
      'groups system:authenticated',
      'messages no',
      'objects secrets shop/db',
      'principals arn:aws:iam::111122223333:role/team-alice',
      'reasons Forbidden',
      'uris /api/v1/namespaces/shop/secrets/db',
      `userAgents ${denied.userAgent}`,
      'users alice',
      'verbs get',
    ]);
  });

  it('are in its evidence, lists and what is computed of the caller aside', () => {
    const evidence = evidenceOf(denied);
    const kept = observedIn(denied).filter((text) => !/^(?:groups|principals) /.test(text));
    expect([...(evidence === undefined ? [] : observedInEvidence(evidence))].sort()).toEqual([...kept].sort());
  });

  it('name the images of a pod', () => {
    const event = request(createPod(human(), pod({ containers: [{ name: 'a', image: 'nginx:1.27' }] })));
    expect(observedIn(event)).toContain('images nginx:1.27');
  });

  it('of a Kubernetes Event are those of each kind', () => {
    const event = read(
      kubernetesEvent({ reason: 'Pulling', message: 'Pulling image "nginx"', pod: 'web', host: 'node-1' }),
    ) as KubernetesEvent;
    expect([...observedIn(event)].sort()).toEqual([
      'hosts node-1',
      'images nginx',
      'messages Pulling image "nginx"',
      'objects pod default/web',
      'reasons Pulling',
    ]);
    expect(evidenceOf(event)).toEqual({
      time: '2026-03-02T10:15:00.000Z',
      summary: 'what happened',
      object: 'pod default/web',
      host: 'node-1',
      reason: 'Pulling',
      message: 'Pulling image "nginx"',
      logStream: 'kube-apiserver-audit-1',
    });
    expect(valuesOf<KubernetesEvent>(KUBERNETES_EVENT_FIELDS['involvedObject.kind'], event)).toEqual(['Pod']);
  });
});
