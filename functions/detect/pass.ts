/** The stage between decoding and merging: events and sightings of one payload. */

import { Gathering } from '../../shared/aggregates/gathering.ts';
import { clusterOfLogGroup } from '../../shared/config/config.ts';
import type { Sighting } from '../../shared/engine/engine.ts';
import { createPrefilter } from '../../shared/engine/prefilter/prefilter.ts';
import { type ScanResult, scanPayload, scanRecords } from '../../shared/engine/scan.ts';
import type { Origin } from '../../shared/events/event.ts';
import type { PayloadHead, PayloadText } from '../../shared/logs/cloudwatch-payload.ts';
import { type Payload, parsePayload } from '../../shared/logs/decode.ts';
import { bundledConfig } from '../aws/bundled-config.ts';
import { known } from './cases.ts';
import { engine, suppressor } from './rules.ts';

/** A log group that names no cluster stands for itself, so that nothing from it is lost. */
export const originOf = ({ owner, logGroup, logStream }: PayloadHead): Origin => ({
  cluster: clusterOfLogGroup(bundledConfig, logGroup) ?? logGroup,
  account: owner,
  region: process.env['AWS_REGION'] ?? '',
  logGroup,
  logStream,
});

const prefilter = createPrefilter(engine, known);

export interface Passed {
  readonly passed: ScanResult;
  readonly gathered: Gathering;
}

export const pass = (payload: PayloadText | Payload, origin: Origin): Passed => {
  if (!('records' in payload)) {
    const gathered = new Gathering();
    const shortcuts = { prefilter, known, onSighting: (sighting: Sighting) => gathered.add(sighting) };
    const passed = scanPayload(engine, suppressor, payload, origin, shortcuts);
    if (passed !== undefined) return { passed, gathered };
  }
  // What was gathered before the payload turned out to be written in another form is thrown away.
  const gathered = new Gathering();
  const { records } = 'records' in payload ? payload : parsePayload(payload.text);
  const shortcuts = { prefilter, known, onSighting: (sighting: Sighting) => gathered.add(sighting) };
  return { passed: scanRecords(engine, suppressor, records, origin, shortcuts), gathered };
};
