/** A batch of log records in, sightings merged into the tables: decode → scan → merge → report. Publishing is another function's. */
import { openPayload } from '../../shared/logs/decode.ts';
import { deployedPipeline } from './deployed.ts';
import { reportBatch } from './report.ts';

/** What CloudWatch Logs sends to a subscribed function. */
export interface SubscriptionEvent {
  readonly awslogs: { readonly data: string };
}

export const handler = async ({ awslogs }: SubscriptionEvent): Promise<void> => {
  const pipeline = deployedPipeline();
  const scanned = pipeline.scan(openPayload(awslogs.data));
  const merged = await pipeline.merge(scanned);
  reportBatch(scanned, merged);
};
