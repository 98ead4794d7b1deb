import { describe, expect, it } from 'vitest';
import { gather } from '../../../../shared/aggregates/gathering.ts';
import scannerImagePulled from '../../../../shared/detections/discovery/scanner-image-pulled.ts';
import { createEngine } from '../../../../shared/engine/engine.ts';
import { ruleOf } from '../../../../shared/engine/rule.ts';
import { scanRecords } from '../../../../shared/engine/scan.ts';
import { createSuppressor } from '../../../../shared/engine/suppression.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { createMemoryStore } from '../../../../shared/findings/memory-store.ts';
import type { JsonObject } from '../../../../shared/primitives/json.ts';
import { kubernetesEvent } from '../../../../shared/sdk/examples.ts';

const HUNTER = 'aquasec/kube-hunter:0.6.8';
const engine = createEngine([ruleOf(scannerImagePulled)]);

const findingsOf = async (records: readonly JsonObject[]) => {
  const store = createMemoryStore();
  const texts = records.map((record) => ({ message: JSON.stringify(record) }));
  await store.merge(gather(scanRecords(engine, createSuppressor([]), texts, { cluster: 'prod' }).sightings));
  return store.findings(0);
};

describe('an Event of any form', () => {
  const bare = kubernetesEvent({ reason: 'Pulling', message: `Pulling image "${HUNTER}"`, pod: 'kh', count: 3 });
  const watched = { type: 'ADDED', object: bare };
  const exported = {
    severity_number: 0,
    attributes: { 'event.domain': 'k8s', 'event.name': 'kh.17a1b2c3d4e5f607', 'k8s.resource.name': 'events' },
    resource: { 'k8s.namespace.name': 'default' },
  };
  const uid = (bare['metadata'] as JsonObject)['uid'] as string;
  const host = 'ip-10-0-1-17.eu-west-1.compute.internal';
  const takenApart = {
    body: `Pulling image "${HUNTER}"`,
    severity_number: 9,
    severity_text: 'Normal',
    attributes: {
      'k8s.event.reason': 'Pulling',
      'k8s.event.start_time': '2026-03-02 10:15:00 +0000 UTC',
      'k8s.event.name': 'kh.17a1b2c3d4e5f607',
      'k8s.event.uid': uid,
      'k8s.namespace.name': 'default',
      'k8s.event.count': 3,
    },
    resource: { 'k8s.node.name': host, 'k8s.object.kind': 'Pod', 'k8s.object.name': 'kh' },
  };
  const { involvedObject, message, source, count: _count, firstTimestamp, lastTimestamp, ...rest } = bare;
  const newer = {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject,
    note: message,
    deprecatedSource: source,
    deprecatedCount: 3,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
  } as JsonObject;

  const expected = parseRecord(JSON.stringify(bare), { cluster: 'prod' });

  it.each<[string, JsonObject]>([
    ['bare', bare],
    ['of events.k8s.io', newer],
    ['as a watch ships it', watched],
    ['deleted after its hour', { type: 'DELETED', object: bare }],
    ['k8sobjects, watching, through awscloudwatchlogs', { ...exported, body: watched }],
    ['k8sobjects, watching, the body as text', { ...exported, body: JSON.stringify(watched) }],
    ['k8sobjects, pulling, through awscloudwatchlogs', { ...exported, body: bare }],
    ['k8s_events through awscloudwatchlogs', takenApart],
    ['Splunk’s collector', { time: 1, host: 'x', sourcetype: 'kube:objects:events:watch', event: watched }],
    ['Fluent Bit', { log: JSON.stringify(bare), kubernetes: { pod_name: 'fluent-bit' } }],
    ['Fluent Bit with the log merged', { log_processed: watched }],
    ['eventrouter', { verb: 'ADDED', event: bare }],
  ])('%s', async (_form, record) => {
    expect(parseRecord(JSON.stringify(record), { cluster: 'prod' })).toEqual({
      ...expected,
      ...(record === takenApart && { component: '' }),
    });
    const found = await findingsOf([record, record]);
    expect(found.map(({ count, summary }) => [count, summary])).toEqual([
      [1, 'Scanner docker.io/aquasec/kube-hunter was pulled for pod default/kh'],
    ]);
  });
});
