/** Which rules look at an event, by what every record says of itself. Asked by the engine and by the prefilter alike. */
import { isMadeByServer } from '../events/audit-id.ts';
import type { Actor, AuditHeader, Event, Outcome } from '../events/event.ts';
import type { AuditSelection } from '../sdk/detection.ts';
import type { Rule } from './rule.ts';

/** A rule, and one of the selections by which it looks at audit events. */
export interface Candidate {
  readonly rule: Rule;
  readonly selection: AuditSelection;
}

/** What selects a verb and resource, in the order of the rules. */
export type Selector = (verb: string, resource: string, subresource: string) => readonly Candidate[];

/** What of a selection does not fit an event. */
export type Mismatch =
  | 'source'
  | 'verb'
  | 'resource'
  | 'outcome'
  | 'truncated'
  | 'body'
  | 'audit id'
  | 'actor'
  | 'client'
  | 'uri'
  | 'location'
  | 'dry run'
  | 'reason';

/** Distinct (verb, resource) pairs that are kept; a cluster with many custom resources has a few thousand. */
const LARGEST_INDEX = 10_000;

/** Characters of the longest pair that is kept. Both come from a request, which may have a megabyte of path. */
const LONGEST_KEY = 256;

/** The selections of rules over audit events. Selections of one rule follow each other. */
export const candidatesOf = (rules: readonly Rule[]): readonly Candidate[] =>
  rules.flatMap((rule) => rule.detection.audit.map((selection) => ({ rule, selection })));

/** Finds candidates once for each pair that occurs; both come from a request, so number and length are bounded. */
export const createSelector = (rules: readonly Rule[]): Selector => {
  const candidates = candidatesOf(rules);
  const index = new Map<string, readonly Candidate[]>();
  return (verb, resource, subresource) => {
    const key = `${verb} ${resource}/${subresource}`;
    const known = index.get(key);
    if (known !== undefined) return known;
    const found = candidates.filter(
      ({ selection }) => takesVerb(selection, verb) && takesResource(selection, resource, subresource),
    );
    if (index.size < LARGEST_INDEX && key.length <= LONGEST_KEY) index.set(key, found);
    return found;
  };
};

const takesVerb = ({ verbs }: AuditSelection, verb: string): boolean => verbs === undefined || verbs.includes(verb);

const takesResource = ({ resources }: AuditSelection, resource: string, subresource: string): boolean =>
  resources === undefined ||
  resources.includes(subresource === '' ? resource : `${resource}/${subresource}`) ||
  resources.includes(`${resource}/*`);

export const takesOutcome = ({ outcomes }: AuditSelection, outcome: Outcome): boolean =>
  outcomes === undefined || outcomes.includes(outcome);

const takesActor = ({ selection }: Candidate, actor: Actor, impersonated: Actor | undefined): boolean =>
  selection.actor === undefined || selection.actor(withoutIssued(actor), impersonated);

const takesClient = ({ selection, rule }: Candidate, userAgent: string, address: string): boolean =>
  selection.client === undefined || selection.client(userAgent, address, rule.options);

/** The caller as the record's own blocks show it: what the answer adds (an issued token's id) is no part of who asked. */
export const takesCaller = (
  candidate: Candidate,
  actor: Actor,
  impersonated: Actor | undefined,
  userAgent: string,
  address: string,
): boolean => takesActor(candidate, actor, impersonated) && takesClient(candidate, userAgent, address);

const withoutIssued = (actor: Actor): Actor => {
  if (actor.issuedCredentialId === undefined) return actor;
  const { issuedCredentialId: _, ...asked } = actor;
  return asked;
};

export const takesUri = (selection: AuditSelection, uri: string, actor: Actor): boolean =>
  selection.uri === undefined || selection.uri(uri, withoutIssued(actor));

/**
 * A truncated record has no body, so nothing can be said about one. Where not even verb and caller are left, only a detection of such
 * records may speak: an unknown caller is not an anonymous caller.
 */
const unreadable = ({ level, truncated }: AuditSelection, event: AuditHeader): Mismatch | undefined => {
  if (!event.truncated) return truncated === true ? 'truncated' : undefined;
  if (event.verb === '') return truncated === true ? undefined : 'truncated';
  return level === 'request' ? 'body' : undefined;
};

/**
 * What of a selection does not fit an audit event of a fitting verb and resource. Undefined for one that is selected. What the prefilter
 * can't know of a record comes last: whether a location is known, and whether the request was a dry run.
 */
const whyNotSelected = (candidate: Candidate, event: AuditHeader): Mismatch | undefined => {
  const { selection } = candidate;
  if (!takesOutcome(selection, event.outcome)) return 'outcome';
  const mismatch = unreadable(selection, event);
  if (mismatch !== undefined) return mismatch;
  if (selection.clientChosenId === true && isMadeByServer(event.auditId)) return 'audit id';
  if (!takesActor(candidate, event.actor, event.impersonated)) return 'actor';
  if (!takesClient(candidate, event.userAgent, event.address)) return 'client';
  if (!takesUri(selection, event.uri, event.actor)) return 'uri';
  if (selection.located === true && event.location === undefined) return 'location';
  return isUnwantedDryRun(selection, event) ? 'dry run' : undefined;
};

export const isUnwantedDryRun = (selection: AuditSelection, event: AuditHeader): boolean =>
  selection.dryRun !== true && event.dryRun;

/** Whether a candidate of the event's verb and resource selects it. */
export const selects = (candidate: Candidate, event: AuditHeader): boolean =>
  whyNotSelected(candidate, event) === undefined;

/** What of a candidate does not fit an audit event; undefined for one that selects it. */
const whyNotCandidate = (candidate: Candidate, event: AuditHeader): Mismatch | undefined => {
  const { resource, subresource } = event.object;
  if (!takesVerb(candidate.selection, event.verb)) return 'verb';
  if (!takesResource(candidate.selection, resource, subresource)) return 'resource';
  return whyNotSelected(candidate, event);
};

/** Why a rule does not look at an event: its first selection that does not fit, and what of it. Undefined when the rule looks. */
export const whyNot = (
  rule: Rule,
  event: Event,
): { readonly selection?: AuditSelection; readonly mismatch: Mismatch } | undefined => {
  const { audit, 'kubernetes-event': events } = rule.detection;
  if (event.source === 'kubernetes-event') {
    if (events === undefined) return { mismatch: 'source' };
    return events.reasons === undefined || events.reasons.includes(event.reason) ? undefined : { mismatch: 'reason' };
  }
  const mismatches = audit.map((selection) => whyNotCandidate({ rule, selection }, event));
  const [first] = mismatches;
  if (first === undefined && audit.length === 0) return { mismatch: 'source' };
  if (mismatches.includes(undefined) || first === undefined) return undefined;
  return { selection: audit[0] as AuditSelection, mismatch: first };
};
