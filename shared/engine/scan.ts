/** One pass over the records of one origin: normalise, detect, suppress, and count what happened to each. */
import type { RecordInfo } from '../events/audit.ts';
import type { Event, Origin } from '../events/event.ts';
import { normalise, type Refusal } from '../events/parse.ts';
import { endOfMessage, Messages, type PayloadText, recordIn } from '../logs/cloudwatch-payload.ts';
import type { Engine, Fault, IsNothing, Sighting } from './engine.ts';
import { type Known, type Screen, settledIn } from './prefilter/prefilter.ts';
import { INSIDE_PAYLOAD, LINE } from './prefilter/spelling.ts';
import type { createSuppressor } from './suppression.ts';

type Suppressor = ReturnType<typeof createSuppressor>;

/** The text of a record, and what is known of it besides. */
export interface TextRecord extends RecordInfo {
  readonly message: string;
}

export interface Pass {
  /** Empty where they were handed on one by one. */
  readonly sightings: readonly Sighting[];
  /** How many there were. */
  readonly sighted: number;
  readonly tally: Tally;
  /** Milliseconds since the epoch of the earliest event; Infinity when there was none. */
  readonly earliest: number;
  /** The latest; 0 when there was none. */
  readonly latest: number;
  /** The first of them; `tally` counts all. */
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
  /** Events on which a detection threw, by its id. */
  readonly faults: Readonly<Record<string, number>>;
}

/** Faults that are kept to be looked at. */
const FAULTS_KEPT = 20;

/** What a pass may use to be quick and small. Without any of it a pass reads every record, and that is the definition of one with it. */
export interface Shortcuts {
  /** Passes by what no rule looks at. */
  readonly screen?: Screen | undefined;
  /** Sightings that add nothing to a case that is known here are left out. */
  readonly known?: Known | undefined;
  /** Takes each sighting as it is made, so that its event can be let go. Without it a pass gives all of them at its end. */
  readonly onSighting?: ((sighting: Sighting) => void) | undefined;
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
  readonly #onSighting: (sighting: Sighting) => void;
  readonly #faults: Fault[] = [];
  readonly #faulted: Record<string, number> = {};
  readonly #refused: Partial<Record<Refusal, number>> = {};
  readonly #suppressed: Record<string, number> = {};
  #sighted = 0;
  #events = 0;
  #truncated = 0;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = 0;

  constructor(engine: Engine, suppressor: Suppressor, origin: Origin, { screen, known, onSighting }: Shortcuts) {
    this.#engine = engine;
    this.#suppressor = suppressor;
    this.#origin = origin;
    this.#screen = screen;
    this.#isNothing = known && settledIn(known);
    this.#onSighting = onSighting ?? ((sighting) => this.#sightings.push(sighting));
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
    for (const sighting of sightings) {
      const suppression = this.#suppressor(sighting);
      if (suppression === undefined) {
        this.#sighted++;
        this.#onSighting(sighting);
      } else this.#suppressed[suppression.reason] = (this.#suppressed[suppression.reason] ?? 0) + 1;
    }
    for (const fault of faults) this.#fail(fault);
    if (event.source === 'audit') this.#screen?.learn(event);
  }

  #fail(fault: Fault): void {
    const { id } = fault.rule.detection;
    this.#faulted[id] = (this.#faulted[id] ?? 0) + 1;
    if (this.#faults.length < FAULTS_KEPT) this.#faults.push(fault);
  }

  result(): Pass {
    return {
      sightings: this.#sightings,
      sighted: this.#sighted,
      tally: {
        events: this.#events,
        refused: this.#refused,
        truncated: this.#truncated,
        suppressed: this.#suppressed,
        faults: this.#faulted,
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
