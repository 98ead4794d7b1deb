/** The stage between decoding and merging: events and sightings of one payload. */
import { type Pass, passOver, passOverText } from '../../shared/batch.ts';
import { clusterOfLogGroup } from '../../shared/config.ts';
import type { Origin } from '../../shared/event.ts';
import type { PayloadHead, PayloadText } from '../../shared/payload-text.ts';
import { createScreen } from '../../shared/screen.ts';
import { bundledConfig } from '../bundled-config.ts';
import { known } from './cases.ts';
import { type Payload, parsePayload } from './decode.ts';
import { engine, suppressor } from './rules.ts';

/** A log group that names no cluster stands for itself, so that nothing from it is lost. */
export const originOf = ({ owner, logGroup, logStream }: PayloadHead): Origin => ({
  cluster: clusterOfLogGroup(bundledConfig, logGroup) ?? logGroup,
  account: owner,
  region: process.env['AWS_REGION'] ?? '',
  logGroup,
  logStream,
});

const shortcuts = { screen: createScreen(engine, known), known };

export const pass = (payload: PayloadText | Payload, origin: Origin): Pass => {
  const parsed = ({ records }: Payload) => passOver(engine, suppressor, records, origin, shortcuts);
  if ('records' in payload) return parsed(payload);
  return passOverText(engine, suppressor, payload, origin, shortcuts) ?? parsed(parsePayload(payload.text));
};
