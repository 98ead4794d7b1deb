import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createPipeline, type Pipeline, type Scanned } from '../../../../functions/detect/pipeline.ts';
import { type Config, DEFAULT_CONFIG, rulesOf } from '../../../../shared/config/config.ts';
import { DETECTIONS } from '../../../../shared/detections/index.ts';
import { createEngine } from '../../../../shared/engine/engine.ts';
import type { Geolocator } from '../../../../shared/events/event.ts';
import { createMemoryStore } from '../../../../shared/findings/memory-store.ts';
import { openPayload } from '../../../../shared/logs/decode.ts';
import { audit, human } from '../../../../shared/sdk/examples.ts';
import { payloadText } from '../../../bench/payloads.ts';
import { recordedStream } from '../../../support/recorded-stream.ts';

const TEXTS = recordedStream().map((record) => JSON.stringify(record));

const open = (text: string) => openPayload(gzipSync(text).toString('base64'));

const built = (change: Partial<Config> = {}, region = 'eu-west-1', locate?: Geolocator) => {
  const config = { ...DEFAULT_CONFIG, ...change };
  const store = createMemoryStore();
  const engine = createEngine(rulesOf(DETECTIONS, config));
  return { store, pipeline: createPipeline({ engine, store, config, region, ...(locate && { locate }) }) };
};

const run = async (pipeline: Pipeline, text = payloadText(TEXTS)): Promise<Scanned> => {
  const scanned = pipeline.scan(open(text));
  await pipeline.merge(scanned);
  return scanned;
};

describe('pipelines', () => {
  it('exist side by side, each with its own configuration, store and Region', async () => {
    const suppress = [{ detections: ['*'], where: { cluster: ['prod'] }, reason: 'a test' }];
    const [one, other] = [built(), built({ suppress }, 'us-east-1')];
    const scanned = await run(one.pipeline);
    const suppressed = await run(other.pipeline);
    expect(scanned.origin).toMatchObject({ cluster: 'prod', region: 'eu-west-1' });
    expect(suppressed.origin).toMatchObject({ cluster: 'prod', region: 'us-east-1' });
    expect(one.store.findings(0).length).toBeGreaterThan(0);
    expect(other.store.aggregates()).toEqual([]);
    expect(suppressed.result.tally.suppressed['a test']).toBe(scanned.result.sighted);
  });

  it('add nothing when a payload comes again', async () => {
    const { pipeline, store } = built();
    await run(pipeline);
    const before = JSON.stringify(store.findings(0));
    const merged = await pipeline.merge(pipeline.scan(open(payloadText(TEXTS))));
    expect(merged).toEqual({ written: 0, overflowed: 0 });
    expect(JSON.stringify(store.findings(0))).toBe(before);
  });

  it('find the same in a payload that is written in another form', async () => {
    const [one, other] = [built(), built()];
    await run(one.pipeline);
    await run(other.pipeline, JSON.stringify(JSON.parse(payloadText(TEXTS)), undefined, 1));
    expect(other.store.findings(0)).toEqual(one.store.findings(0));
  });

  it('take a log group that names no cluster for its own cluster', () => {
    const payload = payloadText(TEXTS.slice(0, 1)).replace('/aws/eks/prod/cluster', '/agents/events');
    expect(built().pipeline.scan(open(payload)).origin.cluster).toBe('/agents/events');
    const eventLogGroups = [{ logGroup: '/agents/events', cluster: 'staging' }];
    expect(built({ eventLogGroups }).pipeline.scan(open(payload)).origin.cluster).toBe('staging');
  });

  it('look addresses up where they are given a geo database', async () => {
    const asked: string[] = [];
    const locate: Geolocator = (address) => {
      asked.push(address);
      return { country: 'BR' };
    };
    const [without, located] = [built(), built({}, 'eu-west-1', locate)];
    const record = audit({
      verb: 'list',
      by: human('alice', { ip: '192.0.2.77' }),
      resource: 'pods',
      namespace: 'shop',
    });
    const payload = payloadText([JSON.stringify(record)]);
    await run(without.pipeline, payload);
    await run(located.pipeline, payload);
    const detections = (store: typeof located.store) => store.findings(0).map(({ detection }) => detection);
    expect(detections(without.store)).not.toContain('principal-new-country');
    expect(detections(located.store)).toContain('principal-new-country');
    expect(new Set(asked)).toEqual(new Set(['192.0.2.77']));
  });
});
