/**
 * DynamoDB inside the process, as far as the store uses it: gets, and updates that set and add. It sizes items by DynamoDB's rules
 * (name and content in UTF-8, numbers about half their digits) and counts write units: one for each begun KB of the larger of the
 * item before and after. Source: "DynamoDB item sizes and formats" and "Capacity unit consumption" in the developer guide.
 */
import { BatchGetItemCommand, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../functions/aws/aggregate-item.ts';

type Value = Item[string];

export interface CountingTables {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Since the last call. */
  readonly spent: () => { readonly requests: number; readonly writeUnits: number };
}

const bytes = (text: string): number => Buffer.byteLength(text);
const numberBytes = (digits: string): number => Math.ceil(digits.length / 2) + 1;

const sizeOf = ({ S, N, SS, NS }: Value): number =>
  (S === undefined ? 0 : bytes(S)) +
  (N === undefined ? 0 : numberBytes(N)) +
  (SS ?? []).reduce((sum, text) => sum + bytes(text), 0) +
  (NS ?? []).reduce((sum, digits) => sum + numberBytes(digits), 0);

const itemSize = (item: Item | undefined): number =>
  Object.entries(item ?? {}).reduce((sum, [name, value]) => sum + bytes(name) + sizeOf(value), 0);

const union = (a: readonly string[] = [], b: readonly string[] = []): string[] => [...new Set([...a, ...b])];

const added = (old: Value | undefined, value: Value): Value =>
  value.SS === undefined ? { NS: union(old?.NS, value.NS) } : { SS: union(old?.SS, value.SS) };

const updated = (old: Item, input: UpdateItemCommand['input']): Item => {
  const item: Record<string, Value> = { ...old };
  const names = input.ExpressionAttributeNames ?? {};
  const values = (input.ExpressionAttributeValues ?? {}) as Record<string, Value>;
  const [sets = '', adds = ''] = (input.UpdateExpression ?? '').replace(/^SET /, '').split(' ADD ');
  for (const [, name = '', value = ''] of sets.matchAll(/(#\w+) = (:\w+)/g))
    item[names[name] as string] = values[value] as Value;
  for (const [, name = '', value = ''] of adds.matchAll(/(#\w+) (:\w+)/g)) {
    const key = names[name] as string;
    item[key] = added(item[key], values[value] as Value);
  }
  return item;
};

export const createCountingTables = (): CountingTables => {
  const items = new Map<string, Item>();
  let [requests, writeUnits] = [0, 0];
  const keyOf = (table: string | undefined, key: Record<string, Value> | undefined) => `${table} ${key?.['id']?.S}`;

  const send = async (command: unknown): Promise<unknown> => {
    requests++;
    if (command instanceof GetItemCommand) {
      return { Item: items.get(keyOf(command.input.TableName, command.input.Key as Record<string, Value>)) };
    }
    if (command instanceof BatchGetItemCommand) {
      const found = Object.entries(command.input.RequestItems ?? {}).map(([table, { Keys = [] }]) => [
        table,
        Keys.map((key) => items.get(keyOf(table, key as Record<string, Value>))).filter((item) => item !== undefined),
      ]);
      return { Responses: Object.fromEntries(found) };
    }
    if (!(command instanceof UpdateItemCommand))
      throw new Error('The store has learned a command that these tables do not know.');
    const key = keyOf(command.input.TableName, command.input.Key as Record<string, Value>);
    const old = items.get(key);
    const item = updated(old ?? (command.input.Key as Item), command.input);
    items.set(key, item);
    writeUnits += Math.max(1, Math.ceil(Math.max(itemSize(old), itemSize(item)) / 1_024));
    return { Attributes: item };
  };
  return {
    client: { send: send as DynamoDBClient['send'] },
    spent: () => {
      const spent = { requests, writeUnits };
      [requests, writeUnits] = [0, 0];
      return spent;
    },
  };
};
