/** Numbers for a person to read. */

export const number = (count: number): string => count.toLocaleString('en-GB');

export const counted = (count: number, thing: string): string => `${number(count)} ${thing}${count === 1 ? '' : 's'}`;

/** `3 not JSON, 2 not an event`: reasons of refusals, the most frequent first. */
export const byFrequency = (rejected: ReadonlyMap<string, number>): string =>
  [...rejected]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${number(count)} ${reason}`)
    .join(', ');
