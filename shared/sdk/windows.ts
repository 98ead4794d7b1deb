/** The three ways in which sightings become a finding, and how each divides time. */
import { DAY, HOUR, MINUTE, SECOND } from '../primitives/time.ts';

type OptionDraft = Readonly<Record<string, readonly [value: number, doc: string]>>;

/** One sighting is enough. A finding gathers the sightings of one day (UTC). */
export interface Stateless {
  readonly kind: 'stateless';
  readonly options: OptionDraft;
}

/** More than `limit` sightings, or more than `limit` distinct values, within any stretch of the window's length. */
export interface Threshold {
  readonly kind: 'threshold';
  readonly options: OptionDraft;
}

/**
 * Entities that the cluster has not seen on any of the last days of the look-back (UTC calendar days). The finding gathers the
 * sightings of the first hour.
 */
export interface FirstSeen {
  readonly kind: 'first-seen';
  readonly options: OptionDraft;
}

export type Window = Stateless | Threshold | FirstSeen;

export const STATELESS: Stateless = { kind: 'stateless', options: {} };

/** Units in which a window's length is written, as its option is called. */
const UNITS = { windowSeconds: SECOND, windowMinutes: MINUTE, windowHours: HOUR } as const;

type Length = { readonly seconds: number } | { readonly minutes: number } | { readonly hours: number };

/**
 * More than `limit` within the window open a finding. Adds the options `limit` and `windowSeconds`, `windowMinutes` or `windowHours`.
 *
 * @param of what is counted, in the plural, for the option's documentation
 */
export const threshold = ({
  limit,
  of = 'sightings',
  ...length
}: { readonly limit: number; readonly of?: string } & Length): Threshold => {
  const [unit, value] = Object.entries(length)[0] as [string, number];
  return {
    kind: 'threshold',
    options: {
      limit: [limit, `${of} within the window that open no finding; one more does`],
      [`window${unit[0]?.toUpperCase()}${unit.slice(1)}`]: [value, `length of the sliding window, in ${unit}`],
    },
  };
};

/** Entities that were not there on any of the last `days` open a finding. Adds the option `lookbackDays`. */
export const firstSeen = ({ days }: { readonly days: number }): FirstSeen => ({
  kind: 'first-seen',
  options: { lookbackDays: [days, 'days without the entities after which they are new again'] },
});

/** References that an aggregate keeps before its count reads `1000+` and it stops growing. */
export const CAP = 1_000;

/** A window with its options applied: all that is needed to place a sighting in time. Durations are milliseconds. */
export interface Windowing {
  readonly kind: Window['kind'];
  /** Length of the period that names an aggregate; a first-seen aggregate has no period (0). */
  readonly period: number;
  /** An aggregate also holds the sightings this long before and after its period, to see bursts that cross its borders. */
  readonly overlap: number;
  /** Resolution of what is remembered of sightings above the cap; for first-seen, one day. */
  readonly bucket: number;
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

/** How many buckets a period is divided into above the cap: five minutes of a day. */
const BUCKETS = 288;

/** A distinct value counts once in each quarter of a window. */
export const QUARTERS = 4;

/**
 * Applies options to a window. A threshold's period is 24 windows, at least an hour, and never shorter than two windows. The cap is
 * raised where 1,000 references could be reached without any window exceeding the limit, so that a full set always means a burst.
 */
export const windowingOf = (
  window: Window,
  options: Readonly<Record<string, unknown>>,
  distinct = false,
): Windowing => {
  const none = { period: 0, overlap: 0, bucket: DAY, window: 0, limit: 0, distinct: false, lookback: 0, cap: CAP };
  if (window.kind === 'stateless') return { ...none, kind: window.kind, period: DAY, bucket: DAY / BUCKETS };
  if (window.kind === 'first-seen') {
    return { ...none, kind: window.kind, lookback: Number(options['lookbackDays']), cap: FIRST_SEEN_CAP };
  }
  const length = lengthOf(options);
  const limit = Number(options['limit']);
  const period = Math.max(2 * length, HOUR, Math.min(24 * length, DAY));
  const overlap = 2 * length;
  const perWindow = distinct ? limit * QUARTERS : limit;
  const cap = Math.max(CAP, Math.ceil((perWindow * (period + 2 * overlap)) / length) + perWindow + 1);
  return {
    ...none,
    kind: window.kind,
    period,
    overlap,
    bucket: period / BUCKETS,
    window: length,
    limit,
    distinct,
    cap,
  };
};

/** Milliseconds. */
const lengthOf = (options: Readonly<Record<string, unknown>>): number => {
  for (const [name, unit] of Object.entries(UNITS)) {
    if (options[name] !== undefined) return Number(options[name]) * unit;
  }
  throw new Error('A threshold has no window. Make it with threshold().');
};

/** Numbers of the periods whose aggregates hold a sighting of this time: its own, and the neighbours that it is close to. */
export const periodsOf = (windowing: Windowing, time: number): readonly number[] => {
  if (windowing.period === 0) return [0];
  const first = Math.floor((time - windowing.overlap) / windowing.period);
  const last = Math.floor((time + windowing.overlap) / windowing.period);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};

export const bucketOf = (windowing: Windowing, time: number): number => Math.floor(time / windowing.bucket);
