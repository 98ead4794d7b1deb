/** Times as people write them in a configuration. */

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
