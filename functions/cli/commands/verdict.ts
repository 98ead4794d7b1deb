/** What one rule makes of one event, and why. Says the same as the engine does, step by step. */

import { isServiceAtWork } from '../../../shared/eks/aws-services.ts';
import type { Sighting } from '../../../shared/engine/engine.ts';
import type { Rule } from '../../../shared/engine/rule.ts';
import { isMadeByServer } from '../../../shared/events/audit-id.ts';
import type { AuditHeader, ClusterEvent, Event } from '../../../shared/events/event.ts';
import { digestOfReference } from '../../../shared/primitives/digest.ts';
import type { Options, Selection } from '../../../shared/sdk/detection.ts';
import { HOUR, MINUTE } from '../../../shared/sdk/windows.ts';

/** Selectors in the order in which they are asked. */
export type Selector = 'kind' | 'verb' | 'resource' | 'outcome' | 'actor' | 'client' | 'uri' | 'body' | 'reason';

/** Why an event is not for a rule. */
export interface Passed {
  readonly selector: Selector;
  readonly because: string;
}

/** The first selector that does not take the event in; undefined when the rule looks at it. */
export const passedOver = ({ detection, options }: Rule, event: Event): Passed | undefined => {
  if (event.source === 'event') return passedOverEvent(detection.needs, detection.reasons, event);
  if (detection.needs === 'event')
    return { selector: 'kind', because: 'reads Kubernetes Events, and this is an audit event' };
  const { or = [], ...on } = detection.on;
  const passed = [on, ...or].map((selection) => passedOverAudit(selection, options, detection.needs, event));
  return passed.includes(undefined) ? undefined : passed[0];
};

const passedOverEvent = (
  needs: string,
  reasons: readonly string[] | undefined,
  event: ClusterEvent,
): Passed | undefined => {
  if (needs !== 'event' && needs !== 'body or event') {
    return { selector: 'kind', because: 'reads audit events, and this is a Kubernetes Event' };
  }
  if (reasons === undefined || reasons.includes(event.reason)) return undefined;
  return {
    selector: 'reason',
    because: `reads Events with reason ${listed(reasons)}, and this one has ${quoted(event.reason)}`,
  };
};

const OUTCOMES = {
  succeeded: 'succeeded',
  denied: 'were denied',
  failed: 'failed',
  started: 'had only begun',
} as const;

const passedOverAudit = (on: Selection, options: Options, needs: string, event: AuditHeader): Passed | undefined => {
  const { resource, subresource } = event.object;
  const kind = subresource === '' ? resource : `${resource}/${subresource}`;
  if (on.verbs !== undefined && !on.verbs.includes(event.verb)) {
    return { selector: 'verb', because: `looks at ${listed(on.verbs)}, and the verb is ${quoted(event.verb)}` };
  }
  if (on.resources !== undefined && !on.resources.includes(kind) && !on.resources.includes(`${resource}/*`)) {
    return { selector: 'resource', because: `looks at ${listed(on.resources)}, and this is about ${quoted(kind)}` };
  }
  if (on.outcomes !== undefined && !on.outcomes.includes(event.outcome)) {
    return {
      selector: 'outcome',
      because: `looks at requests that ${listed(on.outcomes.map((outcome) => OUTCOMES[outcome]))}, and this one ${event.outcome === 'denied' ? 'was denied' : OUTCOMES[event.outcome]}`,
    };
  }
  if (on.actor !== undefined && !on.actor(event.actor, event.impersonated)) {
    return {
      selector: 'actor',
      because: `is not about ${event.actor.user === '' ? 'a caller without a name' : `callers such as ${quoted(event.actor.user)}`}`,
    };
  }
  if (on.client !== undefined && !on.client(event.userAgent, event.address, options)) {
    return {
      selector: 'client',
      because: `is not about ${quoted(event.userAgent)} from ${event.address || 'nowhere'}`,
    };
  }
  if (on.uri !== undefined && !on.uri(event.uri, event.actor)) {
    return { selector: 'uri', because: `is not about requests such as ${quoted(event.uri)}` };
  }
  if (on.placed === true && event.place === undefined) {
    return {
      selector: 'client',
      because: `needs to know where ${event.address || 'nowhere'} is, and no database tells`,
    };
  }
  if (on.clientChosenId === true && isMadeByServer(event.auditId)) {
    return { selector: 'client', because: 'looks at audit ids that a client chose, and the server made this one' };
  }
  if (event.truncated && event.verb === '' && on.truncated !== true) {
    return { selector: 'body', because: 'needs to know who asked for what, and this record was cut before it says' };
  }
  if (on.truncated === true && !event.truncated) {
    return { selector: 'body', because: 'looks at records that were cut short, and this one is whole' };
  }
  if (event.truncated && needsBody(needs)) {
    return { selector: 'body', because: 'needs the body of the request, and this record was cut short' };
  }
  return undefined;
};

const needsBody = (needs: string): boolean => needs === 'body' || needs === 'body or event';

/** Why a rule that looks at an event may have said no although the event seems made for it. */
export const doubts = ({ detection }: Rule, event: Event): string => {
  if (event.source === 'event') return '';
  const hasBody = event.requestObject !== undefined || event.responseObject !== undefined;
  if (needsBody(detection.needs) && !hasBody) {
    return ` (it needs the body of the request, and at level ${event.level || 'unknown'} there is none)`;
  }
  if (isServiceAtWork(event)) return ' (it is ordinary work of an AWS service)';
  return event.dryRun ? ' (the request was a dry run)' : '';
};

/** Counts sightings as their cases do, to say how far each is from opening a finding. */
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
      const { grid } = rule;
      const key = JSON.stringify([rule.detection.id, event.origin.cluster, entities]);
      if (grid.kind === 'stateless') return { opens: true, because: 'one is enough' };
      if (grid.kind === 'first-seen') {
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
      all.push({ ref, value: grid.distinct ? digestOfReference(ref) : ref, time: event.time });
      const within = all.filter(({ time }) => time <= event.time && time > event.time - grid.window);
      const count = new Set(within.map(({ value }) => value)).size;
      const minutes = grid.window / MINUTE;
      const what = grid.distinct ? 'different' : 'so far';
      const because = `${count} ${what} within ${minutes} minutes; more than ${grid.limit} open a finding`;
      return { opens: count > grid.limit, because };
    },
  };
};

const LISTED = 5;

const listed = (values: readonly string[]): string =>
  values.length <= LISTED
    ? values.join(', ')
    : `${values.slice(0, LISTED).join(', ')} and ${values.length - LISTED} more`;

const quoted = (text: string): string => (text === '' ? 'none' : text);
