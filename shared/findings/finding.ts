/** Findings: what an aggregate says, computed from its sets. The same sets always give the same findings. */

import type { Aggregate } from '../aggregates/aggregate.ts';
import { burstsOf } from '../aggregates/bursts.ts';
import {
  type Evidence,
  observedInEvidence,
  readEvidence,
  refOfEvidence,
  type ShownActor,
  weightOfEvidence,
} from '../aggregates/evidence.ts';
import { appearancesOf } from '../aggregates/first-seen.ts';
import { bestEvidence, bestObserved } from '../aggregates/samples.ts';
import { heaviest, type Rule } from '../engine/rule.ts';
import { digest, digestOfReference, timeOfReference } from '../primitives/digest.ts';
import { groupBy } from '../primitives/group-by.ts';
import { DAY, HOUR } from '../primitives/time.ts';
import { type Entities, riskOf, type Severity, severityOf } from '../sdk/detection.ts';
import { TACTICS } from '../sdk/mitre-attack.ts';
import { bucketOf, type Windowing } from '../sdk/windows.ts';
import { actorQuery, eventsQuery } from './insights-queries.ts';

/** Above the cap a count is no longer known. */
export type Count = number | `${number}+`;

export interface Source {
  readonly ip: string;
  readonly country?: string;
  readonly city?: string;
  readonly userAgents: readonly string[];
}

export interface Finding {
  readonly id: string;
  readonly detection: string;
  readonly title: string;
  readonly tactic: string;
  readonly techniques: readonly string[];
  readonly severity: Severity;
  readonly risk: number;
  readonly cluster: string;
  readonly account?: string;
  readonly region?: string;
  /** The AWS partition, where it is known. Otherwise the Region tells. */
  readonly partition?: string;
  readonly summary: string;
  readonly entities: Entities;
  readonly count: Count;
  /** ISO 8601, UTC. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Beginning of the period that the finding gathers. Unlike `firstSeen` it stays the same however late events arrive. */
  readonly created: string;
  readonly actor: ShownActor | null;
  readonly source: Source | null;
  /** The earliest records of the finding, ten at most, the primary one first. */
  readonly evidence: readonly Evidence[];
  /** CloudWatch Logs Insights query for the finding's events. */
  readonly drilldown: string;
  /** CloudWatch Logs Insights query for what the actor did in the last 7 days. */
  readonly actorDrilldown: string;
  /** Distinct values among the events, by kind: userAgents, uris, codes… Twenty of a kind at most. */
  readonly observed: Readonly<Record<string, readonly string[]>>;
  readonly impact: number;
  readonly confidence: number;
  readonly type: string;
  readonly stories: readonly string[];
  readonly version: number;
}

/** What computing findings takes besides the aggregate. */
export interface Context {
  /** Milliseconds since the epoch before which first-seen entities count as learned; 0 when nothing is to be learned. */
  readonly learnedUntil: number;
}

/** The sightings that one finding shows. */
interface Selected {
  /** Tells findings of one aggregate apart. */
  readonly part: string;
  readonly first: number;
  readonly last: number;
  /** Empty above the cap: then everything that the aggregate holds is shown. */
  readonly refs: readonly string[];
}

const EVIDENCE_SHOWN = 10;

/** The findings of an aggregate, none while nothing has opened. Evaluated against the rule as it is configured now. */
export const findingsOf = (rule: Rule, subject: Aggregate, context: Context): readonly Finding[] =>
  select(rule, subject, context).map((selected) => toFinding(rule, subject, selected));

const select = (rule: Rule, subject: Aggregate, context: Context): readonly Selected[] => {
  const { windowing } = rule;
  if (windowing.kind === 'threshold') return selectBursts(rule, subject);
  if (windowing.kind === 'first-seen') {
    return appearancesOf(windowing, subject)
      .filter((run) => run.start >= context.learnedUntil)
      .map((run) => {
        const full = subject.refs.size >= windowing.cap;
        const last = full ? run.start + HOUR : timeOfReference(run.refs.at(-1) as string);
        return { part: String(run.day), first: run.start, last, refs: full ? [] : run.refs };
      });
  }
  const refs = [...subject.refs].sort();
  if (refs.length === 0) return [];
  const first = timeOfReference(refs[0] as string);
  if (refs.length < windowing.cap) return [{ part: '', first, last: timeOfReference(refs.at(-1) as string), refs }];
  const buckets = [...subject.buckets, ...refs.map((ref) => bucketOf(windowing, timeOfReference(ref)))];
  const lastSlot = buckets.reduce((latest, bucket) => Math.max(latest, bucket), 0);
  return [{ part: '', first, last: Math.max(first, lastSlot * windowing.bucket), refs: [] }];
};

/** All bursts of one period are one finding. */
const selectBursts = (rule: Rule, subject: Aggregate): readonly Selected[] => {
  const bursts = burstsOf(rule.windowing, subject.period, subject);
  const [first, last] = [bursts[0], bursts.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [{ part: '', first: first.start, last: last.end, refs: bursts.flatMap((burst) => burst.refs) }];
};

const countOf = (rule: Rule, selected: Selected): Count => {
  if (selected.refs.length === 0) return `${rule.windowing.cap}+`;
  if (!rule.windowing.distinct) return selected.refs.length;
  return new Set(selected.refs.map((ref) => ref.slice(-DIGEST))).size;
};

/** Characters of a reference that name the value; see reference.ts. */
const DIGEST = digest('').length;

/** ResponseComplete tells the most about a request, so it stands for the others. */
const STAGES = ['ResponseComplete', 'Panic', 'ResponseStarted', 'RequestReceived'];
const stageRank = (evidence: Evidence): number =>
  (STAGES.indexOf(evidence.stage ?? '') + STAGES.length + 1) % (STAGES.length + 1);

/** The pieces of evidence of a finding's own sightings, as they are written. */
const ownEvidence = (rule: Rule, subject: Aggregate, selected: Selected): readonly string[] => {
  const within = new Set(selected.refs);
  return bestEvidence(rule.windowing, subject.evidence).filter(
    (piece) => within.size === 0 || within.has(refOfEvidence(piece)),
  );
};

/**
 * The primary piece first, the others in order of time. A finding's summary, actor and source are those of its primary piece. Where
 * values are counted, it is the earliest of the value with which the limit was exceeded: the values before it were tolerated.
 */
const primaryFirst = (
  { distinct, limit }: Windowing,
  { refs }: Selected,
  kept: readonly string[],
): readonly string[] => {
  if (!distinct) return kept;
  const values = new Set((refs.length > 0 ? refs : kept.map(refOfEvidence)).map(digestOfReference));
  const opening = [...values][limit];
  const primary = kept.map(refOfEvidence).find((ref) => digestOfReference(ref) === opening);
  const isPrimary = (piece: string) => refOfEvidence(piece) === primary;
  return [...kept.filter(isPrimary), ...kept.filter((piece) => !isPrimary(piece))];
};

const shownEvidence = (kept: readonly string[]): readonly Evidence[] => {
  const ofRequests = [...groupBy(kept, refOfEvidence).values()].slice(0, EVIDENCE_SHOWN);
  return ofRequests.flatMap((pieces) => {
    const read = pieces.flatMap((piece) => readEvidence(piece) ?? []);
    return read.sort((a, b) => stageRank(a) - stageRank(b))[0] ?? [];
  });
};

const observedOf = (observed: Iterable<string>): Readonly<Record<string, readonly string[]>> => {
  const split = bestObserved(observed).map((fact) => {
    const space = fact.indexOf(' ');
    return [fact.slice(0, space), fact.slice(space + 1)] as const;
  });
  const kinds = [...groupBy(split, ([kind]) => kind)].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(kinds.map(([kind, entries]) => [kind, entries.map(([, value]) => value).sort()]));
};

const sourceOf = (
  evidence: readonly Evidence[],
  observed: Readonly<Record<string, readonly string[]>>,
): Source | null => {
  const ip = evidence[0]?.address;
  return ip === undefined ? null : { ip, userAgents: observed['userAgents'] ?? [] };
};

/** A first-seen aggregate has no period; its findings are distinguished by the day on which the entities appeared. */
const createdOf = (rule: Rule, subject: Aggregate, { part }: Selected): number =>
  rule.windowing.kind === 'first-seen' ? Number(part) * DAY : subject.period * rule.windowing.period;

const toFinding = (rule: Rule, subject: Aggregate, selected: Selected): Finding => {
  const { detection } = rule;
  const kept = ownEvidence(rule, subject, selected);
  const evidence = shownEvidence(primaryFirst(rule.windowing, selected, kept));
  const isFirstSeen = rule.windowing.kind === 'first-seen';
  const observed = observedOf(isFirstSeen ? evidence.flatMap(observedInEvidence) : subject.observed);
  const weight = heaviest(rule, isFirstSeen ? kept.map(weightOfEvidence) : subject.weights);
  const risk = riskOf(weight.impact, weight.confidence);
  const inquiry = {
    cluster: subject.cluster,
    entities: subject.entities,
    evidence,
    // A reference of a threshold over distinct values is for every request of its value.
    isComplete: !rule.windowing.distinct && selected.refs.length > 0 && evidence.length === selected.refs.length,
    first: selected.first,
    last: selected.last,
  };
  return {
    id: `${detection.id}-${digest(subject.id, selected.part)}`,
    detection: detection.id,
    title: detection.title,
    tactic: TACTICS[detection.tactic].name,
    techniques: detection.techniques,
    severity: severityOf(risk),
    risk,
    cluster: subject.cluster,
    ...(subject.account && { account: subject.account }),
    ...(subject.region && { region: subject.region }),
    summary: evidence[0]?.summary ?? detection.title,
    entities: subject.entities,
    count: countOf(rule, selected),
    firstSeen: new Date(selected.first).toISOString(),
    lastSeen: new Date(selected.last).toISOString(),
    created: new Date(createdOf(rule, subject, selected)).toISOString(),
    actor: evidence[0]?.actor ?? null,
    source: sourceOf(evidence, observed),
    evidence,
    drilldown: eventsQuery(inquiry),
    actorDrilldown: actorQuery(inquiry),
    observed,
    ...weight,
    type: detection.type,
    stories: detection.stories,
    version: detection.version,
  };
};
