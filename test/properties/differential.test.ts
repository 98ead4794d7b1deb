import { describe, expect, it } from 'vitest';
import { gather } from '../../shared/aggregates/gathering.ts';
import { saturationIn } from '../../shared/aggregates/saturation.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { createEngine } from '../../shared/engine/engine.ts';
import { createPrefilter } from '../../shared/engine/prefilter/prefilter.ts';
import { type Rule, ruleOf } from '../../shared/engine/rule.ts';
import { type ScanResult, scanPayload, scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import { createMemoryStore } from '../../shared/findings/memory-store.ts';
import { payloadText } from '../../shared/logs/cloudwatch-payload.ts';
import { parsePayload } from '../../shared/logs/decode.ts';
import type { JsonObject } from '../../shared/primitives/json.ts';
import { payloadText as payloadOf } from '../bench/payloads.ts';
import { createRandom, type Random } from '../bench/random.ts';
import { rawStream, recordTexts } from '../bench/stream.ts';
import { PROBES } from '../differential/probes.ts';
import { detectionFiles, loadDetection } from '../support/detection-files.ts';
import { MUTATIONS } from './mutations.ts';

/** `CAMPAIGN=full` is what CI runs; `EVENTS` and `SEED` make a run as long and as different as one likes. */
const EVENTS = Number(process.env['EVENTS'] ?? (process.env['CAMPAIGN'] === 'full' ? 120_000 : 12_000));
const SEED = Number(process.env['SEED'] ?? 1);
const BATCH = 400;

const origin = { cluster: 'prod', account: '111122223333', region: 'eu-west-1' };
const all: readonly Rule[] = DETECTIONS.map((detection) => ruleOf(detection));
const suppressor = createSuppressor([]);

/** Everything that a pass says, in a form that can be compared. */
const told = ({ sightings, tally, earliest, latest, faults }: ScanResult) => ({
  sightings: sightings.map(({ rule, ref, entities, summary, weight }) =>
    JSON.stringify([rule.detection.id, ref, entities, summary, weight]),
  ),
  tally,
  earliest,
  latest,
  faults: faults.map(({ rule }) => rule.detection.id),
});

const createPaths = (rules: readonly Rule[], known = createMemoryStore().known) => {
  const engine = createEngine(rules);
  const saturation = saturationIn(known);
  const prefilter = createPrefilter(engine, saturation);
  const inText = (text: string) => {
    const opened = payloadText(Buffer.from(text));
    return opened && scanPayload(engine, suppressor, opened, origin, { prefilter, saturation });
  };
  return {
    /** Parses everything: what the other two are defined by. */
    slow: (text: string) => scanRecords(engine, suppressor, parsePayload(text).records, origin, { saturation }),
    inText,
    inLines: (text: string) =>
      scanRecords(engine, suppressor, parsePayload(text).records, origin, { prefilter, saturation }),
  };
};

const examplesOf = async (file: string): Promise<readonly (JsonObject | string)[]> => {
  const { fires, silent } = await loadDetection(file);
  return [...Object.values(fires), ...Object.values(silent)].flat() as (JsonObject | string)[];
};

const textOf = (record: JsonObject | string): string => (typeof record === 'string' ? record : JSON.stringify(record));

describe.each(detectionFiles())('%s', (file) => {
  it('finds the same on both paths', async () => {
    const texts = (await examplesOf(file)).map(textOf);
    const { slow, inText, inLines } = createPaths(all);
    const payload = payloadOf(texts);
    const expected = told(slow(payload));
    expect(told(inLines(payload))).toEqual(expected);
    expect(told(inText(payload) as ScanResult)).toEqual(expected);
  });
});

describe('hostile records', () => {
  it(`give the same on both paths, ${EVENTS} of them with seed ${SEED}`, { timeout: 1_200_000 }, async () => {
    const random = createRandom(SEED);
    const examples = (await Promise.all(detectionFiles().map(examplesOf)))
      .flat()
      .filter((one) => typeof one === 'object');
    const streams = [rawStream('typical', SEED), rawStream('busy', SEED + 1)];
    const next = (): JsonObject =>
      random.chance(0.3) ? random.pick(examples) : (random.pick(streams).next().value as JsonObject);
    const { slow, inText, inLines } = createPaths([...all, ...PROBES]);
    let [sightings, refused, truncated] = [0, 0, 0];
    for (let done = 0; done < EVENTS; done += BATCH) {
      const batch = Array.from({ length: BATCH }, () => mutated(next(), random));
      const payload = payloadOf(
        batch.map(({ text }) => text),
        done,
      );
      const expected = told(slow(payload));
      const found = [told(inLines(payload)), told(inText(payload) as ScanResult)];
      if (found.some((one) => JSON.stringify(one) !== JSON.stringify(expected))) reportFirst(batch);
      expect(found).toEqual([expected, expected]);
      sightings += expected.sightings.length;
      refused += Object.values(expected.tally.rejected).reduce((sum, count) => sum + count, 0);
      truncated += expected.tally.truncated;
    }
    // The campaign has to have met what it is about.
    expect(sightings).toBeGreaterThan(EVENTS / 10);
    expect(refused).toBeGreaterThan(EVENTS / 50);
    expect(truncated).toBeGreaterThan(EVENTS / 100);
  });

  /** One record at a time, so that a difference comes with its record. */
  const reportFirst = (batch: readonly { readonly name: string; readonly text: string }[]): void => {
    const { slow, inText, inLines } = createPaths([...all, ...PROBES]);
    for (const { name, text } of batch) {
      const payload = payloadOf([text]);
      const expected = told(slow(payload));
      expect({ name, text, ...told(inLines(payload)) }).toEqual({ name, text, ...expected });
      expect({ name, text, ...told(inText(payload) as ScanResult) }).toEqual({ name, text, ...expected });
    }
  };
});

const NAMES = Object.keys(MUTATIONS);

const mutated = (record: JsonObject, random: Random): { readonly name: string; readonly text: string } => {
  const name = random.pick(NAMES);
  const mutate = MUTATIONS[name] as (typeof MUTATIONS)[string];
  return { name, text: mutate(record, random) };
};

describe('an ordinary stream', () => {
  it.each(['typical', 'busy'] as const)('%s: passes by nearly everything, and finds the same', async (name) => {
    const texts = recordTexts(name, 4_000);
    const rules = rulesOf(DETECTIONS, DEFAULT_CONFIG);
    const store = createMemoryStore();
    const { slow } = createPaths(rules, store.known);
    for (const day of ['2026-02-27T', '2026-03-01T', '2026-03-02T']) {
      const dated = texts.map((text) => text.replaceAll('2026-03-02T', day));
      await store.merge(gather(slow(payloadOf(dated)).sightings));
    }
    const { inText, inLines, slow: again } = createPaths(rules, store.known);
    const payload = payloadOf(texts);
    const expected = told(again(payload));
    expect(told(inLines(payload))).toEqual(expected);
    expect(told(inText(payload) as ScanResult)).toEqual(expected);
    expect(await readShare(rules, texts, store.known)).toBeLessThan(name === 'typical' ? 0.03 : 0.1);
  });
});

/** How many of the records have to be parsed once the prefilter has met their callers. */
const readShare = async (
  rules: readonly Rule[],
  texts: readonly string[],
  known: ReturnType<typeof createMemoryStore>['known'],
): Promise<number> => {
  const engine = createEngine(rules);
  const saturation = saturationIn(known);
  const prefilter = createPrefilter(engine, saturation);
  let skipped = 0;
  const counting = {
    scan: (...record: Parameters<typeof prefilter.scan>) => {
      const decision = prefilter.scan(...record);
      if (decision.isSkip) skipped++;
      return decision;
    },
  };
  const records = texts.map((message) => ({ message }));
  scanRecords(engine, suppressor, records, origin, { prefilter: counting, saturation });
  skipped = 0;
  scanRecords(engine, suppressor, records, origin, { prefilter: counting, saturation });
  return 1 - skipped / texts.length;
};
