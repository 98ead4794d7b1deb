/** A DynamoDB table in memory with a stream: the operations that the store uses, and no others. table-double.test.ts compares it with dynalite. */
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

/** An item before and after one write. */
export interface Written {
  readonly table: string;
  readonly before: Item | undefined;
  readonly after: Item;
}

const union = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): T[] => [
  ...new Set([...(a ?? []), ...(b ?? [])]),
];

const added = (before: AttributeValue | undefined, addition: AttributeValue): AttributeValue => {
  if (addition.SS !== undefined) return { SS: union(before?.SS, addition.SS) };
  if (addition.NS !== undefined) return { NS: union(before?.NS, addition.NS) };
  throw new Error(`The double adds sets only, not ${JSON.stringify(addition)}.`);
};

/** `SET #a = :a, #b = :b ADD #c :c`; what is written otherwise is not understood. */
const clauses = (expression: string): readonly (readonly [kind: string, name: string, value: string])[] =>
  [...expression.matchAll(/\b(SET|ADD) (.*?)(?= (?:SET|ADD) |$)/g)].flatMap(([, kind = '', list = '']) =>
    list.split(', ').map((clause) => {
      const [, name, value] = /^(#\w+)(?: =)? (:\w+)$/.exec(clause) ?? [];
      if (name === undefined || value === undefined) throw new Error(`The double does not understand ${clause}.`);
      return [kind, name, value] as const;
    }),
  );

const updated = (before: Item | undefined, input: UpdateItemCommandInput): Item => {
  const after: Item = { ...(before ?? (input.Key as Item)) };
  for (const [kind, name, value] of clauses(input.UpdateExpression ?? '')) {
    const attribute = input.ExpressionAttributeNames?.[name] as string;
    const given = input.ExpressionAttributeValues?.[value] as AttributeValue;
    after[attribute] = kind === 'SET' ? given : added(before?.[attribute], given);
  }
  return after;
};

/** The store's one condition: the attribute is absent, or greater than the value. */
const isMet = (before: Item | undefined, input: UpdateItemCommandInput): boolean => {
  if (input.ConditionExpression === undefined) return true;
  const [, name = '', value = ''] =
    /^attribute_not_exists\((#\w+)\) OR \1 > (:\w+)$/.exec(input.ConditionExpression) ?? [];
  const attribute = before?.[input.ExpressionAttributeNames?.[name] ?? ''];
  return attribute === undefined || Number(attribute.N) > Number(input.ExpressionAttributeValues?.[value]?.N);
};

const isSame = (a: Item | undefined, b: Item): boolean =>
  a !== undefined &&
  Object.keys(b).every((name) => {
    const [x, y] = [a[name], b[name]];
    if (y?.SS !== undefined) return x?.SS?.length === y.SS.length;
    if (y?.NS !== undefined) return x?.NS?.length === y.NS.length;
    return JSON.stringify(x) === JSON.stringify(y);
  });

export interface TableDouble {
  /** Does what `DynamoDBClient.send` does, at once. */
  readonly send: (command: unknown) => object;
  readonly items: (table: string) => readonly Item[];
}

/** @param onWrite told of every write that changed an item, in order, as a stream is */
export const createTables = (onWrite: (written: Written) => void = () => {}): TableDouble => {
  const tables = new Map<string, Map<string, Item>>();
  const table = (name: string): Map<string, Item> => {
    const found = tables.get(name) ?? new Map<string, Item>();
    tables.set(name, found);
    return found;
  };
  const get = (name: string, key: Item | undefined): Item | undefined => table(name).get(key?.['id']?.S ?? '');

  const update = (input: UpdateItemCommandInput): object => {
    const name = input.TableName as string;
    const before = get(name, input.Key);
    if (!isMet(before, input))
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    const after = updated(before, input);
    table(name).set(input.Key?.['id']?.S as string, after);
    if (!isSame(before, after)) onWrite({ table: name, before, after });
    return input.ReturnValues === 'ALL_NEW' ? { Attributes: after } : {};
  };

  const send = (command: unknown): object => {
    if (command instanceof UpdateItemCommand) return update(command.input);
    if (command instanceof GetItemCommand) {
      const item = get(command.input.TableName as string, command.input.Key);
      return item === undefined ? {} : { Item: item };
    }
    if (command instanceof BatchGetItemCommand) {
      const asked = Object.entries(command.input.RequestItems ?? {});
      const answers = asked.map(([name, { Keys = [] }]) => {
        const found = Keys.map((key) => get(name, key));
        return [name, found.filter((item) => item !== undefined)];
      });
      return { Responses: Object.fromEntries(answers), UnprocessedKeys: {} };
    }
    throw new Error(`The double has no ${(command as object).constructor.name}.`);
  };
  return { send, items: (name) => [...table(name).values()] };
};
