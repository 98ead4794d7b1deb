/** What is compared: the fast path, the obvious implementation, and the least that anybody has to do. */
import { gunzipSync } from 'node:zlib';
import { type CachedAggregates, saturationIn } from '../../shared/aggregates/saturation.ts';
import { createEngine, type Sighting } from '../../shared/engine/engine.ts';
import { createPrefilter } from '../../shared/engine/prefilter/prefilter.ts';
import type { Rule } from '../../shared/engine/rule.ts';
import { scanPayload } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import type { Origin } from '../../shared/events/event.ts';
import { parseRecord } from '../../shared/events/parse.ts';
import type { LogRecord } from '../../shared/logs/cloudwatch-payload.ts';
import { openPayload } from '../../shared/logs/decode.ts';

export const ORIGIN: Origin = { cluster: 'prod', account: '111122223333', region: 'eu-west-1' };

/** Makes sightings of what a function is called with. */
export type Contender = (data: string) => readonly Sighting[];

/** The floor: base64 and gunzip as Node does them unless told otherwise, and nothing of what is inside. */
export const floor = (data: string): number => gunzipSync(Buffer.from(data, 'base64')).length;

export const fastPath = (rules: readonly Rule[], known: CachedAggregates): Contender => {
  const engine = createEngine(rules);
  const saturation = saturationIn(known);
  const prefilter = createPrefilter(engine, saturation);
  const suppressor = createSuppressor([]);
  return (data) => {
    const payload = openPayload(data);
    if ('records' in payload)
      throw new Error('The generator writes payloads in another form than CloudWatch Logs does.');
    const pass = scanPayload(engine, suppressor, payload, ORIGIN, { prefilter, saturation });
    if (pass === undefined) throw new Error('The fast path gave up on a payload of the generator.');
    return pass.sightings;
  };
};

/** Parses everything and evaluates every detection on every event, one after another. Also what the fast path must agree with. */
export const obvious = (rules: readonly Rule[], known: CachedAggregates): Contender => {
  const saturation = saturationIn(known);
  const engines = rules.map((rule) => createEngine([rule]));
  return (data) => {
    const payload = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as { logEvents: LogRecord[] };
    const sightings: Sighting[] = [];
    for (const record of payload.logEvents) {
      const event = parseRecord(record.message, ORIGIN, record);
      if (event.source === 'rejected') continue;
      for (const engine of engines) {
        sightings.push(...engine.detect(event, saturation).sightings);
      }
    }
    return sightings;
  };
};
