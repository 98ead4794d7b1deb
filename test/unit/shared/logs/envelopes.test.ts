import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { recordsOf } from '../../../../functions/cli/input/records.ts';
import scannerImagePulled from '../../../../shared/detections/discovery/scanner-image-pulled.ts';
import execIntoPod from '../../../../shared/detections/execution/exec-into-pod.ts';
import { createEngine } from '../../../../shared/engine/engine.ts';
import { createPrefilter } from '../../../../shared/engine/prefilter/prefilter.ts';
import { ruleOf } from '../../../../shared/engine/rule.ts';
import { type ScanResult, scanPayload, scanRecords } from '../../../../shared/engine/scan.ts';
import { createSuppressor } from '../../../../shared/engine/suppression.ts';
import { parseRecords } from '../../../../shared/events/parse.ts';
import { decodePayload, openPayload } from '../../../../shared/logs/decode.ts';
import { openText } from '../../../../shared/logs/envelopes.ts';
import { audit, human, kubernetesEvent } from '../../../../shared/sdk/examples.ts';

const ORIGIN = { cluster: 'prod' };
const engine = createEngine([ruleOf(execIntoPod), ruleOf(scannerImagePulled)]);
const suppressor = createSuppressor([]);

const exec = audit({
  verb: 'create',
  resource: 'pods/exec',
  namespace: 'shop',
  name: 'web',
  by: human(),
  query: 'command=sh',
});
const IMAGE = 'aquasec/kube-hunter:0.6.8';
const pulled = kubernetesEvent({ reason: 'Pulling', message: `Pulling image "${IMAGE}"`, pod: 'kh' });
const { involvedObject, message, ...rest } = pulled;
const newer = { ...rest, apiVersion: 'events.k8s.io/v1', regarding: involvedObject, note: message };
const takenApart = {
  body: message,
  severity_text: 'Normal',
  attributes: { 'k8s.event.reason': 'Pulling', 'k8s.event.uid': 'u', 'k8s.event.start_time': '2026-03-02T10:15:00Z' },
  resource: { 'k8s.object.kind': 'Pod', 'k8s.object.name': 'kh' },
};
const json = (value: unknown): string => JSON.stringify(value);
const cut = `${json(exec).slice(0, json(exec).indexOf('"requestReceivedTimestamp"'))}"requestRec[Truncated...]`;

/** Envelopes of records, and how many of the records in each are sighted. */
const ENVELOPES: readonly (readonly [name: string, text: string, sighted: number])[] = [
  ['an audit event', json(exec), 1],
  ['an audit event over several lines', JSON.stringify(exec, undefined, 2), 1],
  ['an Event', json(pulled), 1],
  ['an Event of events.k8s.io', json(newer), 1],
  ['a watch', json({ type: 'ADDED', object: pulled }), 1],
  ['OpenTelemetry, k8sobjects receiver', json({ body: { type: 'ADDED', object: pulled }, resource: {} }), 1],
  ['OpenTelemetry, k8s_events receiver', json(takenApart), 1],
  ['Fluent Bit, text', json({ log: json(exec), stream: 'stdout' }), 1],
  ['Fluent Bit, text with a line break before it', json({ log: `\n${json(pulled)}\n` }), 1],
  ['Fluent Bit, merged', json({ log: 'text that is no JSON', log_processed: pulled }), 1],
  ['Splunk, HTTP collector', json({ time: 1, event: exec }), 1],
  ['Splunk, export', json({ preview: false, result: { _raw: json(exec) } }), 1],
  ['CloudWatch Logs, one event', json({ eventId: '1', timestamp: 1, message: json(pulled) }), 1],
  ['Logs Insights', json({ '@timestamp': 't', '@message': json(exec) }), 1],
  ['a text under one key, the record under another', json({ message: '{"level":"info"}', event: exec }), 1],
  ['an envelope in an envelope', json({ message: json({ log: json({ object: pulled }) }) }), 1],
  ['a line of an export to S3', `2026-03-02T10:15:00.000Z ${json(exec)}`, 1],
  ['aws logs tail', `2026-03-02T10:15:00+00:00 kube-apiserver-audit-1 ${json(exec)}`, 1],
  ['a stamped line of a collector', `2026-03-02T10:15:00.000Z ${json({ log: json(exec) })}`, 1],
  [
    'FilterLogEvents',
    json({
      events: [
        { eventId: '1', message: json(exec) },
        { eventId: '2', message: json(pulled) },
      ],
    }),
    2,
  ],
  ['an audit webhook', json({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [exec, exec] }), 2],
  ['kubectl get events -o json', json({ kind: 'List', apiVersion: 'v1', items: [pulled, newer] }), 2],
  ['an array', json([exec, { log: json(pulled) }]), 2],
  ['texts in an array', json([json(exec), json(pulled)]), 2],
  [
    'a payload that is not compressed',
    json({ messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', message: json(exec) }] }),
    1,
  ],
  [
    'a record that was cut, with the id and time that tell it apart',
    json({ eventId: '37', timestamp: Date.UTC(2026, 2, 2), message: cut }),
    1,
  ],
  ['an empty list', json({ items: [] }), 0],
  ['something else', json({ message: json({ level: 'info' }) }), 0],
  ['a line of another component', 'I0302 10:15:00.000000 1 main.go:1] "Starting"', 0],
  ['nothing', '   ', 0],
];

const seen = ({ sightings, tally }: ScanResult) => ({
  refs: sightings.map(({ ref }) => ref),
  events: tally.events,
  truncated: tally.truncated,
});

const inTerminal = (text: string): ScanResult =>
  scanRecords(
    engine,
    suppressor,
    recordsOf(text).flatMap((found) => ('rejected' in found ? [] : [found])),
    ORIGIN,
  );

/** As CloudWatch Logs delivers a record. */
const payloadOf = (text: string): string =>
  gzipSync(
    json({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/agents/events',
      logStream: 'a',
      subscriptionFilters: ['eks-detect'],
      logEvents: [{ id: '37', timestamp: Date.UTC(2026, 2, 2), message: text }],
    }),
  ).toString('base64');

const deployed = (text: string): ScanResult => {
  const payload = openPayload(payloadOf(text));
  if ('records' in payload) throw new Error('CloudWatch Logs writes payloads so that they can be walked over.');
  const scanned = scanPayload(engine, suppressor, payload, ORIGIN, { prefilter: createPrefilter(engine) });
  return scanned ?? scanRecords(engine, suppressor, decodePayload(payloadOf(text)).records, ORIGIN);
};

describe.each(ENVELOPES)('%s', (_, text, sighted) => {
  it('is read by the terminal', () => {
    expect(inTerminal(text).sightings).toHaveLength(sighted);
  });

  it('is read by the deployment, with the same result', () => {
    expect(seen(deployed(text))).toEqual(seen(inTerminal(text)));
  });
});

describe('an envelope', () => {
  it('of several records does not give them its own id, by which they would be one', () => {
    const { metadata: _, ...first } = pulled;
    const texts = json({ items: [first, { ...first, message: 'another' }] });
    const refs = parseRecords(texts, ORIGIN, { id: '37', timestamp: 1 }).map((event) =>
      event.source === 'rejected' ? event.reason : event.ref,
    );
    expect(new Set(refs).size).toBe(2);
  });

  it('of one record gives it its id and time', () => {
    const { metadata: _, firstTimestamp: _first, lastTimestamp: _last, ...unnamed } = pulled;
    const [inner] = parseRecords(json({ log: json(unnamed) }), ORIGIN, { id: '37', timestamp: 1_000 });
    const [bare] = parseRecords(json(unnamed), ORIGIN, { id: '37', timestamp: 1_000 });
    expect(inner).toEqual(bare);
    expect(inner).toMatchObject({ time: 1_000 });
  });

  it('that is compressed is not opened inside a record', () => {
    const [opened] = openText(json({ awslogs: { data: payloadOf(json(exec)) } }));
    expect(opened).toMatchObject({ from: {} });
    expect(parseRecords(json({ awslogs: { data: payloadOf(json(exec)) } }), ORIGIN)).toEqual([
      { source: 'rejected', reason: 'not an event' },
    ]);
  });

  it.each([
    ['arrays', '['.repeat(50_000) + ']'.repeat(50_000)],
    ['objects', `${'{"log":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
  ])('of any depth is survived: %s', (_, text) => {
    expect(parseRecords(text, ORIGIN)).toHaveLength(1);
    expect(recordsOf(text)).toHaveLength(1);
  });
});
