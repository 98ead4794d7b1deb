import { describe, expect, it } from 'vitest';
import { gather } from '../../../../shared/aggregates/gathering.ts';
import { saturationIn } from '../../../../shared/aggregates/saturation.ts';
import principalFirstSeen from '../../../../shared/detections/initial-access/principal-first-seen.ts';
import { createEngine } from '../../../../shared/engine/engine.ts';
import type { Decision, Read } from '../../../../shared/engine/prefilter/decision.ts';
import { createPrefilter } from '../../../../shared/engine/prefilter/prefilter.ts';
import { LINE } from '../../../../shared/engine/prefilter/spelling.ts';
import { ruleOf } from '../../../../shared/engine/rule.ts';
import type { AuditEvent, Origin } from '../../../../shared/events/event.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { createMemoryStore } from '../../../../shared/findings/memory-store.ts';
import { audit, human } from '../../../../shared/sdk/examples.ts';

const engine = createEngine([ruleOf(principalFirstSeen)]);

const list = (name: string, at: string): string =>
  JSON.stringify(audit({ verb: 'list', by: human(name), resource: 'pods', namespace: 'shop', at }));

const [MORNING, NOON] = ['2026-03-02T08:00:00.000000Z', '2026-03-02T12:00:00.000000Z'];
const [HERE, THERE] = [{ cluster: 'here' }, { cluster: 'there' }];

const eventOf = (text: string, origin: Origin): AuditEvent => parseRecord(text, origin) as AuditEvent;

/** A prefilter over a store in which alice was seen in the morning, in one cluster. */
const createKnowing = async () => {
  const store = createMemoryStore();
  const { sightings } = engine.detect(eventOf(list('alice', MORNING), HERE));
  await store.merge(gather(sightings));
  return createPrefilter(engine, saturationIn(store.known));
};

const asRead = (decision: Decision): Read => {
  if (decision.isSkip) throw new Error('The record was skipped.');
  return decision;
};

describe('a decision of the prefilter', () => {
  it('to skip says when the record was and where it ends', async () => {
    const prefilter = await createKnowing();
    const text = list('alice', NOON);
    asRead(prefilter.scan(text, 0, LINE, HERE)).learn(eventOf(text, HERE));
    expect(prefilter.scan(text, 0, LINE, HERE)).toEqual({ isSkip: true, time: Date.parse(NOON), end: text.length });
  });

  it('to read knows the candidates of its own record, whatever is scanned after it', async () => {
    const prefilter = await createKnowing();
    const text = list('bob', NOON);
    const read = asRead(prefilter.scan(text, 0, LINE, HERE));
    prefilter.scan('{"no":"record"}', 0, LINE, HERE);
    expect(read.candidates(eventOf(text, HERE))?.map(({ rule }) => rule.detection.id)).toEqual([
      'principal-first-seen',
    ]);
  });

  it('to read teaches about its own caller and cluster, whatever is scanned after it', async () => {
    const prefilter = await createKnowing();
    const text = list('alice', NOON);
    const read = asRead(prefilter.scan(text, 0, LINE, HERE));
    asRead(prefilter.scan(list('bob', NOON), 0, LINE, HERE));
    asRead(prefilter.scan(text, 0, LINE, THERE));
    read.learn(eventOf(text, HERE));
    // Alice is new in the other cluster.
    expect(prefilter.scan(text, 0, LINE, THERE).isSkip).toBe(false);
    expect(prefilter.scan(list('bob', NOON), 0, LINE, HERE).isSkip).toBe(false);
    const again = asRead(prefilter.scan(text, 0, LINE, HERE));
    again.learn(eventOf(text, HERE));
    expect(prefilter.scan(text, 0, LINE, HERE).isSkip).toBe(true);
  });

  it('about a record that it can’t follow is to read it, and knows nothing', async () => {
    const prefilter = await createKnowing();
    const text = list('alice', NOON).replace('{"kind"', '{ "kind"');
    const read = asRead(prefilter.scan(text, 0, LINE, HERE));
    expect(read.candidates(eventOf(text, HERE))).toBeUndefined();
    read.learn(eventOf(text, HERE));
    expect(prefilter.scan(list('alice', NOON), 0, LINE, HERE).isSkip).toBe(false);
  });
});
