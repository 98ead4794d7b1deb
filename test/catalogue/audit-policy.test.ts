import { describe, expect, it } from 'vitest';
import { createEngine } from '../../shared/engine/engine.ts';
import { ruleOf } from '../../shared/engine/rule.ts';
import type { AuditEvent } from '../../shared/events/event.ts';
import { parseRecord } from '../../shared/events/parse.ts';
import type { AnyDetection } from '../../shared/sdk/detection.ts';
import { hasRequestBody, type Level, levelOf, type PolicyRequest } from '../support/audit-policy.ts';
import { detectionFiles, loadDetection } from '../support/detection-files.ts';
import { locateExample } from '../support/example-places.ts';

const ORIGIN = { cluster: 'example', locate: locateExample };

const NOTHING: PolicyRequest = {
  user: 'alice',
  groups: [],
  verb: 'get',
  resource: '',
  subresource: '',
  group: '',
  namespace: '',
  name: '',
  path: '/',
};

describe('the audit policy of EKS', () => {
  it.each<[string, Level, Partial<PolicyRequest>]>([
    ['a pod is created', 'RequestResponse', { verb: 'create', resource: 'pods', namespace: 'default' }],
    ['a command runs in a pod', 'Request', { verb: 'get', resource: 'pods', subresource: 'exec' }],
    ['a secret is written', 'Metadata', { verb: 'create', resource: 'secrets', namespace: 'default' }],
    [
      'CoreDNS is configured',
      'Metadata',
      { verb: 'patch', resource: 'configmaps', namespace: 'kube-system', name: 'coredns' },
    ],
    [
      'aws-auth is changed',
      'RequestResponse',
      { verb: 'patch', resource: 'configmaps', namespace: 'kube-system', name: 'aws-auth' },
    ],
    [
      'aws-auth is created',
      'Metadata',
      { verb: 'create', resource: 'configmaps', namespace: 'kube-system', name: 'aws-auth' },
    ],
    ['a core Event is deleted', 'None', { verb: 'deletecollection', resource: 'events' }],
    [
      'an Event of events.k8s.io is deleted',
      'Metadata',
      { verb: 'deletecollection', resource: 'events', group: 'events.k8s.io' },
    ],
    ['a custom resource is written', 'Metadata', { verb: 'create', resource: 'workflows', group: 'argoproj.io' }],
    [
      'a kubelet reports on a pod',
      'Request',
      { verb: 'patch', resource: 'pods', subresource: 'status', groups: ['system:nodes'] },
    ],
    ['a kubelet reads its node', 'None', { resource: 'nodes', groups: ['system:nodes'] }],
    ['a token is requested', 'Request', { verb: 'create', resource: 'serviceaccounts', subresource: 'token' }],
    ['health by its old name', 'None', { path: '/healthz/etcd' }],
    ['health by its new name', 'Metadata', { path: '/readyz' }],
  ])('%s: %s', (_what, level, request) => {
    expect(levelOf({ ...NOTHING, ...request })).toBe(level);
  });
});

/** What the policy sees of a record. */
const requestOf = ({ actor, verb, object, path }: AuditEvent): PolicyRequest => ({
  ...object,
  user: actor.user,
  groups: actor.groups,
  verb,
  path,
});

/** The audit events of examples that the detection matched; Kubernetes Events reach it by another way. */
const matchedBy = (detection: AnyDetection, examples: readonly unknown[]): readonly AuditEvent[] => {
  const engine = createEngine([ruleOf(detection)]);
  return examples.flat().flatMap((record) => {
    const event = parseRecord(typeof record === 'string' ? record : JSON.stringify(record), ORIGIN);
    if (event.source !== 'audit') return [];
    return engine.detect(event).sightings.length > 0 ? [event] : [];
  });
};

describe.each(detectionFiles())('%s on EKS', async (file) => {
  const { detection, fires } = await loadDetection(file);
  const readsBodiesOnly = detection.audit.length > 0 && detection.audit.every(({ level }) => level === 'request');
  const matched = matchedBy(detection, Object.values(fires));
  const logged = matched.filter((event) => levelOf(requestOf(event)) !== 'None');

  it('fires on something that EKS logs, or on Kubernetes Events', () => {
    expect(logged.length > 0 || detection.audit.length === 0).toBe(true);
  });

  it.each(Object.entries(fires))('is logged: %s', (_summary, example) => {
    const events = matchedBy(detection, [example]);
    expect(events.filter((event) => levelOf(requestOf(event)) === 'None').map((event) => event.uri)).toEqual([]);
  });

  it.runIf(readsBodiesOnly)('has a body to read in what EKS logs', () => {
    expect(logged.some((event) => hasRequestBody(levelOf(requestOf(event))))).toBe(true);
  });

  it('reads no body that EKS does not log', () => {
    const impossible = matched.filter((event) => {
      const level = levelOf(requestOf(event));
      const tooMuch = event.responseObject !== undefined && level !== 'RequestResponse';
      return tooMuch || (event.requestObject !== undefined && !hasRequestBody(level));
    });
    expect(impossible.map((event) => `${event.verb} ${event.uri}`)).toEqual([]);
  });
});
