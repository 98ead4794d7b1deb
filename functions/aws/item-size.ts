/** Keeps an aggregate below what DynamoDB takes for one item (400 KB): what illustrates it gives way to what it consists of. */
import { type Aggregate, SETS } from '../../shared/aggregates/aggregate.ts';

/**
 * Bytes of evidence and observed values that an aggregate may have. Honest ones have some ten thousand; a client that fills every field of its requests
 * for a day, or a writer to the log group, could have millions. References take 21 bytes each and find room in the rest.
 */
const MOST_SHOWN = 300_000;

const bytesOf = (texts: Iterable<string>): number => {
  let bytes = 0;
  for (const text of texts) bytes += Buffer.byteLength(text);
  return bytes;
};

/** The first texts that have room, in their own order. */
const withRoom = (texts: ReadonlySet<string>, room: number): ReadonlySet<string> => {
  let bytes = 0;
  return new Set(
    [...texts].sort().filter((text) => {
      bytes += Buffer.byteLength(text);
      return bytes <= room;
    }),
  );
};

/** The addition without what only illustrates it; undefined when nothing else is in it. Sightings and counts stay as they are. */
export const withoutIllustration = (addition: Aggregate): Aggregate | undefined => {
  const bare: Aggregate = { ...addition, evidence: new Set(), observed: new Set() };
  return SETS.some((set) => bare[set].size > 0) ? bare : undefined;
};

/** What of an addition fits in the item. Beyond the limit it depends on the order what a finding shows, and never that it is one. */
export const fitting = (known: Aggregate | undefined, addition: Aggregate | undefined): Aggregate | undefined => {
  if (addition === undefined) return undefined;
  const room = MOST_SHOWN - (known === undefined ? 0 : bytesOf(known.evidence) + bytesOf(known.observed));
  if (bytesOf(addition.evidence) + bytesOf(addition.observed) <= room) return addition;
  const evidence = withRoom(addition.evidence, room);
  const fits: Aggregate = { ...addition, evidence, observed: withRoom(addition.observed, room - bytesOf(evidence)) };
  return SETS.some((set) => fits[set].size > 0) ? fits : undefined;
};

/** Several containers that do not know of each other may still fill an item together. */
export const isTooLarge = (error: unknown): boolean =>
  (error as Error).name === 'ValidationException' && /item size/i.test((error as Error).message);
