/** The mistakes of a configuration as sentences, one each, with the offending value and what it can be. */
import type { z } from 'zod';
import { didYouMean } from '../primitives/did-you-mean.ts';
import type { AnyDetection } from '../sdk/detection.ts';
import { DEFAULT_CONFIG } from './config.ts';

/** Everything that is wrong with a configuration, a sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count =
      problems.length === 1 ? 'The configuration has a mistake' : `The configuration has ${problems.length} mistakes`;
    super([`${count}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

type Issue = z.core.$ZodIssue;

/** One sentence for each thing that an issue of zod's is about. */
export const sentences = (issue: Issue, input: unknown, detections: readonly AnyDetection[]): readonly string[] => {
  const where = pathText(issue.path);
  const found = valueAt(input, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const names = namesAt(issue.path, detections);
    const thing = thingAt(issue.path);
    return issue.keys.map((key) => {
      const meant = didYouMean(key, names);
      const choice = meant === '' ? ` It can be ${listed(names)}.` : meant;
      return `${pathText([...issue.path, key])} is no ${thing}.${names.length === 0 ? ' There are none to set.' : choice}`;
    });
  }
  if (issue.code === 'custom') {
    const isAbout = issue.message.startsWith('must be') ? `, but it is ${shownValue(found)}` : '';
    return [`${where} ${issue.message}${isAbout}${/[.?]$/.test(issue.message) ? '' : '.'}`];
  }
  if (found === undefined) return [`${where} is missing. It must be ${expected(issue)}.`];
  return [`${where} must be ${expected(issue)}, but it is ${shownValue(found)}.`];
};

const expected = (issue: Issue): string => {
  if (issue.code === 'invalid_type') return article(issue.expected);
  if (issue.code === 'too_small') {
    if (issue.origin === 'string') return 'a text that is not empty';
    if (issue.origin === 'array') return 'a list with at least one entry';
    return `a number ${issue.inclusive === false ? 'above' : 'of at least'} ${issue.minimum}`;
  }
  if (issue.code === 'too_big') return `a number of at most ${issue.maximum}`;
  if (issue.code === 'invalid_union') return 'a text, or a list of texts, none of them empty';
  return 'something else';
};

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const article = (type: string): string => NAMES[type] ?? type;

/** What the keys of an object stand for, and which there are. */
const thingAt = (path: readonly PropertyKey[]): string => {
  if (path[0] !== 'detections') return 'setting';
  return path.length === 1
    ? 'detection'
    : path.at(-1) === 'options'
      ? `option of ${String(path[1])}`
      : 'setting of a detection';
};

const namesAt = (path: readonly PropertyKey[], detections: readonly AnyDetection[]): readonly string[] => {
  const [first, second] = path;
  if (first === undefined) return Object.keys(DEFAULT_CONFIG);
  if (first === 'clusters') return ['include', 'exclude'];
  if (first === 'eventLogGroups') return ['logGroup', 'cluster'];
  if (first === 'suppress') return ['detection', 'detections', 'where', 'reason', 'until'];
  if (second === undefined) return detections.map(({ id }) => id);
  if (path.length === 2) return ['enabled', 'impact', 'confidence', 'options'];
  return Object.keys(detections.find(({ id }) => id === second)?.options ?? {});
};

const LISTED = 8;

const listed = (names: readonly string[]): string =>
  names.length <= LISTED ? names.join(', ') : `one of ${names.length}, which \`eks-detect list\` shows`;

const pathText = (path: readonly PropertyKey[]): string => {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'The configuration' : text.replace(/^\./, '');
};

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );

export const shownValue = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};
