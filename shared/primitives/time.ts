/** Time as people write it: units, durations (`90s`, `15m`, `24h`, `7d`, `2w`) and ISO 8601. */

/** Milliseconds. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** From `from` until before `until`, milliseconds since the epoch. */
export interface TimeRange {
  readonly from: number;
  readonly until: number;
}

export const isWithin = ({ from, until }: TimeRange, time: number): boolean => time >= from && time < until;

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/** Milliseconds, or undefined for text that is no duration. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d{1,6})([smhdw])$/.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] as string] as number);
};

/** What to write instead, for the end of an error message. */
export const DURATION_FORM = 'a whole number followed by s, m, h, d or w, such as 15m or 7d';

const ISO = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Milliseconds since the epoch, NaN for text that is no ISO 8601 day or time with a zone. */
export const timeOf = (text: string): number => {
  const time = ISO.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 30 February for 2 March.
  return !Number.isNaN(time) &&
    new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`)).toISOString().startsWith(text.slice(0, 10))
    ? time
    : Number.NaN;
};
