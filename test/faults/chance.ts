/** Chance that can be repeated: the same seed gives the same numbers on every machine. */
export interface Chance {
  /** From 0 up to 1, not including it. */
  readonly next: () => number;
  /** A whole number from 0 up to `below`, not including it. */
  readonly below: (below: number) => number;
  readonly hits: (probability: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
}

/** Tommy Ettinger's mulberry32, in the public domain. */
export const createChance = (seed: number): Chance => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    hits: (probability) => next() < probability,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
  };
};
