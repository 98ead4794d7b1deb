/** What of an aggregate's change is worth telling. An aggregate is written at every merge; a person wants to hear of few of them. */

import { VALUES_OF_A_KIND } from '../aggregates/samples.ts';
import { SEVERITIES } from '../sdk/detection.ts';
import type { Count, Finding } from './finding.ts';

export interface Change {
  readonly change: 'created' | 'updated' | 'closed';
  readonly finding: Finding;
  /** What an update tells, one clause each; empty otherwise. */
  readonly reasons: readonly string[];
}

/** Counts at which an update is published. */
const MILESTONES = [10, 100, 1_000];

/** Kinds of observed values of which a new one is published, by the name of one. */
const PUBLISHED = {
  users: 'user',
  principals: 'principal',
  addresses: 'address',
  images: 'image',
  objects: 'object',
} as const;

/**
 * Compares the findings of one aggregate before and after a change.
 *
 * A finding is closed when late data takes its ground away: an image turns out to have been there before, a burst is found to have
 * begun in the period before.
 */
export const changesOf = (before: readonly Finding[], after: readonly Finding[]): readonly Change[] => {
  const earlier = new Map(before.map((finding) => [finding.id, finding]));
  const later = new Set(after.map(({ id }) => id));
  const closed = before.filter(({ id }) => !later.has(id)).map((finding) => news('closed', finding));
  const told = after.flatMap((finding) => {
    const old = earlier.get(finding.id);
    if (old === undefined) return news('created', finding);
    const reasons = [...severityChanges(old, finding), ...countChanges(old, finding), ...valueChanges(old, finding)];
    return reasons.length === 0 ? [] : news('updated', finding, reasons);
  });
  return [...closed, ...told];
};

const news = (change: Change['change'], finding: Finding, reasons: readonly string[] = []): Change => ({
  change,
  finding,
  reasons,
});

const severityChanges = (old: Finding, finding: Finding): readonly string[] =>
  SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(old.severity)
    ? [`severity rose from ${old.severity} to ${finding.severity}`]
    : [];

/** The least that a count can be: `1000+` is at least 1000. */
export const leastOf = (count: Count): number => Number.parseInt(String(count), 10);

const countChanges = (old: Finding, finding: Finding): readonly string[] => {
  const crossed = MILESTONES.filter((mark) => leastOf(old.count) < mark && leastOf(finding.count) >= mark);
  return crossed.length === 0 ? [] : [`count reached ${crossed.at(-1)}`];
};

/** Where the list was full before, values come and go as a sample does, and nothing is published. */
const valueChanges = (old: Finding, finding: Finding): readonly string[] =>
  Object.entries(PUBLISHED).flatMap(([kind, name]) => {
    const known = old.observed[kind] ?? [];
    if (known.length >= VALUES_OF_A_KIND) return [];
    return (finding.observed[kind] ?? [])
      .filter((value) => !known.includes(value))
      .map((value) => `new ${name} ${value}`);
  });
