/** Runs the rules over events: finds the few that could match by an index, asks those, and makes sightings of what matches. */

import { isServiceAtWork } from '../eks/aws-services.ts';
import { principalOf } from '../events/actor.ts';
import type { AuditEvent, Event, KubernetesEvent } from '../events/event.ts';
import { clean } from '../primitives/clean-text.ts';
import { digest, reference } from '../primitives/digest.ts';
import { perText } from '../primitives/memo.ts';
import { isWithin, type TimeRange } from '../primitives/time.ts';
import type { Entities, Weight } from '../sdk/detection.ts';
import { type Rule, weightOf } from './rule.ts';
import { type Candidate, createSelector, isUnwantedDryRun, type Selector, selects, whyNot } from './selection.ts';

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

/** The time around an event in which sightings of a rule and of these entities add nothing to what is kept; undefined when they might. */
export type Saturation = (rule: Rule, event: Event, entities: Entities) => TimeRange | undefined;

export interface Engine {
  readonly rules: readonly Rule[];
  /** What looks at this verb and resource in audit events. */
  readonly selected: Selector;
  /**
   * @param saturation sightings within it are left out
   * @param candidates what selects the audit event, dry runs aside, where that is known already
   */
  readonly detect: (event: Event, saturation?: Saturation, candidates?: readonly Candidate[]) => Detected;
}

/** Longest entity value that is kept; Kubernetes names end at 253 characters. */
const LONGEST_ENTITY = 256;

export const createEngine = (rules: readonly Rule[]): Engine => {
  const ofEvents = rules.filter(({ detection }) => detection['kubernetes-event'] !== undefined);
  const selected = createSelector(rules);

  /** Looks at an event with one rule after another. */
  const eachOfEvent = (event: KubernetesEvent, look: Look, fail: Fail): void => {
    for (const rule of ofEvents) {
      try {
        if (whyNot(rule, event) === undefined) look(rule);
      } catch (error) {
        fail(rule, error);
      }
    }
  };

  /** The same for an audit event; each rule looks once, however many of its selections fit. */
  const eachOfAudit = (event: AuditEvent, look: Look, fail: Fail, candidates?: readonly Candidate[]): void => {
    let done: Rule | undefined;
    const { verb, object } = event;
    for (const candidate of candidates ?? selected(verb, object.resource, object.subresource)) {
      const { rule, selection } = candidate;
      if (rule === done) continue;
      try {
        const isSelected = candidates === undefined ? selects(candidate, event) : !isUnwantedDryRun(selection, event);
        if (!isSelected) continue;
        done = rule;
        look(rule);
      } catch (error) {
        done = rule;
        fail(rule, error);
      }
    }
  };

  const each = (event: Event, look: Look, fail: Fail, candidates?: readonly Candidate[]): void =>
    event.source === 'kubernetes-event' ? eachOfEvent(event, look, fail) : eachOfAudit(event, look, fail, candidates);

  const detect = (event: Event, saturation?: Saturation, candidates?: readonly Candidate[]): Detected => {
    const sightings: Sighting[] = [];
    const faults: Fault[] = [];
    each(
      event,
      (rule) => {
        if (!isLeftToService(rule, event)) sightings.push(...sightingsOf(rule, event, faults, saturation));
      },
      (rule, error) => faults.push({ rule, error }),
      candidates,
    );
    return { sightings, faults };
  };
  return { rules, selected, detect };
};

/**
 * An AWS service at its ordinary work is reported once, by what is first seen of it: so that its arrival is known, and so is anybody
 * who takes its place with another client or address.
 */
const isLeftToService = ({ windowing }: Rule, event: Event): boolean =>
  windowing.kind !== 'first-seen' && event.source === 'audit' && isServiceAtWork(event);

type Look = (rule: Rule) => void;
type Fail = (rule: Rule, error: unknown) => void;

/**
 * Things of one event that a rule can see. A request of a megabyte may hold ten thousand images; far fewer are shown as overflow
 * (aggregates/gathering.ts), and each costs as much as an event of its own.
 */
const MOST_ITEMS = 500;

const sightingsOf = (rule: Rule, event: Event, faults: Fault[], saturation?: Saturation): readonly Sighting[] => {
  const { detection, options } = rule;
  const found: unknown = detection.find(event, options);
  if (found === undefined || found === false) return [];
  const sightings: Sighting[] = [];
  for (const one of Array.isArray(found) ? found.slice(0, MOST_ITEMS) : [found]) {
    const entities = entitiesOf(rule, one, event);
    const saturated = saturation?.(rule, event, entities);
    if (saturated !== undefined && isWithin(saturated, event.time)) continue;
    sightings.push(new Match(rule, event, entities, one, faults));
  }
  return sightings;
};

/** Its summary is made when somebody reads it: of a flood's sightings hardly one is ever shown. */
class Match implements Sighting {
  readonly rule: Rule;
  readonly event: Event;
  readonly entities: Entities;
  readonly ref: string;
  readonly weight: string;
  readonly #found: unknown;
  readonly #faults: Fault[];
  #summary: string | undefined;

  constructor(rule: Rule, event: Event, entities: Entities, found: unknown, faults: Fault[]) {
    this.rule = rule;
    this.event = event;
    this.entities = entities;
    this.ref = refOf(rule, found, event);
    this.weight = weightOf(rule, weigh(rule, found, event));
    this.#found = found;
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
      return clean(detection.summary(this.#found, this.event, options));
    } catch (error) {
      this.#faults.push({ rule: this.rule, error });
      return detection.title;
    }
  }
}

const refOf = ({ detection, options }: Rule, found: unknown, event: Event): string => {
  if (detection.distinct === undefined) return event.ref;
  return reference(event.time, 'value', detection.distinct(found, event, options));
};

/** A denied attempt weighs no more than the detection says that one does. */
const weigh = ({ detection, options }: Rule, found: unknown, event: Event): Weight => {
  const own = detection.weight?.(found, event, options) ?? {};
  const { denied } = detection;
  if (denied === undefined || event.source !== 'audit' || event.outcome !== 'denied') return own;
  const { impact = detection.impact, confidence = detection.confidence } = own;
  return { impact: Math.min(impact, denied.impact ?? 100), confidence: Math.min(confidence, denied.confidence ?? 100) };
};

const entitiesOf = ({ detection, options }: Rule, found: unknown, event: Event): Entities => {
  const entities = detection.entities(found, event, options);
  const isAdded = detection.principal && event.source === 'audit';
  return cleanEntities(isAdded ? { ...entities, principal: principalOf(event.actor) } : entities);
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

/** Entities of a rule whose entities follow from the caller, for whichever request of that caller. */
export const entitiesOfCaller = (rule: Rule, event: Event): Entities => entitiesOf(rule, true, event);
