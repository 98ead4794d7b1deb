/**
 * A bound on what one batch may write. Entities are attacker-controlled: a flood from ten thousand addresses would cost its victim
 * ten thousand writes a batch. Beyond the bound sightings are attributed to the crowd, a case of its own that opens like any other.
 */
import { groupBy } from './collections.ts';
import type { Entities } from './detection.ts';
import type { Sighting } from './engine.ts';
import { digest } from './reference.ts';
import type { Grid } from './state.ts';

/**
 * Different entities of one detection that one batch may write to. A busy cluster's batch has a handful; a first one has all images.
 * Thresholds get less: one refused request says little, and strangers' addresses are the cheapest thing to have many of.
 */
export const MOST_ENTITIES: Readonly<Record<Grid['kind'], number>> = {
  stateless: 200,
  threshold: 50,
  'first-seen': 200,
};

export interface Allowance {
  readonly sightings: readonly Sighting[];
  /** Sightings that were attributed to the crowd. */
  readonly crowded: number;
}

const keyOf = (entities: Entities): string => JSON.stringify(Object.entries(entities).sort());

/** Entities with the smallest digests keep their own cases, so that batches of the same flood mostly agree on whose. */
export const withinBudget = (sightings: readonly Sighting[], most = MOST_ENTITIES): Allowance => {
  let crowded = 0;
  const kept = [...groupBy(sightings, ({ rule }) => rule.detection.id).values()].flatMap((ofRule) => {
    const groups = groupBy(ofRule, ({ entities }) => keyOf(entities));
    const mostEntities = most[(ofRule[0] as Sighting).rule.grid.kind];
    if (groups.size <= mostEntities) return ofRule;
    const byDigest = [...groups.keys()].map((key) => [digest(key), key] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    const own = new Set(byDigest.slice(0, mostEntities).map(([, key]) => key));
    return ofRule.map((sighting) => {
      if (own.has(keyOf(sighting.entities))) return sighting;
      crowded++;
      return crowdOf(sighting);
    });
  });
  return { sightings: kept, crowded };
};

/** The same sighting, about everybody: its entities keep their names and lose their values. */
const crowdOf = (sighting: Sighting): Sighting => ({
  ...sighting,
  entities: Object.fromEntries(Object.keys(sighting.entities).map((name) => [name, 'many'])),
});
