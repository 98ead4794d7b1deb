/** What the prefilter decided about one record. */
import type { AuditEvent, Event } from '../../events/event.ts';
import { entitiesOfCaller, type Saturation } from '../engine.ts';
import type { Rule } from '../rule.ts';
import type { Candidate } from '../selection.ts';
import { type Caller, saturatedOf } from './callers.ts';

export type Decision = Skip | Read;

/**
 * The record is an event, and no rule would add anything for it. Most records end here, so a prefilter has one such object, and its
 * next scan writes over it: take `time` and `end` before that.
 */
export interface Skip {
  readonly isSkip: true;
  /** Milliseconds since the epoch at which the API server received the request. */
  readonly time: number;
  /** Index after the record's last character. In a payload its message must end there. */
  readonly end: number;
}

/** What a prefilter needs to know to skip the next record of a caller. */
interface Lesson {
  readonly rules: readonly Rule[];
  readonly cluster: string;
  readonly saturation: Saturation;
}

/** The record has to be read. What is known of it already holds for the event that it is read to, whatever is scanned meanwhile. */
export class Read {
  readonly isSkip = false;
  readonly #caller: Caller | undefined;
  readonly #candidates: readonly Candidate[] | undefined;
  readonly #lesson: Lesson | undefined;

  /**
   * @param caller who made the request, where the record's text could be followed
   * @param candidates what selects the record, dry runs aside
   * @param lesson given when all of them are about the caller only
   */
  constructor(caller?: Caller, candidates?: readonly Candidate[], lesson?: Lesson) {
    this.#caller = caller;
    this.#candidates = candidates;
    this.#lesson = lesson;
  }

  /** What selects the event, dry runs aside; undefined when that is not known. */
  candidates(event: Event): readonly Candidate[] | undefined {
    // A predicate that threw does so again on the slow path, which reports it; and what is cut after all was not walked right.
    const isSure = event.source === 'audit' && !event.truncated && this.#caller?.isDoubtful === false;
    return isSure ? this.#candidates : undefined;
  }

  /** Takes from the event whether its caller's next ones can be skipped. Call it when the event was detected. */
  learn(event: AuditEvent): void {
    const [caller, lesson] = [this.#caller, this.#lesson];
    if (caller === undefined || lesson === undefined) return;
    const saturated = saturatedOf(caller, lesson.cluster);
    for (const rule of lesson.rules) {
      const range = rangeOf(lesson.saturation, rule, event);
      if (range !== undefined) saturated.set(rule, range);
    }
  }
}

/** A rule that can't say what it is about is reported where it is asked to detect; here it is one that is not saturated. */
const rangeOf = (saturation: Saturation, rule: Rule, event: AuditEvent) => {
  try {
    return saturation(rule, event, entitiesOfCaller(rule, event));
  } catch {
    return undefined;
  }
};

/** A record of which nothing is known. */
export const READ_UNKNOWN = new Read();
