/** Speed: how long detection takes on a stream, beside the least that it could take and beside the obvious way to do it. */

import { gather } from '../../shared/aggregates/gathering.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import type { Sighting } from '../../shared/engine/engine.ts';
import type { Rule } from '../../shared/engine/rule.ts';
import { createMemoryStore, type MemoryStore } from '../../shared/findings/memory-store.ts';
import { digest } from '../../shared/primitives/digest.ts';
import { type Contender, fastPath, floor, obvious } from './contenders.ts';
import { contend, roundOf, startRivals } from './contest.ts';
import { payloadsOf, RECORDS_OF_A_PAYLOAD } from './payloads.ts';
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
}

const SMALL_SET = ['access-scanning', 'scanner-image-pulled', 'image-first-seen', 'pod-host-network'];

const EVENTS = 20_000;
const ROUNDS = 25;
/** Rounds in which V8 still makes code fast. */
const WARM_UP = 12;
/** The obvious implementation takes so much longer that it runs over a part of the payloads. */
const PART = 4;

const RIVALS = ['floor', 'fast', 'fastSmall', 'obvious', 'obviousSmall'] as const;
export type RivalName = (typeof RIVALS)[number];

export const measureSpeed = async (stream: StreamName): Promise<Speed> => {
  const rivals = await startRivals(RIVALS, ['contend', stream]);
  try {
    const found = Object.fromEntries(rivals.map(({ name, opening }) => [name, opening.found]));
    // A figure is worth nothing where the findings differ.
    if (found['fast'] !== found['obvious'] || found['fastSmall'] !== found['obviousSmall']) {
      throw new Error('The fast path and the obvious implementation disagree.');
    }
    const rounds: Readonly<Record<RivalName, number>>[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) rounds.push(await roundOf(rivals));
    return figuresOf(stream, rounds.slice(WARM_UP));
  } finally {
    for (const { process: child } of rivals) child.kill();
  }
};

const figuresOf = (stream: StreamName, rounds: readonly Readonly<Record<RivalName, number>>[]): Speed => {
  const of = (value: (round: Readonly<Record<RivalName, number>>) => number) => median(rounds.map(value));
  const microsecondsPerEvent = of(({ fast }) => fast) / RECORDS_OF_A_PAYLOAD;
  const bytes = recordTexts(stream, EVENTS).reduce((sum, text) => sum + text.length, 0);
  return {
    events: EVENTS,
    eventsPerSecond: Math.round(1e6 / microsecondsPerEvent),
    megabytesPerSecond: Math.round(bytes / EVENTS / microsecondsPerEvent),
    microsecondsPerEvent,
    ratioToFloor: of((round) => round.fast / round.floor),
    ratioToObvious: of((round) => round.obvious / round.fast),
    ratioToObviousSmallSet: of((round) => round.obviousSmall / round.fastSmall),
    growth: of((round) => round.fast / round.fastSmall),
  };
};

/** A contender's process: tells what it finds where nothing is known yet, then waits to be asked for rounds. */
export const contendIn = async (stream: StreamName, name: RivalName): Promise<void> => {
  const texts = recordTexts(stream, EVENTS);
  const payloads = payloadsOf(texts);
  if (name === 'floor') return contend(floor, payloads, { found: '' });
  const all = rulesOf(DETECTIONS, DEFAULT_CONFIG);
  const rules = name.endsWith('Small') ? all.filter(({ detection }) => SMALL_SET.includes(detection.id)) : all;
  const enter = name.startsWith('fast') ? fastPath : obvious;
  const found = foundBy(
    enter(rules, () => undefined),
    payloads,
  );
  const { known } = await warmStore(rules, texts);
  const part = enter === obvious ? payloads.slice(0, PART) : payloads;
  return contend(enter(rules, known), part, { found });
};

const DAY_OF_STREAM = '2026-03-02T';

/** A store that has seen the same stream on the days before, as a container has in the steady state. */
const warmStore = async (rules: readonly Rule[], texts: readonly string[]): Promise<MemoryStore> => {
  const store = createMemoryStore();
  const learn = fastPath(rules, () => undefined);
  for (const day of ['2026-02-27T', '2026-03-01T', DAY_OF_STREAM]) {
    const dated = texts.map((text) => text.replaceAll(DAY_OF_STREAM, day));
    for (const payload of payloadsOf(dated)) await store.merge(gather(learn(payload)));
  }
  return store;
};

const keyOf = ({ rule, ref, entities, summary, weight }: Sighting): string =>
  JSON.stringify([rule.detection.id, ref, entities, summary, weight]);

const foundBy = (run: Contender, payloads: readonly string[]): string =>
  digest(...payloads.flatMap((payload) => run(payload).map(keyOf).sort()));

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
