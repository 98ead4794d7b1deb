/** One pass over the records of one origin: normalise, detect, suppress, and count what happened to each. */
import type { RecordInfo } from './audit-event.ts';
import type { Engine, Fault, IsNothing, Sighting } from './engine.ts';
import type { Event, Origin } from './event.ts';
import { normalise, type Refusal } from './normalise.ts';
import { endOfMessage, Messages, type PayloadText, recordIn } from './payload-text.ts';
import { type Known, type Screen, settledIn } from './screen.ts';
import { INSIDE_PAYLOAD, LINE } from './screen-text.ts';
import type { createSuppressor } from './suppression.ts';

type Suppressor = ReturnType<typeof createSuppressor>;

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

/**
 * Takes records one by one. A class, and not functions made for each pass: what V8 has made fast it forgets with the last function
 * that used it, and a container would warm up for every payload again.
 */
class Passage {
  readonly #engine: Engine;
  readonly #suppressor: Suppressor;
  readonly #origin: Origin;
  readonly #screen: Screen | undefined;
  readonly #isNothing: IsNothing | undefined;
  readonly #sightings: Sighting[] = [];
  readonly #faults: Fault[] = [];
  readonly #refused: Partial<Record<Refusal, number>> = {};
  readonly #suppressed: Record<string, number> = {};
  #events = 0;
  #truncated = 0;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = 0;

  constructor(engine: Engine, suppressor: Suppressor, origin: Origin, { screen, known }: Shortcuts) {
    this.#engine = engine;
    this.#suppressor = suppressor;
    this.#origin = origin;
    this.#screen = screen;
    this.#isNothing = known && settledIn(known);
  }

  take(record: TextRecord): void {
    const event = normalise(record.message, this.#origin, record);
    if (event.source === 'refused') this.#refused[event.reason] = (this.#refused[event.reason] ?? 0) + 1;
    else this.#takeEvent(event);
  }

  /** Counts an event that was passed by. */
  passBy(time: number): void {
    this.#events++;
    if (time > 0 && time < this.#earliest) this.#earliest = time;
    if (time > this.#latest) this.#latest = time;
  }

  #takeEvent(event: Event): void {
    this.passBy(event.time);
    if (event.source === 'audit' && event.truncated) this.#truncated++;
    const { sightings, faults } = this.#engine.detect(event, this.#isNothing, this.#screen?.asks(event));
    this.#faults.push(...faults);
    for (const sighting of sightings) {
      const suppression = this.#suppressor(sighting);
      if (suppression === undefined) this.#sightings.push(sighting);
      else this.#suppressed[suppression.reason] = (this.#suppressed[suppression.reason] ?? 0) + 1;
    }
    if (event.source === 'audit') this.#screen?.learn(event);
  }

  result(): Pass {
    return {
      sightings: this.#sightings,
      tally: {
        events: this.#events,
        refused: this.#refused,
        truncated: this.#truncated,
        suppressed: this.#suppressed,
      },
      earliest: this.#earliest,
      latest: this.#latest,
      faults: this.#faults,
    };
  }
}

export const passOver = (
  engine: Engine,
  suppressor: Suppressor,
  records: Iterable<TextRecord>,
  origin: Origin,
  shortcuts: Shortcuts = {},
): Pass => {
  const passage = new Passage(engine, suppressor, origin, shortcuts);
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
  suppressor: Suppressor,
  payload: PayloadText,
  origin: Origin,
  shortcuts: Shortcuts & { readonly screen: Screen },
): Pass | undefined => {
  const passage = new Passage(engine, suppressor, origin, shortcuts);
  const { screen } = shortcuts;
  for (const records of payload.pieces()) {
    const { text, bytes } = records;
    const messages = new Messages(records);
    while (messages.next()) {
      const time = screen.pass(text, messages.from, INSIDE_PAYLOAD, origin, bytes);
      if (time > 0) {
        passage.passBy(time);
        messages.end = screen.end();
        continue;
      }
      messages.end = endOfMessage(text, messages.from);
      const record = recordIn(text, messages.begin, messages.end);
      if (record === undefined) return undefined;
      passage.take(record);
    }
    if (!messages.isWhole) return undefined;
  }
  return passage.result();
};
