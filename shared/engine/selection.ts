/** Which rules look at an event, by what every record says of itself. Asked by the engine and by the fast path alike. */
import { isMadeByServer } from '../events/audit-id.ts';
import type { Actor, AuditHeader, Outcome } from '../events/event.ts';
import type { Selection } from '../sdk/detection.ts';
import type { Rule } from './rule.ts';

/** A rule, and one of the selections by which it looks at events. */
export interface Ask {
  readonly rule: Rule;
  readonly on: Selection;
}

/** What takes in a verb and resource, in the order of the rules. */
export type Selector = (verb: string, resource: string, subresource: string) => readonly Ask[];

/** Distinct (verb, resource) pairs that are remembered; a cluster with many custom resources has a few thousand. */
const LARGEST_INDEX = 10_000;

/** Longest pair that is remembered: whoever asks for a megabyte of path shall not have it kept. */
const LONGEST_KEY = 256;

/** Finds rules once for each pair that occurs; both come from a request, so number and length are bounded. */
export const createSelector = (rules: readonly Rule[]): Selector => {
  const asks = rules.flatMap((rule): readonly Ask[] =>
    [rule.detection.on, ...(rule.detection.on.or ?? [])].map((on) => ({ rule, on })),
  );
  const index = new Map<string, readonly Ask[]>();
  return (verb, resource, subresource) => {
    const key = `${verb} ${resource}/${subresource}`;
    const known = index.get(key);
    if (known !== undefined) return known;
    const found = asks.filter(({ on }) => takesVerb(on, verb) && takesResource(on, resource, subresource));
    if (index.size < LARGEST_INDEX && key.length <= LONGEST_KEY) index.set(key, found);
    return found;
  };
};

const takesVerb = (on: Selection, verb: string): boolean => on.verbs === undefined || on.verbs.includes(verb);

const takesResource = (on: Selection, resource: string, subresource: string): boolean =>
  on.resources === undefined ||
  on.resources.includes(subresource === '' ? resource : `${resource}/${subresource}`) ||
  on.resources.includes(`${resource}/*`);

export const takesOutcome = (on: Selection, outcome: Outcome): boolean =>
  on.outcomes === undefined || on.outcomes.includes(outcome);

/** The caller as the record's own blocks show it: what the answer adds (an issued token's id) is no part of who asked. */
export const takesCaller = (
  { on, rule }: Ask,
  actor: Actor,
  impersonated: Actor | undefined,
  userAgent: string,
  address: string,
): boolean =>
  (on.actor === undefined || on.actor(withoutIssued(actor), impersonated)) &&
  (on.client === undefined || on.client(userAgent, address, rule.options));

const withoutIssued = (actor: Actor): Actor => {
  if (actor.issuedCredentialId === undefined) return actor;
  const { issuedCredentialId: _, ...asked } = actor;
  return asked;
};

export const takesUri = (on: Selection, uri: string, actor: Actor): boolean =>
  on.uri === undefined || on.uri(uri, withoutIssued(actor));

/**
 * What is left of a truncated record has no body, so nothing can be said about one. Where not even verb and caller are left, only a
 * detection of such records may speak: nobody is not the same as nobody knows.
 */
const canRead = ({ rule: { detection }, on }: Ask, { truncated, verb }: AuditHeader): boolean => {
  if (!truncated) return on.truncated !== true;
  if (verb === '') return on.truncated === true;
  return detection.needs === 'header' || detection.needs === 'header or body';
};

/** Whether an event is taken in, whose verb and resource are. */
export const takes = (ask: Ask, event: AuditHeader): boolean =>
  takesOutcome(ask.on, event.outcome) &&
  canRead(ask, event) &&
  (ask.on.clientChosenId !== true || !isMadeByServer(event.auditId)) &&
  takesCaller(ask, event.actor, event.impersonated, event.userAgent, event.address) &&
  takesUri(ask.on, event.uri, event.actor) &&
  (ask.on.placed !== true || event.place !== undefined);
