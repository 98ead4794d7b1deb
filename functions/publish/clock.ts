/**
 * Times of events: when the table was written, not when that is told. A record that is published again hours later, after newer ones,
 * must not look newer than they do, since receivers keep the latest event about a finding.
 */

/** Gives a finding's event a time in milliseconds since the epoch. */
export type Clock = (finding: string, written: number) => number;

/** Findings whose last time is remembered. */
const REMEMBERED = 10_000;

/** A stream tells times in seconds, so a finding that is written twice in one is told a millisecond later the second time. */
export const createClock = (): Clock => {
  const told = new Map<string, { readonly written: number; readonly time: number }>();
  return (finding, written) => {
    const last = told.get(finding);
    const isSameSecond = last !== undefined && last.written === written;
    const time = isSameSecond ? last.time + 1 : written;
    told.delete(finding);
    told.set(finding, { written, time });
    if (told.size > REMEMBERED) told.delete(told.keys().next().value as string);
    return time;
  };
};
