/** From changes of aggregates to events: what each change says under the rules as they are deployed now. */

import { learnedUntil } from '../../shared/aggregates/store.ts';
import type { Rule } from '../../shared/engine/rule.ts';
import type { ClusterIdentity, Geolocator } from '../../shared/events/event.ts';
import { type Change, changesOf } from '../../shared/findings/changes.ts';
import { findingsOf } from '../../shared/findings/finding.ts';
import type { DetectionFinding } from '../../shared/outputs/ocsf/event.ts';
import { toOcsf } from '../../shared/outputs/ocsf/finding.ts';
import { located } from '../aws/geoip.ts';
import type { AggregateChange } from './changes.ts';

export interface Publisher {
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
export interface Told {
  readonly sequence: string;
  readonly event: DetectionFinding;
}

export interface Telling {
  readonly told: readonly Told[];
  /** Records that could not be judged now and can be later. */
  readonly postponed: readonly string[];
  /** One sentence for each change that could not be judged and never will. */
  readonly unreadable: readonly string[];
  /** StreamChanges of aggregates whose detection has been switched off, or is gone. */
  readonly skipped: number;
}

export const tell = async (changes: readonly AggregateChange[], teller: Publisher): Promise<Telling> => {
  const told: Told[] = [];
  const postponed: string[] = [];
  const unreadable: string[] = [];
  let skipped = 0;
  const partition = teller.partition === undefined ? {} : { partition: teller.partition };
  for (const change of changes) {
    const rule = teller.rules.get(change.after.detection);
    if (rule === undefined) {
      skipped++;
      continue;
    }
    const until = await learnedUntilOf(rule, change.after, teller);
    if (until === undefined) {
      postponed.push(change.sequence);
      continue;
    }
    try {
      for (const news of newsOfChange(rule, change, until)) {
        const finding = { ...located(news.finding, teller.locate), ...partition };
        told.push({ sequence: change.sequence, event: toOcsf({ ...news, finding }, rule.detection, change.written) });
      }
    } catch (error) {
      unreadable.push(`Aggregate ${change.after.id}: ${String(error).slice(0, 200)}`);
    }
  }
  return { told, postponed, unreadable, skipped };
};

/** Undefined when the table can't tell now: without its answer, all that a cluster does in its first days would be told. */
const learnedUntilOf = async (
  rule: Rule,
  cluster: ClusterIdentity,
  { clusterFirstSeen, learn }: Publisher,
): Promise<number | undefined> => {
  if (rule.windowing.kind !== 'first-seen' || learn === 0) return 0;
  try {
    return learnedUntil(await clusterFirstSeen(cluster), learn);
  } catch {
    return undefined;
  }
};

const newsOfChange = (rule: Rule, { before, after }: AggregateChange, until: number): readonly Change[] => {
  const context = { learnedUntil: until };
  return changesOf(findingsOf(rule, before, context), findingsOf(rule, after, context));
};
