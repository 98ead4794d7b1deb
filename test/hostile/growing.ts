/** Which texts take a step more time than their length explains. */

/** What regular expressions and scanners stumble over: something that comes again and again, and an end that does not fit. */
export const REPEATED: readonly (readonly [before: string, again: string, after: string])[] = [
  ['-', 'D', '-'],
  ['-', 'i', '0'],
  ['-', 'iced', '!'],
  ['-', 'fSrECU', '!'],
  ['', '-ip-0', '!'],
  ['', '-bcdfg', '!'],
  ['/', 'c', ''],
  ['a', '0', '!'],
  ['', 'a.', '!'],
  ['', '1.', 'x'],
  ['', 'a:', '!'],
  ['', '/', '!'],
  ['', '/a', '!'],
  ['', 'http://a', ' '],
  ['', 'a ', '!'],
  ['a', '\n', '!'],
  ['', '\\', '!'],
  ['', '"', '!'],
  ["'", "'\\''", ''],
  ['', '{a,', '}'],
  ['', '[a', ']'],
  ['', '*a', '?'],
  ['', '$(', ''],
  ['', '`', ''],
  ['', '|', ''],
  ['', '&a=', ''],
  ['', '%2', '5'],
  ['', 'eyJ', '.'],
  ['', '-token', ' '],
  ['', 'é', '!'],
  ['', '\u{1f4a9}', '\ud83d'],
  ['', '\u0000', ''],
];

export const textOf = ([before, again, after]: (typeof REPEATED)[number], length: number): string =>
  before + again.repeat(Math.max(1, Math.floor((length - before.length - after.length) / again.length))) + after;

/** Characters of the texts of the first look; those of a second one are up to four times as long. */
const LONG = 3_000;

/** Times the middle of all that a text may take before it is looked at again, alone. */
const SUSPICIOUS = 6;

/** How much more time four times the text may take: a linear pass takes four times as much, a quadratic one sixteen. */
const STEEPEST = 8;

/** How much more time twice the text takes at least where time grows with its square. */
const STEEP = 3;

/** Fewest milliseconds of the longest text that are worth a complaint; below it everything is noise. */
const FEWEST = 8;

interface Place {
  readonly name: string;
  readonly holding: (text: string) => string;
}

/** Milliseconds that the processor worked on a task, the least of a few tries: others on the machine can only add to it. */
export const work = (task: () => unknown, tries: number): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < tries; index++) {
    const before = process.cpuUsage();
    task();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
};

/** Names of places, with the text, where time grows faster than the text. */
export const growingFast = (places: readonly Place[], judge: (record: string) => unknown): readonly string[] => {
  const look = (place: Place, text: (typeof REPEATED)[number]): number => {
    const record = place.holding(textOf(text, LONG));
    const begun = performance.now();
    judge(record);
    return performance.now() - begun;
  };
  const looks = places.flatMap((place) => REPEATED.map((text) => ({ place, text, took: look(place, text) })));
  const middle = looks.map(({ took }) => took).toSorted((a, b) => a - b)[looks.length >> 1] as number;
  return looks
    .filter(({ place, text, took }) => took > SUSPICIOUS * middle && look(place, text) > SUSPICIOUS * middle)
    .filter(({ place, text }) => grows(place, text, judge))
    .map(({ place, text }) => `${place.name}: ${JSON.stringify(text)}`);
};

const grows = (place: Place, text: (typeof REPEATED)[number], judge: (record: string) => unknown): boolean => {
  const took = (length: number, tries: number): number => {
    const record = place.holding(textOf(text, length));
    return work(() => judge(record), tries);
  };
  // Most of what stood out did so by chance, or is dear but linear: that is soon seen.
  if (took(LONG, 2) < STEEP * took(LONG / 2, 2)) return false;
  const isSteep = (tries: number): boolean => {
    const longest = took(4 * LONG, tries);
    return longest > FEWEST && longest > STEEPEST * took(LONG, tries);
  };
  // Once more with more tries, so that nobody is accused for a moment in which the machine was busy.
  return isSteep(1) && isSteep(3);
};
