/** Functions whose answers are remembered: what many detections, or many records, ask again is worked out once. */

/** The same function of an object, with its answers kept for as long as the objects live. */
export const perObject = <K extends object, T>(read: (of: K) => T): ((of: K) => T) => {
  const answers = new WeakMap<K, { readonly value: T }>();
  return (of) => {
    const known = answers.get(of);
    if (known !== undefined) return known.value;
    const value = read(of);
    answers.set(of, { value });
    return value;
  };
};

/** The same characters in memory of their own: a piece that was cut out of a long text keeps all of it alive. */
export const copied = (text: string): string => {
  // A byte for each character where that is enough: to compare it with another of its kind takes a fraction of the time.
  const encoding = /[^\u0000-\u00ff]/.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
};

/** Cache size. A cluster runs some hundred images. When the cache is full it is cleared. */
const MOST_KEYS = 2_000;

/** Characters of a key that is worth keeping: no image reference is longer. Answers for longer keys are not cached. */
const LONGEST_KEY = 512;

/**
 * The same function of anything that a text stands for, with the answers for a bounded number of short texts kept. `own` is that text,
 * as a copy where it is kept.
 */
export const perKey = <K, T>(
  read: (of: K, own: string) => T,
  keyOf: (of: K) => string,
  mostKeys = MOST_KEYS,
): ((of: K) => T) => {
  const answers = new Map<string, { readonly value: T }>();
  return (of) => {
    const key = keyOf(of);
    const known = answers.get(key);
    if (known !== undefined) return known.value;
    if (key.length > LONGEST_KEY) return read(of, key);
    const own = copied(key);
    const value = read(of, own);
    if (answers.size >= mostKeys) answers.clear();
    answers.set(own, { value });
    return value;
  };
};

/** The same function of a text. What is kept, the text and whatever the answer holds of it, is a copy. */
export const perText = <T>(read: (text: string) => T): ((text: string) => T) =>
  perKey(
    (_text: string, own) => read(own),
    (text) => text,
  );
