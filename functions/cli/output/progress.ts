/** One line on a terminal that says how far the reading is; nothing where nobody watches. */
import { counted } from './counts.ts';
import { shown, type Terminal, widthOf } from './terminal.ts';
import { cut } from './width.ts';

export interface Progress {
  readonly show: (source: string, records: number) => void;
  /** Takes the line away, so that what is written next begins on a clean one. */
  readonly clear: () => void;
}

/** Milliseconds between two redraws. */
const INTERVAL = 100;

const ERASE = '\r\u001b[K';

export const createProgress = ({ stderr, env }: Terminal, quiet: boolean): Progress => {
  if (quiet || stderr.isTTY !== true) return { show: () => {}, clear: () => {} };
  let drawn = Date.now();
  let isDrawn = false;
  return {
    show: (source, records) => {
      const now = Date.now();
      if (now - drawn < INTERVAL) return;
      drawn = now;
      isDrawn = true;
      stderr.write(ERASE + cut(`${counted(records, 'record')}, reading ${shown(source)}`, widthOf(stderr, env) - 1));
    },
    clear: () => {
      if (isDrawn) stderr.write(ERASE);
      isDrawn = false;
    },
  };
};
