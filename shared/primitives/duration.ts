/** Durations as people write them: `90s`, `15m`, `24h`, `7d`, `2w`. */
import { DAY, HOUR, MINUTE, SECOND } from '../sdk/windows.ts';

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/** Milliseconds, or undefined for text that is no duration. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d{1,6})([smhdw])$/.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] as string] as number);
};

/** What to write instead, for the end of an error message. */
export const DURATION_FORM = 'a whole number with s, m, h, d or w behind it, such as 15m or 7d';
