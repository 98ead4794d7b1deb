/** From changes of aggregates to events: what each change says under the rules as they are deployed now. */

import { learnedUntil } from '../../shared/aggregates/store.ts';
import type { Rule } from '../../shared/engine/rule.ts';
import type { ClusterIdentity, Geolocator } from '../../shared/events/event.ts';
import { type Change, changesOf } from '../../shared/findings/changes.ts';
import { findingsOf } from '../../shared/findings/finding.ts';
import type { DetectionFinding } from '../../shared/outputs/ocsf/event.ts';
import { toOcsf } from '../../shared/outputs/ocsf/finding.ts';
import { located } from '../aws/geoip.ts';
import type { AggregateChange } from './stream-changes.ts';

export interface PublishContext {
  /** Rules by the id of their detection. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** Learning period in milliseconds. */
  readonly learn: number;
  readonly clusterFirstSeen: (cluster: ClusterIdentity) => Promise<number | undefined>;
  readonly locate: Geolocator;
  /** The AWS partition that this runs in. */
  readonly partition?: string;
}

/** One event, and the stream record that it comes from. */
export interface Publication {
  readonly sequence: string;
  readonly event: DetectionFinding;
}

export interface Publications {
  readonly publications: readonly Publication[];
  /** Records that could not be judged now and can be later. */
  readonly postponed: readonly string[];
  /** One sentence for each change that could not be judged and never will. */
  readonly unreadable: readonly string[];
  /** Changes of aggregates whose detection has been switched off, or is gone. */
  readonly skipped: number;
}

export const publicationsOf = async (
  changes: readonly AggregateChange[],
  context: PublishContext,
): Promise<Publications> => {
  const publications: Publication[] = [];
  const postponed: string[] = [];
  const unreadable: string[] = [];
  let skipped = 0;
  const partition = context.partition === undefined ? {} : { partition: context.partition };
  for (const change of changes) {
    const rule = context.rules.get(change.after.detection);
    if (rule === undefined) {
      skipped++;
      continue;
    }
    const until = await learnedUntilOf(rule, change.after, context);
    if (until === undefined) {
      postponed.push(change.sequence);
      continue;
    }
    try {
      for (const findingChange of findingChangesOf(rule, change, until)) {
        const finding = { ...located(findingChange.finding, context.locate), ...partition };
        publications.push({
          sequence: change.sequence,
          event: toOcsf({ ...findingChange, finding }, rule.detection, change.written),
        });
      }
    } catch (error) {
      unreadable.push(`Aggregate ${change.after.id}: ${String(error).slice(0, 200)}`);
    }
  }
  return { publications, postponed, unreadable, skipped };
};

/** Undefined when the table does not answer: all that a cluster does in its first days would be published. */
const learnedUntilOf = async (
  rule: Rule,
  cluster: ClusterIdentity,
  { clusterFirstSeen, learn }: PublishContext,
): Promise<number | undefined> => {
  if (rule.windowing.kind !== 'first-seen' || learn === 0) return 0;
  try {
    return learnedUntil(await clusterFirstSeen(cluster), learn);
  } catch {
    return undefined;
  }
};

const findingChangesOf = (rule: Rule, { before, after }: AggregateChange, until: number): readonly Change[] => {
  const context = { learnedUntil: until };
  return changesOf(findingsOf(rule, before, context), findingsOf(rule, after, context));
};
