/** Queues with a dead-letter queue each, closed to other accounts and plain HTTP. */
import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { refusals } from './access.ts';

export interface RetriedQueue {
  readonly queue: Queue;
  /** What was tried as often as it may be. Kept for 14 days, the longest that SQS keeps anything. */
  readonly dead: Queue;
}

/**
 * @param pause how long a message rests after a failed attempt, and thereby how long an attempt may take
 * @param persistence how long a message is tried before it goes to the dead-letter queue
 */
export const createRetriedQueue = (
  scope: Construct,
  id: string,
  pause: Duration,
  persistence: Duration,
): RetriedQueue => {
  const dead = createQueue(scope, `${id}Dead`);
  const maxReceiveCount = Math.ceil(persistence.toSeconds() / pause.toSeconds());
  const queue = createQueue(scope, id, { visibilityTimeout: pause, deadLetterQueue: { queue: dead, maxReceiveCount } });
  return { queue, dead };
};

/** Keeps messages for 14 days. */
export const createQueue = (
  scope: Construct,
  id: string,
  props: ConstructorParameters<typeof Queue>[2] = {},
): Queue => {
  const queue = new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    encryption: QueueEncryption.SQS_MANAGED,
    ...props,
  });
  for (const statement of refusals(['sqs:*'], [queue.queueArn])) queue.addToResourcePolicy(statement);
  return queue;
};
