/** Chance that repeats: the same seed gives the same stream on every machine. */

export interface Random {
  /** At least 0, below 1. */
  readonly next: () => number;
  /** A whole number below `end`. */
  readonly below: (end: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
  /** Lower-case hexadecimal digits. */
  readonly hex: (length: number) => string;
}

/** Mulberry32: one multiplication chain over a 32-bit counter, quick and even enough for test data. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)] as never,
    hex: (length) => Array.from({ length }, () => below(16).toString(16)).join(''),
  };
};
