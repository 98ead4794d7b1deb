/** One pass over the records of one origin: normalise, detect, suppress, and count what happened to each. */
import type { RecordInfo } from './audit-event.ts';
import type { Engine, Fault, Sighting } from './engine.ts';
import type { Event, Origin } from './event.ts';
import { normalise, type Refusal } from './normalise.ts';
import { eachMessage, endOfMessage, type PayloadText, recordIn } from './payload-text.ts';
import { type Known, type Screen, settledIn } from './screen.ts';
import { INSIDE_PAYLOAD, LINE } from './screen-text.ts';
import type { createSuppressor } from './suppression.ts';

/** The text of a record, and what is known of it besides. */
export interface TextRecord extends RecordInfo {
  readonly message: string;
}

export interface Pass {
  readonly sightings: readonly Sighting[];
  readonly tally: Tally;
  /** Milliseconds since the epoch of the earliest event; Infinity when there was none. */
  readonly earliest: number;
  /** The latest; 0 when there was none. */
  readonly latest: number;
  readonly faults: readonly Fault[];
}

/** Every record is counted once: as an event, or as refused for a reason. */
export interface Tally {
  readonly events: number;
  readonly refused: Readonly<Partial<Record<Refusal, number>>>;
  /** Salvaged from records that were cut; counted among the events too. */
  readonly truncated: number;
  /** Sightings that a suppression took out, by its reason. */
  readonly suppressed: Readonly<Record<string, number>>;
}

/** What a pass may use to be quick. Without any of it a pass reads every record, and that is the definition of one with it. */
export interface Shortcuts {
  /** Passes by what no rule looks at. */
  readonly screen?: Screen | undefined;
  /** Sightings that add nothing to a case that is known here are left out. */
  readonly known?: Known | undefined;
}

/** Takes records one by one. */
export interface Passage {
  readonly take: (record: TextRecord) => void;
  /** Counts an event that was passed by. */
  readonly passBy: (time: number) => void;
  readonly result: () => Pass;
}

export const createPassage = (
  engine: Engine,
  suppressor: ReturnType<typeof createSuppressor>,
  origin: Origin,
  { screen, known }: Shortcuts,
): Passage => {
  const isNothing = known && settledIn(known);
  const sightings: Sighting[] = [];
  const faults: Fault[] = [];
  const refused: Partial<Record<Refusal, number>> = {};
  const suppressed: Record<string, number> = {};
  let [events, truncated, earliest, latest] = [0, 0, Number.POSITIVE_INFINITY, 0];

  const count = (time: number) => {
    events++;
    if (time > 0 && time < earliest) earliest = time;
    if (time > latest) latest = time;
  };
  const takeEvent = (event: Event) => {
    count(event.time);
    if (event.source === 'audit' && event.truncated) truncated++;
    const detected = engine.detect(event, isNothing, screen?.asks(event));
    faults.push(...detected.faults);
    for (const sighting of detected.sightings) {
      const suppression = suppressor(sighting);
      if (suppression === undefined) sightings.push(sighting);
      else suppressed[suppression.reason] = (suppressed[suppression.reason] ?? 0) + 1;
    }
    if (event.source === 'audit') screen?.learn(event);
  };
  return {
    take: (record) => {
      const event = normalise(record.message, origin, record);
      if (event.source === 'refused') refused[event.reason] = (refused[event.reason] ?? 0) + 1;
      else takeEvent(event);
    },
    passBy: count,
    result: () => ({ sightings, tally: { events, refused, truncated, suppressed }, earliest, latest, faults }),
  };
};

export const passOver = (
  engine: Engine,
  suppressor: ReturnType<typeof createSuppressor>,
  records: Iterable<TextRecord>,
  origin: Origin,
  shortcuts: Shortcuts = {},
): Pass => {
  const passage = createPassage(engine, suppressor, origin, shortcuts);
  const { screen } = shortcuts;
  for (const record of records) {
    const { message } = record;
    const time = screen?.pass(message, 0, LINE, origin) ?? 0;
    if (time > 0) passage.passBy(time);
    else passage.take(record);
  }
  return passage.result();
};

/**
 * The same over the text of a payload, most of which is never parsed. Undefined when the payload is not written as CloudWatch Logs
 * writes one; then it has to be parsed.
 */
export const passOverText = (
  engine: Engine,
  suppressor: ReturnType<typeof createSuppressor>,
  payload: PayloadText,
  origin: Origin,
  shortcuts: Shortcuts & { readonly screen: Screen },
): Pass | undefined => {
  const passage = createPassage(engine, suppressor, origin, shortcuts);
  const { screen } = shortcuts;
  for (const { text, bytes } of payload.pieces()) {
    const isWhole = eachMessage(text, (begin, from) => {
      const time = screen.pass(text, from, INSIDE_PAYLOAD, origin, bytes);
      if (time > 0) {
        passage.passBy(time);
        return screen.end();
      }
      const end = endOfMessage(text, from);
      const record = recordIn(text, begin, end);
      if (record === undefined) return -1;
      passage.take(record);
      return end;
    });
    if (!isWhole) return undefined;
  }
  return passage.result();
};
