/**
 * Speed, side by side: rounds of all contenders over the same payloads, interleaved so that a noisy neighbour slows all alike, and
 * medians over the rounds. Time is the processor's (user and system) as this thread used it, in microseconds.
 */
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import type { Sighting } from '../../shared/engine.ts';
import type { Rule } from '../../shared/rule.ts';
import { createMemoryStore, gather, type MemoryStore } from '../../shared/store.ts';
import { type Contender, fastPath, floor, obvious } from './contenders.ts';
import { payloadsOf } from './payloads.ts';
import { recordTexts, type StreamName } from './stream.ts';

export interface Speed {
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly microsecondsPerEvent: number;
  readonly ratioToFloor: number;
  readonly ratioToObvious: number;
  readonly ratioToObviousSmallSet: number;
  /** Time with all detections over the time with four. */
  readonly growth: number;
  /** Events that were parsed, of a hundred. */
  readonly sightings: number;
}

const SMALL_SET = ['access-scanning', 'scanner-image-pulled', 'image-first-seen', 'pod-host-network'];

const EVENTS = 20_000;
const ROUNDS = 15;
/** The obvious implementation takes so much longer that it runs over a part of the payloads. */
const PART = 4;

const rules = rulesOf(DETECTIONS, DEFAULT_CONFIG);
const few = rules.filter(({ detection }) => SMALL_SET.includes(detection.id));

export const measureSpeed = async (name: StreamName): Promise<Speed> => {
  const texts = recordTexts(name, EVENTS);
  const payloads = payloadsOf(texts);
  const [all, small] = [await contenders(rules, texts), await contenders(few, texts)];
  for (const { fast, slow } of [all, small]) agree(fast, slow, payloads);

  const part = payloads.slice(0, PART);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    floor: perPayload(floor, payloads),
    fast: perPayload(all.fast, payloads),
    fastSmall: perPayload(small.fast, payloads),
    obvious: perPayload(all.slow, part),
    obviousSmall: perPayload(small.slow, part),
  })).slice(2);
  const of = (value: (round: (typeof rounds)[number]) => number) => median(rounds.map(value));
  const eventMicroseconds = of(({ fast }) => fast) / (EVENTS / payloads.length);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  return {
    events: EVENTS,
    eventsPerSecond: Math.round(1e6 / eventMicroseconds),
    megabytesPerSecond: Math.round(bytes / EVENTS / eventMicroseconds),
    microsecondsPerEvent: eventMicroseconds,
    ratioToFloor: of((round) => round.fast / round.floor),
    ratioToObvious: of((round) => round.obvious / round.fast),
    ratioToObviousSmallSet: of((round) => round.obviousSmall / round.fastSmall),
    growth: of((round) => round.fast / round.fastSmall),
    sightings: payloads.reduce((sum, payload) => sum + all.fast(payload).length, 0),
  };
};

/** Both over a store that has seen the same stream on the days before, as a container has in the steady state. */
const contenders = async (rulesOfSet: readonly Rule[], texts: readonly string[]) => {
  const store = await warmStore(rulesOfSet, texts);
  return { fast: fastPath(rulesOfSet, store.known), slow: obvious(rulesOfSet, store.known) };
};

const DAY_OF_STREAM = '2026-03-02T';

const warmStore = async (rulesOfSet: readonly Rule[], texts: readonly string[]): Promise<MemoryStore> => {
  const store = createMemoryStore();
  const learn = fastPath(rulesOfSet, () => undefined);
  for (const day of ['2026-02-27T', '2026-03-01T', DAY_OF_STREAM]) {
    const dated = texts.map((text) => text.replaceAll(DAY_OF_STREAM, day));
    for (const payload of payloadsOf(dated)) await store.merge(gather(learn(payload)));
  }
  return store;
};

const keyOf = ({ rule, ref, entities, summary, weight }: Sighting): string =>
  JSON.stringify([rule.detection.id, ref, entities, summary, weight]);

/** A figure is worth nothing where the findings differ. */
const agree = (fast: Contender, slow: Contender, payloads: readonly string[]): void => {
  for (const payload of payloads) {
    const [a, b] = [fast(payload), slow(payload)].map((sightings) => sightings.map(keyOf).sort().join('\n'));
    if (a !== b) throw new Error('The fast path and the obvious implementation disagree.');
  }
};

const perPayload = (run: (payload: string) => unknown, payloads: readonly string[]): number => {
  // Nobody pays for what the contender before left behind; what each leaves behind itself it mostly pays for within its turn.
  globalThis.gc?.();
  const before = process.cpuUsage();
  for (const payload of payloads) run(payload);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / payloads.length;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
