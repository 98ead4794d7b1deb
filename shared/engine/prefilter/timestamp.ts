/** Reading digits and timestamps from the middle of a text, without cutting them out. */
import { validTime } from '../../events/audit.ts';

const [ZERO, POINT, COLON, LETTER_Z] = [0x30, 0x2e, 0x3a, 0x5a];

/** The digit at an index, NaN for anything else. */
export const digitAt = (text: string, at: number): number => {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : Number.NaN;
};

/**
 * Reads timestamps of one form, `2026-03-02T10:15:00.000000Z`, as `Date.parse` does: microseconds are cut off. The day is looked up
 * once; a stream stays on one for long. 0 for anything else.
 */
export const createClock = (): ((text: string, at: number) => number) => {
  let [day, midnight] = ['', 0];
  return (text, at) => {
    const date = text.slice(at, at + 11);
    if (date !== day) {
      if (!/^\d{4}-\d\d-\d\dT$/.test(date)) return 0;
      midnight = Date.parse(`${date}00:00:00.000Z`);
      day = date;
    }
    const hours = digitAt(text, at + 11) * 10 + digitAt(text, at + 12);
    const minutes = digitAt(text, at + 14) * 10 + digitAt(text, at + 15);
    const seconds = digitAt(text, at + 17) * 10 + digitAt(text, at + 18);
    const milliseconds = digitAt(text, at + 20) * 100 + digitAt(text, at + 21) * 10 + digitAt(text, at + 22);
    const rest = digitAt(text, at + 23) + digitAt(text, at + 24) + digitAt(text, at + 25);
    const time = midnight + ((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds;
    const isWhole =
      hours < 24 &&
      minutes < 60 &&
      seconds < 60 &&
      rest >= 0 &&
      text.charCodeAt(at + 13) === COLON &&
      text.charCodeAt(at + 16) === COLON &&
      text.charCodeAt(at + 19) === POINT &&
      text.charCodeAt(at + 26) === LETTER_Z;
    return isWhole ? validTime(time) : 0;
  };
};
