/** Patterns of a configuration, in which `*` stands for any run of characters. */

/** Matches without a regular expression, so that no pattern and no value can make it slow: each `*` takes the first place that fits. */
export const globTest = (pattern: string): ((value: string) => boolean) => {
  const parts = pattern.split('*');
  const [head = '', tail = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return (value) => value === pattern;
  return (value) => {
    if (value.length < head.length + tail.length || !value.startsWith(head) || !value.endsWith(tail)) return false;
    let from = head.length;
    for (const part of parts.slice(1, -1)) {
      const found = value.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return from <= value.length - tail.length;
  };
};
