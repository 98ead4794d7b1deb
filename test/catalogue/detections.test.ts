import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gather } from '../../shared/aggregates/gathering.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { ruleOf } from '../../shared/engine/rule.ts';
import { parseRecord } from '../../shared/events/parse.ts';
import type { Finding } from '../../shared/findings/finding.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import type { AnyDetection } from '../../shared/sdk/detection.ts';
import { detectionFiles, loadDetection } from '../support/detection-files.ts';
import { locateExample } from '../support/example-places.ts';

const ORIGIN = { cluster: 'example', account: '111122223333', locate: locateExample };

/** What one detection makes of raw records, through the real decoder, engine and store. */
const findings = async (detection: AnyDetection, example: unknown): Promise<readonly Finding[]> => {
  const engine = createEngine([ruleOf(detection)]);
  const store = createMemoryStore();
  const records = Array.isArray(example) ? example : [example];
  for (const record of records) {
    const event = parseRecord(typeof record === 'string' ? record : JSON.stringify(record), ORIGIN);
    if (event.source === 'rejected') throw new Error(`an example is no event: ${event.reason}`);
    const { sightings, faults } = engine.detect(event);
    for (const { error } of faults) throw error;
    await store.merge(gather(sightings));
  }
  return store.findings(0);
};

describe.each(detectionFiles())('%s', async (file) => {
  const { detection, fires, silent } = await loadDetection(file);

  it.each(Object.entries(fires))('fires: %s', async (summary, example) => {
    const found = await findings(detection, example);
    expect(found.map((finding) => finding.summary)).toEqual([summary]);
  });

  it.each(Object.entries(silent))('is silent: %s', async (_reason, example) => {
    expect(await findings(detection, example)).toEqual([]);
  });

  it('is named after its file and tactic', () => {
    expect(`${detection.tactic}/${detection.id}`).toBe(file);
  });

  it('has examples of both kinds', () => {
    expect(Object.keys(fires).length).toBeGreaterThanOrEqual(1);
    expect(Object.keys(silent).length).toBeGreaterThanOrEqual(2);
  });

  it('is short enough to be read at a glance', () => {
    expect(readFileSync(`shared/detections/${file}.ts`, 'utf8').split('\n').length).toBeLessThan(160);
  });
});
