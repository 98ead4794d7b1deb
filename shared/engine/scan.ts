/** One scan over the records of one origin: parse, detect, suppress, and count what happened to each. */
import type { RecordInfo } from '../events/audit.ts';
import type { Event, Origin } from '../events/event.ts';
import { parseRecords, type Rejection } from '../events/parse.ts';
import { endOfMessage, Messages, type PayloadText, recordIn } from '../logs/cloudwatch-payload.ts';
import type { Engine, Fault, Saturation, Sighting } from './engine.ts';
import type { Read } from './prefilter/decision.ts';
import type { Prefilter } from './prefilter/prefilter.ts';
import { INSIDE_PAYLOAD, LINE } from './prefilter/spelling.ts';
import type { createSuppressor } from './suppression.ts';

type Suppressor = ReturnType<typeof createSuppressor>;

/** The text of a record, and what is known of it besides. */
export interface TextRecord extends RecordInfo {
  readonly message: string;
}

export interface ScanResult {
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

/** Every record is counted once: as an event, or as rejected for a reason. */
export interface Tally {
  readonly events: number;
  readonly rejected: Readonly<Partial<Record<Rejection, number>>>;
  /** Salvaged from records that were cut; counted among the events too. */
  readonly truncated: number;
  /** Sightings that a suppression took out, by its reason. */
  readonly suppressed: Readonly<Record<string, number>>;
  /** Events on which a detection threw, by its id. */
  readonly faults: Readonly<Record<string, number>>;
}

/** Faults that are kept to be looked at. */
const FAULTS_KEPT = 20;

/** What a scan may use to be quick and small. Without any of it a scan reads every record, and that is the definition of one with it. */
export interface Shortcuts {
  /** Skips what no rule looks at. */
  readonly prefilter?: Prefilter | undefined;
  /** Sightings that add nothing to what is kept are left out. Give the prefilter the same. */
  readonly saturation?: Saturation | undefined;
  /** Takes each sighting as it is made, so that its event can be let go. Without it a scan gives all of them at its end. */
  readonly onSighting?: ((sighting: Sighting) => void) | undefined;
}

/**
 * Takes records one by one. A class, and not functions made for each scan: what V8 has made fast it forgets with the last function
 * that used it, and a container would warm up for every payload again.
 */
class Scan {
  readonly #engine: Engine;
  readonly #suppressor: Suppressor;
  readonly #origin: Origin;
  readonly #saturation: Saturation | undefined;
  readonly #sightings: Sighting[] = [];
  readonly #onSighting: (sighting: Sighting) => void;
  readonly #faults: Fault[] = [];
  readonly #faulted: Record<string, number> = {};
  readonly #rejected: Partial<Record<Rejection, number>> = {};
  readonly #suppressed: Record<string, number> = {};
  #sighted = 0;
  #events = 0;
  #truncated = 0;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = 0;

  constructor(engine: Engine, suppressor: Suppressor, origin: Origin, { saturation, onSighting }: Shortcuts) {
    this.#engine = engine;
    this.#suppressor = suppressor;
    this.#origin = origin;
    this.#saturation = saturation;
    this.#onSighting = onSighting ?? ((sighting) => this.#sightings.push(sighting));
  }

  /** @param read what the prefilter knows of the record, where there is one */
  take(record: TextRecord, read?: Read): void {
    for (const event of parseRecords(record.message, this.#origin, record)) {
      if (event.source === 'rejected') this.#rejected[event.reason] = (this.#rejected[event.reason] ?? 0) + 1;
      else this.#takeEvent(event, read);
    }
  }

  /** Counts an event that is not looked at further. */
  skip(time: number): void {
    this.#events++;
    if (time > 0 && time < this.#earliest) this.#earliest = time;
    if (time > this.#latest) this.#latest = time;
  }

  #takeEvent(event: Event, read: Read | undefined): void {
    this.skip(event.time);
    if (event.source === 'audit' && event.truncated) this.#truncated++;
    const { sightings, faults } = this.#engine.detect(event, this.#saturation, read?.candidates(event));
    for (const sighting of sightings) {
      const suppression = this.#suppressor(sighting);
      if (suppression === undefined) {
        this.#sighted++;
        this.#onSighting(sighting);
      } else this.#suppressed[suppression.reason] = (this.#suppressed[suppression.reason] ?? 0) + 1;
    }
    for (const fault of faults) this.#fail(fault);
    if (event.source === 'audit') read?.learn(event);
  }

  #fail(fault: Fault): void {
    const { id } = fault.rule.detection;
    this.#faulted[id] = (this.#faulted[id] ?? 0) + 1;
    if (this.#faults.length < FAULTS_KEPT) this.#faults.push(fault);
  }

  result(): ScanResult {
    return {
      sightings: this.#sightings,
      sighted: this.#sighted,
      tally: {
        events: this.#events,
        rejected: this.#rejected,
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

export const scanRecords = (
  engine: Engine,
  suppressor: Suppressor,
  records: Iterable<TextRecord>,
  origin: Origin,
  shortcuts: Shortcuts = {},
): ScanResult => {
  const scan = new Scan(engine, suppressor, origin, shortcuts);
  const { prefilter } = shortcuts;
  for (const record of records) {
    const decision = prefilter?.scan(record.message, 0, LINE, origin);
    if (decision?.isSkip) scan.skip(decision.time);
    else scan.take(record, decision);
  }
  return scan.result();
};

/**
 * The same over the text of a payload, most of which is never parsed. Undefined when the payload is not written as CloudWatch Logs
 * writes one; then it has to be parsed.
 */
export const scanPayload = (
  engine: Engine,
  suppressor: Suppressor,
  payload: PayloadText,
  origin: Origin,
  shortcuts: Shortcuts & { readonly prefilter: Prefilter },
): ScanResult | undefined => {
  const scan = new Scan(engine, suppressor, origin, shortcuts);
  const { prefilter } = shortcuts;
  for (const records of payload.pieces()) {
    const { text, bytes } = records;
    const messages = new Messages(records);
    while (messages.next()) {
      const decision = prefilter.scan(text, messages.from, INSIDE_PAYLOAD, origin, bytes);
      if (decision.isSkip) {
        scan.skip(decision.time);
        messages.end = decision.end;
        continue;
      }
      messages.end = endOfMessage(text, messages.from);
      const record = recordIn(text, messages.begin, messages.end);
      if (record === undefined) return undefined;
      scan.take(record, decision);
    }
    if (!messages.isWhole) return undefined;
  }
  return scan.result();
};
