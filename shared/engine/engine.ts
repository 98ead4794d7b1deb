/** Runs the rules over events: finds the few that could match by an index, asks those, and makes sightings of what matches. */

import { type Case, caseName, emptyCase } from '../aggregates/aggregate.ts';
import { isServiceAtWork } from '../eks/aws-services.ts';
import type { Event } from '../events/event.ts';
import { clean } from '../primitives/clean-text.ts';
import { digest, reference } from '../primitives/digest.ts';
import { perText } from '../primitives/memo.ts';
import type { Entities } from '../sdk/detection.ts';
import { DAY } from '../sdk/windows.ts';
import { type Rule, weightOf } from './rule.ts';
import { type Ask, createSelector, type Selector, takes } from './selection.ts';

/** One event that a rule matched: what it was about, and what to remember of it. */
export interface Sighting {
  readonly rule: Rule;
  readonly event: Event;
  readonly entities: Entities;
  readonly summary: string;
  /** The request's reference; for a threshold of distinct values, the value's. */
  readonly ref: string;
  readonly weight: string;
}

/** A rule that threw on an event. That is a defect of the rule, and never a reason to stop looking. */
export interface Fault {
  readonly rule: Rule;
  readonly error: unknown;
}

export interface Detected {
  readonly sightings: readonly Sighting[];
  /** Grows when a summary is read that can't be made. */
  readonly faults: readonly Fault[];
}

export type IsNothing = (rule: Rule, event: Event, entities: Entities) => boolean;

export interface Engine {
  readonly rules: readonly Rule[];
  /** What looks at this verb and resource in audit events: where `candidates` begins, and the fast path too. */
  readonly selected: Selector;
  /** Rules whose selection takes this event in; for the definition of a match see `detect`. */
  readonly candidates: (event: Event) => readonly Rule[];
  /**
   * @param isNothing tells sightings that would add nothing; they are left out
   * @param asks what takes the event in, where that is known already
   */
  readonly detect: (event: Event, isNothing?: IsNothing, asks?: readonly Ask[]) => Detected;
}

/** Longest entity value that is kept; Kubernetes names end at 253 characters. */
const LONGEST_ENTITY = 256;

export const createEngine = (rules: readonly Rule[]): Engine => {
  const audit = rules.filter((rule) => rule.detection.needs !== 'event');
  const cluster = rules
    .filter(({ detection: { needs } }) => needs === 'event' || needs === 'body or event')
    .map((rule) => ({ rule, on: rule.detection.on }));
  const selected = createSelector(audit);

  const asksFor = (event: Event): readonly Ask[] =>
    event.source === 'event' ? cluster : selected(event.verb, event.object.resource, event.object.subresource);

  /** Rules with what `look` makes of them, each once: selections of one rule stand side by side. */
  const each = (
    event: Event,
    look: (rule: Rule) => void,
    fail: (rule: Rule, error: unknown) => void,
    asks?: readonly Ask[],
  ): void => {
    let done: Rule | undefined;
    for (const ask of asks ?? asksFor(event)) {
      const { rule } = ask;
      if (rule === done) continue;
      try {
        if (asks === undefined && !isTaken(ask, event)) continue;
        done = rule;
        look(rule);
      } catch (error) {
        done = rule;
        fail(rule, error);
      }
    }
  };

  const candidates = (event: Event): readonly Rule[] => {
    const rules: Rule[] = [];
    const add = (rule: Rule) => rules.push(rule);
    each(event, add, add);
    return rules;
  };

  const detect = (event: Event, isNothing?: IsNothing, asks?: readonly Ask[]): Detected => {
    const sightings: Sighting[] = [];
    const faults: Fault[] = [];
    each(
      event,
      (rule) => {
        if (!isLeftToService(rule, event)) sightings.push(...sightingsOf(rule, event, faults, isNothing));
      },
      (rule, error) => faults.push({ rule, error }),
      asks,
    );
    return { sightings, faults };
  };
  return { rules, selected, candidates, detect };
};

const isTaken = (ask: Ask, event: Event): boolean => {
  if (event.source === 'audit') return takes(ask, event);
  const { reasons } = ask.rule.detection;
  return reasons === undefined || reasons.includes(event.reason);
};

/**
 * An AWS service at its ordinary work is reported once, by what is first seen of it: so that its arrival is known, and whoever takes
 * its place with another client or address is too.
 */
const isLeftToService = ({ grid }: Rule, event: Event): boolean =>
  grid.kind !== 'first-seen' && event.source === 'audit' && isServiceAtWork(event);

const NAMELESS = [undefined];

/**
 * Things of one event that a rule can see. A request of a megabyte may hold ten thousand images; far fewer are told of as a crowd
 * (crowd.ts), and each costs as much as an event of its own.
 */
const MOST_ITEMS = 500;

const sightingsOf = (rule: Rule, event: Event, faults: Fault[], isNothing?: IsNothing): readonly Sighting[] => {
  const { detection, options } = rule;
  const items: readonly unknown[] = detection.each?.(event, options) ?? NAMELESS;
  const sightings: Sighting[] = [];
  for (const item of items) {
    if (sightings.length >= MOST_ITEMS) break;
    if (!detection.match(event, options, item)) continue;
    const entities = cleanEntities(detection.entities(event, item, options));
    if (!isNothing?.(rule, event, entities)) sightings.push(new MatchedItem(rule, event, entities, item, faults));
  }
  return sightings;
};

/** Its summary is made when somebody reads it: of a flood's sightings hardly one is ever shown. */
class MatchedItem implements Sighting {
  readonly rule: Rule;
  readonly event: Event;
  readonly entities: Entities;
  readonly ref: string;
  readonly weight: string;
  readonly #item: unknown;
  readonly #faults: Fault[];
  #summary: string | undefined;

  constructor(rule: Rule, event: Event, entities: Entities, item: unknown, faults: Fault[]) {
    this.rule = rule;
    this.event = event;
    this.entities = entities;
    this.ref = refOf(rule, event, item);
    this.weight = weightOf(rule, rule.detection.weight?.(event, rule.options, item));
    this.#item = item;
    this.#faults = faults;
  }

  get summary(): string {
    this.#summary ??= this.#summarise();
    return this.#summary;
  }

  /** A detection that can't say what happened has still seen it. */
  #summarise(): string {
    const { detection, options } = this.rule;
    try {
      return clean(detection.summary(this.event, this.#item, options));
    } catch (error) {
      this.#faults.push({ rule: this.rule, error });
      return detection.title;
    }
  }
}

const refOf = (rule: Rule, event: Event, item: unknown): string => {
  const { state } = rule.detection;
  if (state.kind !== 'threshold' || state.distinct === undefined) return event.ref;
  return reference(event.time, 'value', state.distinct(event, rule.options, item));
};

/**
 * Empty values are left out. A value that is too long or not clean is cut and told apart from others like it by its digest, since
 * entities are the identity of a finding.
 */
const cleanEntities = (entities: Entities): Entities => {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(entities)) {
    if (value === '') continue;
    kept[name] = cleanEntity(value);
  }
  return kept;
};

const cleanEntity = perText((value) => {
  const safe = clean(value, LONGEST_ENTITY);
  return safe === value ? value : `${safe} #${digest(value).slice(0, 6)}`;
});

/** The one case that sightings of these entities belong to, for a first-seen rule. */
export const firstSeenCaseId = ({ detection: { id } }: Rule, { origin }: Event, entities: Entities): string => {
  const { cluster, account = '', region = '' } = origin;
  return caseName({ detection: id, cluster, account, region, entities, period: 0 }).id;
};

/** Entities of a rule whose entities follow from the caller, for whichever request of that caller. */
export const entitiesOfCaller = (rule: Rule, event: Event): Entities =>
  cleanEntities(rule.detection.entities(event, undefined, rule.options));

/** What history that is only learned from adds to a first-seen case: days on which entities were seen, and nothing to show. */
export const learnedCaseOf = ({ rule, event, entities }: Sighting): Case => {
  const { cluster, account = '', region = '' } = event.origin;
  const name = caseName({ detection: rule.detection.id, cluster, account, region, entities, period: 0 });
  return { ...emptyCase(name), learned: new Set([Math.floor(event.time / DAY)]) };
};
