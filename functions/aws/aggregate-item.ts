/** Aggregates as DynamoDB items: each set of an aggregate is a set of the item, so that one ADD merges them. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Aggregate, type AggregateName, type AggregateSets, SETS } from '../../shared/aggregates/aggregate.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

type SetName = keyof AggregateSets;

/** Sets that hold numbers; the others hold strings. */
const NUMBERS: ReadonlySet<SetName> = new Set<SetName>(['buckets', 'learned']);

export const setValue = (set: SetName, values: ReadonlySet<string | number>): AttributeValue =>
  NUMBERS.has(set) ? { NS: [...values].map(String) } : { SS: [...values].map(String) };

/** The attributes that name an aggregate, the same at every write. */
export const nameAttributes = ({ id: _key, ...name }: AggregateName): Record<string, AttributeValue> => ({
  detection: { S: name.detection },
  cluster: { S: name.cluster },
  account: { S: name.account },
  region: { S: name.region },
  entities: { M: Object.fromEntries(Object.entries(name.entities).map(([key, value]) => [key, { S: value }])) },
  period: { N: String(name.period) },
});

/** Reads an aggregate from an item or from the image of a stream record. Absent sets are empty. */
export const aggregateOfImage = (image: Item): Aggregate => {
  const entities = Object.entries(image['entities']?.M ?? {}).map(([key, value]) => [key, value.S ?? '']);
  const sets = SETS.map((set) => [set, readSet(set, image[set])]);
  return {
    id: image['id']?.S ?? '',
    detection: image['detection']?.S ?? '',
    cluster: image['cluster']?.S ?? '',
    account: image['account']?.S ?? '',
    region: image['region']?.S ?? '',
    entities: Object.fromEntries(entities),
    period: Number(image['period']?.N ?? 0),
    ...(Object.fromEntries(sets) as AggregateSets),
  };
};

const readSet = (set: SetName, value: AttributeValue | undefined): ReadonlySet<string | number> =>
  NUMBERS.has(set) ? new Set(value?.NS?.map(Number)) : new Set(value?.SS);
