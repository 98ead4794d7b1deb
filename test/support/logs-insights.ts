/** The part of CloudWatch Logs Insights' query language that drill-down queries are written in, over the text of records. */
import { isObject, parseJson } from '../../shared/primitives/json.ts';

export interface StoredRecord {
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

type Fields = ReadonlyMap<string, string | number>;
type Condition = (record: StoredRecord, fields: Fields) => boolean;

export interface Query {
  readonly comment: string;
  readonly finds: (record: StoredRecord) => boolean;
}

/** Fields are discovered in records that are valid JSON, each under its path; elements of a list have numbers. */
const fieldsOf = (message: string): Fields => {
  const fields = new Map<string, string | number>();
  const add = (path: string, value: unknown): void => {
    if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) add(`${path}.${index}`, one);
    } else if (isObject(value)) {
      for (const [key, one] of Object.entries(value)) add(path === '' ? key : `${path}.${key}`, one);
    } else if (typeof value === 'string' || typeof value === 'number') fields.set(path, value);
  };
  add('', parseJson(message));
  return fields;
};

/** Strings, regular expressions, words and signs. Anything else is no query. */
const TOKENS = /\s*(?:("[^"\\\n]*"|'[^'\\\n]*')|(\/[^/\\\n]+\/)|(\d+(?![\w.])|@?[A-Za-z][\w.]*)|(>=|<=|!=|[=()[\],]))/y;

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  TOKENS.lastIndex = 0;
  while (TOKENS.lastIndex < text.trimEnd().length) {
    const from = TOKENS.lastIndex;
    const token = TOKENS.exec(text);
    if (token === null) throw new Error(`no token at "${text.slice(from)}" in: ${text}`);
    tokens.push(token[0].trim());
  }
  return tokens;
};

const literal = (token: string): string => {
  if (!/^["']/.test(token)) throw new Error(`${token} is no string`);
  return token.slice(1, -1);
};

/** `or` binds less tightly than `and`. */
const conditionOf = (text: string): Condition => {
  const tokens = tokensOf(text);
  const next = (): string => {
    const token = tokens.shift();
    if (token === undefined) throw new Error(`the condition ends too early: ${text}`);
    return token;
  };
  const expect = (wanted: string): void => {
    const token = next();
    if (token !== wanted) throw new Error(`${wanted} is expected, not ${token}: ${text}`);
  };
  const chain = (word: string, part: () => Condition, together: (parts: Condition[]) => Condition): Condition => {
    const parts = [part()];
    while (tokens[0] === word) {
      next();
      parts.push(part());
    }
    return parts.length === 1 ? (parts[0] as Condition) : together(parts);
  };
  const either = (): Condition =>
    chain(
      'or',
      () => chain('and', comparison, (parts) => (record, fields) => parts.every((part) => part(record, fields))),
      (parts) => (record, fields) => parts.some((part) => part(record, fields)),
    );
  const comparison = (): Condition => {
    const field = next();
    if (field === '(') {
      const inner = either();
      expect(')');
      return inner;
    }
    const operator = next();
    const read = ({ message, timestamp }: StoredRecord, fields: Fields) =>
      field === '@message' ? message : field === '@timestamp' ? timestamp : fields.get(field);
    const test = testOf(operator);
    return (record, fields) => {
      const value = read(record, fields);
      return value !== undefined && test(value);
    };
  };
  const testOf = (operator: string): ((value: string | number) => boolean) => {
    if (operator === 'in') {
      expect('[');
      const values: string[] = [];
      do values.push(literal(next()));
      while (tokens[0] === ',' && next() === ',');
      expect(']');
      return (value) => values.includes(String(value));
    }
    const operand = next();
    if (operator === 'like') {
      if (!operand.startsWith('/')) return (value) => String(value).includes(literal(operand));
      const pattern = new RegExp(operand.slice(1, -1));
      return (value) => pattern.test(String(value));
    }
    if (operator === '=') return (value) => String(value) === literal(operand);
    if (operator === '>=') return (value) => Number(value) >= Number(operand);
    if (operator === '<=') return (value) => Number(value) <= Number(operand);
    throw new Error(`${operator} is no operator: ${text}`);
  };
  const condition = either();
  if (tokens.length > 0) throw new Error(`more than a condition: ${text}`);
  return condition;
};

/** @throws when the text is not of the form that drill-down queries have */
export const parseQuery = (text: string): Query => {
  const lines = text.split('\n');
  const comments = lines.filter((line) => line.startsWith('#'));
  const commands = lines
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split('\n| ');
  const filters: Condition[] = [];
  for (const [index, command] of commands.entries()) {
    const [, name = '', rest = ''] = /^(\w+) ([^\n]+)$/.exec(command) ?? [];
    if (name === 'filter') filters.push(conditionOf(rest));
    else if (name !== ['fields', '', '', 'sort', 'limit'][index])
      throw new Error(`${command} is out of place: ${text}`);
  }
  if (commands.length !== 5 || filters.length !== 2) throw new Error(`this is no drill-down query: ${text}`);
  return {
    comment: comments.join('\n'),
    finds: (record) => {
      const fields = fieldsOf(record.message);
      return filters.every((filter) => filter(record, fields));
    },
  };
};
