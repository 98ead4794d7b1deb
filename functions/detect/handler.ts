/** A batch of log records in, sightings merged into the tables: decode → detect → merge. Publishing is another function's. */

import { openPayload } from '../../shared/logs/decode.ts';
import { merge, noteCluster } from './cases.ts';
import { originOf, pass } from './pass.ts';
import { reportScan } from './report.ts';

/** What CloudWatch Logs sends to a subscribed function. */
export interface SubscriptionEvent {
  readonly awslogs: { readonly data: string };
}

export const handler = async (event: SubscriptionEvent): Promise<void> => {
  const payload = openPayload(event.awslogs.data);
  const origin = originOf(payload);
  const { gathered, passed } = pass(payload, origin);
  await noteCluster(origin, passed.earliest);
  const written = await merge(gathered);
  reportScan(origin, passed, written);
};
