/** What one rule makes of one event, in words. What selects is asked of the engine (engine/selection.ts); here it is only said. */
import { isServiceAtWork } from '../../../shared/eks/aws-services.ts';
import type { Sighting } from '../../../shared/engine/engine.ts';
import type { Rule } from '../../../shared/engine/rule.ts';
import { type Mismatch, whyNot } from '../../../shared/engine/selection.ts';
import type { AuditHeader, Event, Outcome } from '../../../shared/events/event.ts';
import { digestOfReference } from '../../../shared/primitives/digest.ts';
import { HOUR, MINUTE } from '../../../shared/primitives/time.ts';
import type { AuditSelection } from '../../../shared/sdk/detection.ts';

/** Why a rule does not look at an event. */
export interface NotSelected {
  readonly mismatch: Mismatch;
  readonly because: string;
}

/** Undefined when the rule looks at the event. */
export const notSelected = (rule: Rule, event: Event): NotSelected | undefined => {
  const reason = whyNot(rule, event);
  return reason && { mismatch: reason.mismatch, because: because(rule, event, reason) };
};

const because = (rule: Rule, event: Event, { mismatch, selection }: NonNullable<ReturnType<typeof whyNot>>): string => {
  if (event.source === 'audit') {
    if (selection === undefined) return 'reads Kubernetes Events, and this is an audit event';
    return SENTENCES[mismatch](selection, event);
  }
  if (mismatch === 'source') return 'reads audit events, and this is a Kubernetes Event';
  const { reasons = [] } = rule.detection['kubernetes-event'] ?? {};
  return `reads Events with reason ${listed(reasons)}, and this one has ${quoted(event.reason)}`;
};

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  succeeded: 'succeeded',
  denied: 'were denied',
  failed: 'failed',
  started: 'had only begun',
};

const kindOf = ({ object: { resource, subresource } }: AuditHeader): string =>
  subresource === '' ? resource : `${resource}/${subresource}`;

const SENTENCES: Readonly<Record<Mismatch, (selection: AuditSelection, event: AuditHeader) => string>> = {
  verb: ({ verbs = [] }, event) => `looks at ${listed(verbs)}, and the verb is ${quoted(event.verb)}`,
  resource: ({ resources = [] }, event) => `looks at ${listed(resources)}, and this is about ${quoted(kindOf(event))}`,
  outcome: ({ outcomes = [] }, { outcome }) =>
    `looks at requests that ${listed(outcomes.map((one) => OUTCOMES[one]))}, and this one ${outcome === 'denied' ? 'was denied' : OUTCOMES[outcome]}`,
  actor: (_selection, { actor }) =>
    `is not about ${actor.user === '' ? 'a caller without a name' : `callers such as ${quoted(actor.user)}`}`,
  client: (_selection, event) => `is not about ${quoted(event.userAgent)} from ${event.address || 'no address'}`,
  uri: (_selection, { uri }) => `is not about requests such as ${quoted(uri)}`,
  location: (_selection, { address }) => `needs to know where ${address || 'the caller'} is, and no database knows`,
  'audit id': () => 'looks at audit ids that a client chose, and the API server made this one',
  truncated: (_selection, event) =>
    event.truncated
      ? 'needs to know who asked for what, and this record was cut before it says'
      : 'looks at records that were cut short, and this one is whole',
  body: () => 'needs the body of the request, and this record was cut short',
  'dry run': () => 'leaves dry runs out, and this is one',
  source: () => 'reads another log',
  reason: () => 'reads Events with other reasons',
};

/** Why a rule that looks at an event may have said no although the event seems made for it. */
export const doubts = ({ detection }: Rule, event: Event): string => {
  if (event.source === 'kubernetes-event') return '';
  const hasBody = event.requestObject !== undefined || event.responseObject !== undefined;
  if (detection.audit.every(({ level }) => level === 'request') && !hasBody) {
    return ` (it needs the body of the request, and at level ${event.level || 'unknown'} there is none)`;
  }
  if (isServiceAtWork(event)) return ' (it is ordinary work of an AWS service)';
  return '';
};

/** Counts sightings as their aggregates do, to say how far each is from opening a finding. */
export interface Counter {
  readonly count: (sighting: Sighting) => Counted;
}

interface Counted {
  /** Whether a finding is open with this sighting. */
  readonly opens: boolean;
  readonly because: string;
}

/** @param knownSince the day from which on a first-seen sighting's entities were known by a baseline, in milliseconds since the epoch */
export const createCounter = (knownSince: (sighting: Sighting) => number | undefined): Counter => {
  const seen = new Map<string, { readonly ref: string; readonly value: string; readonly time: number }[]>();
  const first = new Map<string, number>();
  return {
    count: (sighting) => {
      const { rule, event, entities, ref } = sighting;
      const { windowing } = rule;
      const key = JSON.stringify([rule.detection.id, event.origin.cluster, entities]);
      if (windowing.kind === 'stateless') return { opens: true, because: 'one is enough' };
      if (windowing.kind === 'first-seen') {
        const known = knownSince(sighting);
        if (known !== undefined) {
          return { opens: false, because: `the baseline knows it from ${new Date(known).toISOString().slice(0, 10)}` };
        }
        const began = Math.min(first.get(key) ?? event.time, event.time);
        first.set(key, began);
        if (event.time - began < HOUR) return { opens: true, because: 'not seen before' };
        return { opens: false, because: `seen since ${new Date(began).toISOString().slice(0, 16)}Z` };
      }
      const all = seen.get(key) ?? [];
      seen.set(key, all);
      all.push({ ref, value: windowing.distinct ? digestOfReference(ref) : ref, time: event.time });
      const within = all.filter(({ time }) => time <= event.time && time > event.time - windowing.window);
      const count = new Set(within.map(({ value }) => value)).size;
      const minutes = windowing.window / MINUTE;
      const what = windowing.distinct ? 'different' : 'so far';
      const because = `${count} ${what} within ${minutes} minutes; more than ${windowing.limit} open a finding`;
      return { opens: count > windowing.limit, because };
    },
  };
};

const LISTED = 5;

const listed = (values: readonly string[]): string =>
  values.length <= LISTED
    ? values.join(', ')
    : `${values.slice(0, LISTED).join(', ')} and ${values.length - LISTED} more`;

const quoted = (text: string): string => (text === '' ? 'none' : text);
