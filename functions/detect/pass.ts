/** The stage between decoding and merging: events and sightings of one payload. */
import { type Pass, passOver } from '../../shared/batch.ts';
import { clusterOfLogGroup } from '../../shared/config.ts';
import type { Origin } from '../../shared/event.ts';
import { bundledConfig } from '../bundled-config.ts';
import type { LogRecord, Payload } from './decode.ts';
import { engine, suppressor } from './rules.ts';

/** A log group that names no cluster stands for itself, so that nothing from it is lost. */
export const originOf = ({ owner, logGroup, logStream }: Payload): Origin => ({
  cluster: clusterOfLogGroup(bundledConfig, logGroup) ?? logGroup,
  account: owner,
  region: process.env['AWS_REGION'] ?? '',
  logGroup,
  logStream,
});

export const pass = (records: readonly LogRecord[], origin: Origin): Pass =>
  passOver(engine, suppressor, records, origin);
