/** Runs the rules over events: finds the few that could match by an index, asks those, and makes sightings of what matches. */
import { type Case, caseName, emptyCase } from './case.ts';
import type { Entities } from './detection.ts';
import type { Event } from './event.ts';
import { factsOf, writeEvidence } from './evidence.ts';
import { digest, reference } from './reference.ts';
import { type Rule, weightOf } from './rule.ts';
import { canRead, createSelector, type Selector, takesCaller, takesOutcome } from './selection.ts';
import { DAY, periodsOf } from './state.ts';
import { clean } from './text.ts';

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
  readonly faults: readonly Fault[];
}

export interface Engine {
  readonly rules: readonly Rule[];
  /** Rules that look at this verb and resource in audit events: what `candidates` begins with, and the fast path too. */
  readonly selected: Selector;
  /** Rules whose selection takes this event in; for the definition of a match see `detect`. */
  readonly candidates: (event: Event) => readonly Rule[];
  readonly detect: (event: Event) => Detected;
}

/** Longest entity value that is kept; Kubernetes names end at 253 characters. */
const LONGEST_ENTITY = 256;

export const createEngine = (rules: readonly Rule[]): Engine => {
  const audit = rules.filter((rule) => rule.detection.needs !== 'event');
  const cluster = rules.filter((rule) => rule.detection.needs === 'event' || rule.detection.needs === 'body or event');
  const selected = createSelector(audit);

  const asked = (event: Event): readonly Rule[] =>
    event.source === 'event' ? cluster : selected(event.verb, event.object.resource, event.object.subresource);

  const detect = (event: Event): Detected => {
    const sightings: Sighting[] = [];
    const faults: Fault[] = [];
    for (const rule of asked(event)) {
      try {
        if (takes(rule, event)) sightings.push(...sightingsOf(rule, event));
      } catch (error) {
        faults.push({ rule, error });
      }
    }
    return { sightings, faults };
  };
  return { rules, selected, candidates: (event) => asked(event).filter((rule) => takes(rule, event)), detect };
};

const takes = (rule: Rule, event: Event): boolean => {
  const { on, reasons } = rule.detection;
  if (event.source === 'event') return reasons === undefined || reasons.includes(event.reason);
  return (
    takesOutcome(on, event.outcome) &&
    canRead(rule, event.truncated) &&
    takesCaller(on, event.actor, event.impersonated, event.userAgent, event.address)
  );
};

const NAMELESS = [undefined];

const sightingsOf = (rule: Rule, event: Event): readonly Sighting[] => {
  const { detection, options } = rule;
  const items: readonly unknown[] = detection.each?.(event, options) ?? NAMELESS;
  return items
    .filter((item) => detection.match(event, options, item))
    .map((item) => ({
      rule,
      event,
      entities: cleanEntities(detection.entities(event, item, options)),
      summary: clean(detection.summary(event, item, options)),
      ref: refOf(rule, event, item),
      weight: weightOf(rule, detection.weight?.(event, options, item)),
    }));
};

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
    const safe = clean(value, LONGEST_ENTITY);
    kept[name] = safe === value ? value : `${safe} #${digest(value).slice(0, 6)}`;
  }
  return kept;
};

/** What a sighting adds: to the case of its period, and to the neighbours that it is close to. */
export const casesOf = (sighting: Sighting): readonly Case[] => {
  const { rule, event, entities, ref } = sighting;
  const { cluster, account = '', region = '' } = event.origin;
  const isFirstSeen = rule.grid.kind === 'first-seen';
  return periodsOf(rule.grid, event.time).map((period) => ({
    ...emptyCase(caseName({ detection: rule.detection.id, cluster, account, region, entities, period })),
    refs: new Set([ref]),
    slots: new Set(isFirstSeen ? [Math.floor(event.time / DAY)] : []),
    evidence: new Set([writeEvidence(event, ref, sighting.weight, sighting.summary)]),
    facts: new Set(isFirstSeen ? [] : factsOf(event)),
    weights: new Set(isFirstSeen ? [] : [sighting.weight]),
  }));
};

/** The same for history that is only learned from: days on which entities were seen, and nothing to show. */
export const learnedCaseOf = ({ rule, event, entities }: Sighting): Case => {
  const { cluster, account = '', region = '' } = event.origin;
  const name = caseName({ detection: rule.detection.id, cluster, account, region, entities, period: 0 });
  return { ...emptyCase(name), learned: new Set([Math.floor(event.time / DAY)]) };
};
