/**
 * Gathers the sightings of a batch into cases, one by one: of each sighting only what its cases need stays, so that memory is bounded
 * by the number of entities and not by the number of records.
 *
 * Entities are attacker-controlled: a flood from ten thousand addresses would cost its victim ten thousand writes a batch. Beyond a
 * number of different entities of one detection, sightings are attributed to the crowd: a case of its own that opens like any other.
 */
import { caseName } from './case.ts';
import type { Entities } from './detection.ts';
import type { Sighting } from './engine.ts';
import type { Event, Origin } from './event.ts';
import { factsOf, writeEvidence } from './evidence.ts';
import { GrowingCase, type Traces } from './growing-case.ts';
import { digest } from './reference.ts';
import type { Rule } from './rule.ts';
import { type Grid, periodsOf } from './state.ts';
import type { Delta } from './store.ts';

/**
 * Different entities of one detection that one batch may write to. A busy cluster's batch has a handful; a first one has all images.
 * Thresholds get less: one refused request says little, and strangers' addresses are the cheapest thing to have many of.
 */
export const MOST_ENTITIES: Readonly<Record<Grid['kind'], number>> = {
  stateless: 200,
  threshold: 50,
  'first-seen': 200,
};

const UNLIMITED: Readonly<Record<Grid['kind'], number>> = {
  stateless: Number.POSITIVE_INFINITY,
  threshold: Number.POSITIVE_INFINITY,
  'first-seen': Number.POSITIVE_INFINITY,
};

/** One delta for each case that the sightings touch. */
export const gather = (sightings: readonly Sighting[], most = UNLIMITED): readonly Delta[] => {
  const gathering = new Gathering(most);
  for (const sighting of sightings) gathering.add(sighting);
  return gathering.deltas();
};

/** The cases of one detection and its entities, by period. */
interface Subject {
  readonly key: string;
  readonly origin: Origin;
  readonly entities: Entities;
  readonly digest: string;
  readonly periods: Map<number, GrowingCase>;
  sightings: number;
}

export class Gathering {
  readonly #most: Readonly<Record<Grid['kind'], number>>;
  readonly #detections = new Map<Rule, Subjects>();
  #lastEvent: Event | undefined;
  #lastFacts: readonly string[] = [];

  constructor(most = MOST_ENTITIES) {
    this.#most = most;
  }

  add(sighting: Sighting): void {
    const { rule, event, ref, weight, summary } = sighting;
    const subjects = this.#detections.get(rule) ?? new Subjects(rule, this.#most[rule.grid.kind]);
    this.#detections.set(rule, subjects);
    let written: string | undefined;
    const evidence = (): string => {
      written ??= writeEvidence(event, ref, weight, summary);
      return written;
    };
    subjects.add(sighting, { evidence, facts: rule.grid.kind === 'first-seen' ? [] : this.#factsOf(event) });
  }

  /** One for each case. */
  deltas(): readonly Delta[] {
    return [...this.#detections.values()].flatMap((subjects) => subjects.deltas());
  }

  /** Sightings that were attributed to the crowd. */
  get crowded(): number {
    let crowded = 0;
    for (const subjects of this.#detections.values()) crowded += subjects.crowded;
    return crowded;
  }

  /** Several detections sight the same event, one after another. */
  #factsOf(event: Event): readonly string[] {
    if (event !== this.#lastEvent) {
      this.#lastEvent = event;
      this.#lastFacts = factsOf(event);
    }
    return this.#lastFacts;
  }
}

/**
 * What one detection is about in one batch. Entities with the smallest digests keep their own cases, so that batches of the same flood
 * mostly agree on whose.
 */
class Subjects {
  readonly #rule: Rule;
  readonly #most: number;
  readonly #own = new Map<string, Subject>();
  readonly #crowds = new Map<string, Subject>();
  /** The one that makes room; known once there is none left. */
  #last: Subject | undefined;

  constructor(rule: Rule, most: number) {
    this.#rule = rule;
    this.#most = most;
  }

  add(sighting: Sighting, traces: Traces): void {
    const subject = this.#subjectOf(sighting);
    subject.sightings++;
    for (const period of periodsOf(this.#rule.grid, sighting.event.time)) {
      this.#caseOf(subject, period).add(sighting, traces);
    }
  }

  deltas(): readonly Delta[] {
    const subjects = [...this.#own.values(), ...this.#crowds.values()];
    return subjects.flatMap(({ periods }) =>
      [...periods.values()].map((growing) => ({ rule: this.#rule, addition: growing.toCase() })),
    );
  }

  get crowded(): number {
    let crowded = 0;
    for (const { sightings } of this.#crowds.values()) crowded += sightings;
    return crowded;
  }

  #subjectOf({ event: { origin }, entities }: Sighting): Subject {
    const key = keyOf(origin, entities);
    const known = this.#own.get(key);
    if (known !== undefined) return known;
    if (this.#own.size >= this.#most) {
      const last = this.#findLast();
      if (digest(key) > last.digest) return this.#crowdOf(origin, entities);
      this.#own.delete(last.key);
      this.#last = undefined;
      this.#moveToCrowd(last);
    }
    return this.#begin(this.#own, key, origin, entities);
  }

  #begin(among: Map<string, Subject>, key: string, origin: Origin, entities: Entities): Subject {
    const subject: Subject = { key, origin, entities, digest: digest(key), periods: new Map(), sightings: 0 };
    among.set(key, subject);
    return subject;
  }

  #findLast(): Subject {
    if (this.#last === undefined) {
      for (const subject of this.#own.values()) {
        if (this.#last === undefined || subject.digest > this.#last.digest) this.#last = subject;
      }
    }
    return this.#last as Subject;
  }

  /** Its entities keep their names and lose their values. */
  #crowdOf(origin: Origin, entities: Entities): Subject {
    const many = Object.fromEntries(Object.keys(entities).map((name) => [name, 'many']));
    const key = keyOf(origin, many);
    return this.#crowds.get(key) ?? this.#begin(this.#crowds, key, origin, many);
  }

  #moveToCrowd(subject: Subject): void {
    const crowd = this.#crowdOf(subject.origin, subject.entities);
    crowd.sightings += subject.sightings;
    for (const [period, growing] of subject.periods) this.#caseOf(crowd, period).absorb(growing);
  }

  #caseOf({ periods, origin, entities }: Subject, period: number): GrowingCase {
    const known = periods.get(period);
    if (known !== undefined) return known;
    const { cluster, account = '', region = '' } = origin;
    const name = caseName({ detection: this.#rule.detection.id, cluster, account, region, entities, period });
    const growing = new GrowingCase(this.#rule, name);
    periods.set(period, growing);
    return growing;
  }
}

const keyOf = ({ cluster, account, region }: Origin, entities: Entities): string =>
  JSON.stringify([cluster, account, region, Object.entries(entities).sort()]);
