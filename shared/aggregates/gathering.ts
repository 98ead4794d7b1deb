/**
 * Gathers the sightings of a batch into aggregates, one by one: of each sighting only what its aggregates need stays, so that memory is bounded
 * by the number of entities and not by the number of records.
 *
 * Entities are attacker-controlled: a flood from ten thousand addresses would cost its victim ten thousand writes a batch. Beyond a
 * number of different entities of one detection, sightings are attributed to the overflow: an aggregate of its own that opens like any other.
 */

import type { Sighting } from '../engine/engine.ts';
import type { Rule } from '../engine/rule.ts';
import { clusterKey, type Event, type Origin } from '../events/event.ts';
import { digest } from '../primitives/digest.ts';
import type { Entities } from '../sdk/detection.ts';
import { periodsOf, type Windowing } from '../sdk/windows.ts';
import { aggregateName } from './aggregate.ts';
import { observedIn } from './evidence.ts';
import { GrowingAggregate } from './growing-aggregate.ts';
import { ObservedValue } from './samples.ts';
import type { Delta } from './store.ts';

/**
 * Different entities of one detection that one batch may write to. A busy cluster's batch has a handful; a first one has all images.
 * Thresholds get less: one denied request says little, and strangers' addresses are the cheapest thing to have many of.
 */
export const ENTITY_LIMITS: Readonly<Record<Windowing['kind'], number>> = {
  stateless: 200,
  threshold: 50,
  'first-seen': 200,
};

const UNLIMITED: Readonly<Record<Windowing['kind'], number>> = {
  stateless: Number.POSITIVE_INFINITY,
  threshold: Number.POSITIVE_INFINITY,
  'first-seen': Number.POSITIVE_INFINITY,
};

/** One delta for each aggregate that the sightings touch. */
export const gather = (sightings: readonly Sighting[], most = UNLIMITED): readonly Delta[] => {
  const gathering = new Gathering(most);
  for (const sighting of sightings) gathering.add(sighting);
  return gathering.deltas();
};

const NOTHING: readonly ObservedValue[] = [];

/** The aggregates of one detection and its entities, by period. */
interface Subject {
  readonly key: string;
  readonly origin: Origin;
  readonly entities: Entities;
  readonly digest: string;
  readonly periods: Map<number, GrowingAggregate>;
  sightings: number;
}

export class Gathering {
  readonly #most: Readonly<Record<Windowing['kind'], number>>;
  readonly #detections = new Map<Rule, Subjects>();
  #lastEvent: Event | undefined;
  #lastFacts: readonly ObservedValue[] = [];

  constructor(most = ENTITY_LIMITS) {
    this.#most = most;
  }

  add(sighting: Sighting): void {
    const { rule, event } = sighting;
    let subjects = this.#detections.get(rule);
    if (subjects === undefined) {
      subjects = new Subjects(rule, this.#most[rule.windowing.kind]);
      this.#detections.set(rule, subjects);
    }
    subjects.add(sighting, rule.windowing.kind === 'first-seen' ? NOTHING : this.#observedIn(event));
  }

  /** One for each aggregate. */
  deltas(): readonly Delta[] {
    return [...this.#detections.values()].flatMap((subjects) => subjects.deltas());
  }

  /** Sightings that were attributed to the overflow. */
  get overflowed(): number {
    let overflowed = 0;
    for (const subjects of this.#detections.values()) overflowed += subjects.overflowed;
    return overflowed;
  }

  /** Several detections sight the same event, one after another. */
  #observedIn(event: Event): readonly ObservedValue[] {
    if (event !== this.#lastEvent) {
      this.#lastEvent = event;
      this.#lastFacts = observedIn(event).map((text) => new ObservedValue(text));
    }
    return this.#lastFacts;
  }
}

/**
 * What one detection is about in one batch. Entities with the smallest digests keep their own aggregates, so that batches of the same flood
 * mostly agree on whose.
 */
class Subjects {
  readonly #rule: Rule;
  readonly #most: number;
  readonly #own = new Map<string, Subject>();
  readonly #overflows = new Map<string, Subject>();
  /** The same in the order of their digests, once there is no room left: the last one makes room. */
  #inOrder: Subject[] | undefined;

  constructor(rule: Rule, most: number) {
    this.#rule = rule;
    this.#most = most;
  }

  add(sighting: Sighting, observed: readonly ObservedValue[]): void {
    const subject = this.#subjectOf(sighting);
    subject.sightings++;
    for (const period of periodsOf(this.#rule.windowing, sighting.event.time)) {
      this.#aggregateOf(subject, period).add(sighting, observed);
    }
  }

  deltas(): readonly Delta[] {
    const subjects = [...this.#own.values(), ...this.#overflows.values()];
    return subjects.flatMap(({ periods }) =>
      [...periods.values()].map((growing) => ({ rule: this.#rule, addition: growing.toAggregate() })),
    );
  }

  get overflowed(): number {
    let overflowed = 0;
    for (const { sightings } of this.#overflows.values()) overflowed += sightings;
    return overflowed;
  }

  #subjectOf({ event: { origin }, entities }: Sighting): Subject {
    const key = keyOf(origin, entities);
    const known = this.#own.get(key);
    if (known !== undefined) return known;
    return this.#own.size < this.#most
      ? this.#begin(this.#own, key, origin, entities)
      : this.#squeeze(key, origin, entities);
  }

  /** Without room, the one with the largest digest joins the overflow. */
  #squeeze(key: string, origin: Origin, entities: Entities): Subject {
    this.#inOrder ??= [...this.#own.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
    const own = digest(key);
    const last = this.#inOrder.at(-1);
    if (last === undefined || own > last.digest) return this.#overflowOf(origin, entities);
    this.#inOrder.pop();
    this.#own.delete(last.key);
    this.#moveToOverflow(last);
    const subject = this.#begin(this.#own, key, origin, entities);
    this.#inOrder.splice(placeOf(this.#inOrder, subject), 0, subject);
    return subject;
  }

  #begin(among: Map<string, Subject>, key: string, origin: Origin, entities: Entities): Subject {
    const subject: Subject = { key, origin, entities, digest: digest(key), periods: new Map(), sightings: 0 };
    among.set(key, subject);
    return subject;
  }

  /** Its entities keep their names and lose their values. */
  #overflowOf(origin: Origin, entities: Entities): Subject {
    const names = Object.keys(entities);
    const key = `${clusterKey(origin)}\n${names.join('\n')}`;
    const known = this.#overflows.get(key);
    if (known !== undefined) return known;
    return this.#begin(this.#overflows, key, origin, Object.fromEntries(names.map((name) => [name, 'many'])));
  }

  #moveToOverflow(subject: Subject): void {
    const overflow = this.#overflowOf(subject.origin, subject.entities);
    overflow.sightings += subject.sightings;
    for (const [period, growing] of subject.periods) this.#aggregateOf(overflow, period).absorb(growing);
  }

  #aggregateOf({ periods, origin, entities }: Subject, period: number): GrowingAggregate {
    const known = periods.get(period);
    if (known !== undefined) return known;
    const { cluster, account = '', region = '' } = origin;
    const name = aggregateName({ detection: this.#rule.detection.id, cluster, account, region, entities, period });
    const growing = new GrowingAggregate(this.#rule, name);
    periods.set(period, growing);
    return growing;
  }
}

/** Names and values of entities hold no line breaks: they are clean. */
const keyOf = (origin: Origin, entities: Entities): string => {
  let key = clusterKey(origin);
  for (const name in entities) key += `\n${name}\n${entities[name]}`;
  return key;
};

/** Index at which a subject keeps the order of digests. */
const placeOf = (inOrder: readonly Subject[], { digest: own }: Subject): number => {
  let [low, high] = [0, inOrder.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((inOrder[middle] as Subject).digest < own) low = middle + 1;
    else high = middle;
  }
  return low;
};
