/** The three ways in which sightings become a finding, and the time grid that each keeps its sightings on. */

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** One sighting is enough. A finding gathers the sightings of one day (UTC). */
export interface Stateless {
  readonly kind: 'stateless';
}

/** More than `limit` sightings, or more than `limit` distinct values, within any window of `window` milliseconds. */
export interface Threshold<E, O, Item> {
  readonly kind: 'threshold';
  readonly limit: (options: O) => number;
  readonly window: (options: O) => number;
  /** Counts distinct values of this instead of requests. */
  readonly distinct?: (event: E, options: O, item: Item) => string;
}

/**
 * Entities that the cluster has not seen on any of the last `lookback` days (UTC calendar days). The finding gathers the sightings
 * of the first hour.
 */
export interface FirstSeen<O> {
  readonly kind: 'first-seen';
  /** Days. */
  readonly lookback: (options: O) => number;
}

// biome-ignore lint/suspicious/noExplicitAny: see AnyDetection
export type State<E = any, O = any, Item = any> = Stateless | Threshold<E, O, Item> | FirstSeen<O>;

/** References that a case keeps before its count reads `1000+` and it stops growing. */
export const CAP = 1_000;

/** A state with its options applied: all that is needed to place a sighting in time. Durations are milliseconds. */
export interface Grid {
  readonly kind: State['kind'];
  /** Length of the period that names a case; a first-seen case has no period (0). */
  readonly period: number;
  /** A case also holds the sightings this long before and after its period, to see bursts that cross its borders. */
  readonly overlap: number;
  /** Resolution of what is remembered of sightings above the cap; for first-seen, one day. */
  readonly slot: number;
  /** Window and limit of a threshold; 0 otherwise. */
  readonly window: number;
  readonly limit: number;
  readonly distinct: boolean;
  /** Days; first-seen only. */
  readonly lookback: number;
  readonly cap: number;
}

/**
 * The same for first-seen, whose references are those of the first hour only. DynamoDB bills every write by the size of the whole item,
 * and a first-seen item is written once a day for as long as its entities are there.
 */
export const FIRST_SEEN_CAP = 100;

/** How many slots a period is divided into above the cap: five minutes of a day. */
const SLOTS = 288;

/** A distinct value counts once in each quarter of a window. */
export const QUARTERS = 4;

/**
 * Applies options to a state. A threshold's period is 24 windows, at least an hour, and never shorter than two windows. The cap is
 * raised where 1,000 references could be reached without any window exceeding the limit, so that a full set always means a burst.
 */
export const gridOf = (state: State, options: unknown): Grid => {
  const none = { period: 0, overlap: 0, slot: DAY, window: 0, limit: 0, distinct: false, lookback: 0, cap: CAP };
  if (state.kind === 'stateless') return { ...none, kind: state.kind, period: DAY, slot: DAY / SLOTS };
  if (state.kind === 'first-seen') {
    return { ...none, kind: state.kind, lookback: state.lookback(options), cap: FIRST_SEEN_CAP };
  }
  const window = state.window(options);
  const limit = state.limit(options);
  const distinct = state.distinct !== undefined;
  const period = Math.max(2 * window, HOUR, Math.min(24 * window, DAY));
  const overlap = 2 * window;
  const perWindow = distinct ? limit * QUARTERS : limit;
  const cap = Math.max(CAP, Math.ceil((perWindow * (period + 2 * overlap)) / window) + perWindow + 1);
  return { ...none, kind: state.kind, period, overlap, slot: period / SLOTS, window, limit, distinct, cap };
};

/** Numbers of the periods whose cases hold a sighting of this time: its own, and the neighbours that it is close to. */
export const periodsOf = (grid: Grid, time: number): readonly number[] => {
  if (grid.period === 0) return [0];
  const first = Math.floor((time - grid.overlap) / grid.period);
  const last = Math.floor((time + grid.overlap) / grid.period);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};

export const slotOf = (grid: Grid, time: number): number => Math.floor(time / grid.slot);
