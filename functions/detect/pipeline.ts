/** What detect does with a decoded payload: scan, then merge. It works over any engine and store, so several can exist side by side. */
import { Gathering } from '../../shared/aggregates/gathering.ts';
import { type CachedAggregates, saturationIn } from '../../shared/aggregates/saturation.ts';
import type { Store } from '../../shared/aggregates/store.ts';
import { type Config, clusterOfLogGroup } from '../../shared/config/config.ts';
import type { Engine, Sighting } from '../../shared/engine/engine.ts';
import { createPrefilter } from '../../shared/engine/prefilter/prefilter.ts';
import { type ScanResult, scanPayload, scanRecords } from '../../shared/engine/scan.ts';
import { createSuppressor } from '../../shared/engine/suppression.ts';
import type { Geolocator, Origin } from '../../shared/events/event.ts';
import type { PayloadHead, PayloadText } from '../../shared/logs/cloudwatch-payload.ts';
import { type Payload, parsePayload } from '../../shared/logs/decode.ts';

export interface PipelineParts {
  readonly engine: Engine;
  /** Where sightings are merged. `known` gives what it remembers of an aggregate, without a request. */
  readonly store: Store & { readonly known: CachedAggregates };
  readonly config: Config;
  /** The AWS Region of the log groups. */
  readonly region: string;
  /** Default: no address has a location. */
  readonly locate?: Geolocator;
}

/** What one payload holds. */
export interface Scanned {
  readonly origin: Origin;
  readonly result: ScanResult;
  /** The sightings, as they will be merged. */
  readonly gathering: Gathering;
}

export interface Merged {
  /** Aggregates that were written. */
  readonly written: number;
  /** Sightings that were attributed to the overflow. */
  readonly overflowed: number;
}

export interface Pipeline {
  /** Takes whatever `openPayload` gives, and asks nobody outside. */
  readonly scan: (payload: PayloadText | Payload) => Scanned;
  /** Safe to repeat: a payload that is delivered again adds nothing. */
  readonly merge: (scanned: Scanned) => Promise<Merged>;
}

export const createPipeline = ({ engine, store, config, region, locate }: PipelineParts): Pipeline => {
  const suppressor = createSuppressor(config.suppress);
  const saturation = saturationIn(store.known);
  const prefilter = createPrefilter(engine, saturation);

  /** A log group that names no cluster is its own cluster, so that nothing from it is lost. */
  const originOf = ({ owner, logGroup, logStream }: PayloadHead): Origin => ({
    cluster: clusterOfLogGroup(config, logGroup) ?? logGroup,
    account: owner,
    region,
    logGroup,
    logStream,
    ...(locate !== undefined && { locate }),
  });

  const scanText = (payload: PayloadText, origin: Origin): Scanned | undefined => {
    const gathering = new Gathering();
    const onSighting = (sighting: Sighting) => gathering.add(sighting);
    const result = scanPayload(engine, suppressor, payload, origin, { prefilter, saturation, onSighting });
    return result && { origin, result, gathering };
  };

  const scanParsed = ({ records }: Payload, origin: Origin): Scanned => {
    const gathering = new Gathering();
    const onSighting = (sighting: Sighting) => gathering.add(sighting);
    const result = scanRecords(engine, suppressor, records, origin, { prefilter, saturation, onSighting });
    return { origin, result, gathering };
  };

  return {
    scan: (payload) => {
      const origin = originOf(payload);
      if ('records' in payload) return scanParsed(payload, origin);
      // What was gathered before the payload turned out to be written in another form is thrown away.
      return scanText(payload, origin) ?? scanParsed(parsePayload(payload.text), origin);
    },
    merge: async ({ origin, result: { earliest }, gathering }) => {
      // A batch without an event says nothing about when its cluster was first seen.
      if (Number.isFinite(earliest)) await store.noteCluster(origin, earliest);
      return { written: await store.merge(gathering.deltas()), overflowed: gathering.overflowed };
    },
  };
};
