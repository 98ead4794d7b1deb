/** One pass over the records of one origin: normalise, detect, suppress, and count what happened to each. */
import type { RecordInfo } from './audit-event.ts';
import type { Engine, Fault, Sighting } from './engine.ts';
import type { Event, Origin } from './event.ts';
import { normalise, type Refusal } from './normalise.ts';
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

export const passOver = (
  engine: Engine,
  suppressor: ReturnType<typeof createSuppressor>,
  records: Iterable<TextRecord>,
  origin: Origin,
): Pass => {
  const sightings: Sighting[] = [];
  const faults: Fault[] = [];
  const refused: Partial<Record<Refusal, number>> = {};
  const suppressed: Record<string, number> = {};
  let [events, truncated, earliest, latest] = [0, 0, Number.POSITIVE_INFINITY, 0];

  const take = (event: Event) => {
    events++;
    if (event.source === 'audit' && event.truncated) truncated++;
    if (event.time > 0) earliest = Math.min(earliest, event.time);
    latest = Math.max(latest, event.time);
    const detected = engine.detect(event);
    faults.push(...detected.faults);
    for (const sighting of detected.sightings) {
      const suppression = suppressor(sighting);
      if (suppression === undefined) sightings.push(sighting);
      else suppressed[suppression.reason] = (suppressed[suppression.reason] ?? 0) + 1;
    }
  };
  for (const record of records) {
    const event = normalise(record.message, origin, record);
    if (event.source === 'refused') refused[event.reason] = (refused[event.reason] ?? 0) + 1;
    else take(event);
  }
  return { sightings, tally: { events, refused, truncated, suppressed }, earliest, latest, faults };
};
