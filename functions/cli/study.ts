/** All records of one call as one stream: through the engine and into a store, with everything counted. */

import { gather } from '../../shared/aggregates/gathering.ts';
import { type CachedAggregates, saturationIn } from '../../shared/aggregates/saturation.ts';
import { type Delta, gatherLearned, type Store } from '../../shared/aggregates/store.ts';
import { type Config, clusterOfLogGroup } from '../../shared/config/config.ts';
import type { Engine, Sighting } from '../../shared/engine/engine.ts';
import { createPrefilter } from '../../shared/engine/prefilter/prefilter.ts';
import { type ScanResult, scanRecords, type TextRecord } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import type { Origin } from '../../shared/events/event.ts';
import type { Provenance } from '../../shared/logs/envelopes.ts';
import { perObject } from '../../shared/primitives/memo.ts';
import type { Source } from './input/input.ts';
import { type Judgement, judged, type Share } from './input/readability.ts';
import type { Found, FoundRecord } from './input/records.ts';
import { UsageError } from './usage-error.ts';

/** What became of the records. Each was read once, and is an event or rejected for one reason. */
export interface Account {
  readonly records: number;
  readonly events: number;
  readonly rejected: ReadonlyMap<string, number>;
  readonly truncated: number;
  /** Sightings, by the reason of the suppression that took them out. */
  readonly suppressed: ReadonlyMap<string, number>;
  /** Sightings, by id of a detection that failed on an event. */
  readonly faults: ReadonlyMap<string, number>;
  /** Milliseconds since the epoch of the earliest and the latest event; undefined without one that has a time. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Sentences about sources that could not be read to their end, or in which nothing was an event. */
  readonly unreadable: readonly string[];
  /** Sentences about sources of which little or nothing was there to be read. */
  readonly doubtful: readonly string[];
}

export interface Workbench {
  readonly engine: Engine;
  readonly config: Config;
  readonly store: Store;
  /** What the store holds, so that what adds nothing to it is passed by as it is where it is deployed. */
  readonly known?: CachedAggregates;
  /** Where records come from that don't say so themselves. */
  readonly origin: Origin;
  /** Learn from the records instead of judging them. */
  readonly learns: boolean;
  readonly progress: (source: string, records: number) => void;
}

/** Records that go through the engine together: enough to merge rarely, few enough to stay small. */
const BATCH = 2_000;

export const study = async (sources: readonly Source[], bench: Workbench): Promise<Account> => {
  const totals = createTotals();
  const originFor = createOrigins(bench.config, bench.origin);
  const suppressor = createSuppressor(bench.config.suppress);
  const saturation = bench.known && saturationIn(bench.known);
  const shortcuts = { prefilter: createPrefilter(bench.engine, saturation), saturation };
  const gathered = (sightings: readonly Sighting[]): readonly Delta[] =>
    bench.learns ? gatherLearned(sightings) : gather(sightings);

  const take = async (records: readonly FoundRecord[]): Promise<void> => {
    for (const [origin, messages] of byOrigin(records, originFor)) {
      const passed = scanRecords(bench.engine, suppressor, messages, origin, shortcuts);
      totals.add(passed);
      if (!bench.learns && Number.isFinite(passed.earliest)) await bench.store.noteCluster(origin, passed.earliest);
      await bench.store.merge(gathered(passed.sightings));
    }
  };

  /** Gives the records that wait at the end of what could be read; false with them when that is not all. */
  const read = async (source: Source): Promise<readonly [waiting: readonly FoundRecord[], isWhole: boolean]> => {
    let waiting: FoundRecord[] = [];
    try {
      for await (const batch of source.batches()) {
        for (const found of batch) {
          totals.count(found);
          if (!('rejected' in found)) waiting.push(found);
        }
        if (waiting.length >= BATCH) {
          await take(waiting);
          waiting = [];
        }
        bench.progress(source.name, totals.records());
      }
      return [waiting, true];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      totals.unreadable(error.message);
      return [waiting, false];
    }
  };

  for (const source of sources) {
    const before = totals.account();
    const [waiting, isWhole] = await read(source);
    await take(waiting);
    if (isWhole) totals.judge(judged(source, shareOf(before, totals.account())));
  }
  return totals.account();
};

/** What was added to the counts. */
const shareOf = (before: Share, after: Share): Share => {
  const rejected = [...after.rejected].map(
    ([reason, count]) => [reason, count - (before.rejected.get(reason) ?? 0)] as const,
  );
  return {
    records: after.records - before.records,
    events: after.events - before.events,
    rejected: new Map(rejected.filter(([, count]) => count > 0)),
  };
};

/** Runs of records of one origin, in their order. */
function* byOrigin(
  records: readonly FoundRecord[],
  originFor: (from: Provenance) => Origin,
): Generator<readonly [Origin, readonly TextRecord[]]> {
  let from = 0;
  for (let index = 1; index <= records.length; index++) {
    const { from: provenance } = records[from] as FoundRecord;
    if (index < records.length && (records[index] as FoundRecord).from === provenance) continue;
    yield [originFor(provenance), records.slice(from, index)];
    from = index;
  }
}

/** A log group says whose it is; everything else belongs to the cluster that the caller named. One origin for each provenance. */
export const createOrigins = (config: Config, origin: Origin): ((from: Provenance) => Origin) =>
  perObject((from) => {
    const cluster = from.logGroup === undefined ? undefined : clusterOfLogGroup(config, from.logGroup);
    return { ...origin, ...from, cluster: cluster ?? origin.cluster };
  });

const increase = (counts: Map<string, number>, key: string, by = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + by);
};

const createTotals = () => {
  const rejected = new Map<string, number>();
  const suppressed = new Map<string, number>();
  const faults = new Map<string, number>();
  const unreadable: string[] = [];
  const doubtful: string[] = [];
  let [records, events, truncated] = [0, 0, 0];
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  return {
    records: () => records,
    count: (found: Found) => {
      records++;
      if ('rejected' in found) increase(rejected, found.rejected);
    },
    add: ({ tally, earliest, latest }: ScanResult) => {
      events += tally.events;
      truncated += tally.truncated;
      for (const [reason, count] of Object.entries(tally.rejected)) increase(rejected, reason, count);
      for (const [reason, count] of Object.entries(tally.suppressed)) increase(suppressed, reason, count);
      for (const [id, count] of Object.entries(tally.faults)) increase(faults, id, count);
      first = Math.min(first, earliest);
      last = Math.max(last, latest);
    },
    unreadable: (sentence: string) => unreadable.push(sentence),
    judge: (judgement: Judgement) => {
      if (judgement.unreadable !== undefined) unreadable.push(judgement.unreadable);
      if (judgement.doubtful !== undefined) doubtful.push(judgement.doubtful);
    },
    account: (): Account => ({
      records,
      events,
      rejected: new Map(rejected),
      truncated,
      suppressed,
      faults,
      ...(last > 0 ? { first, last } : { first: undefined, last: undefined }),
      unreadable,
      doubtful,
    }),
  };
};
