/** Alarms on whatever loses or delays data, and the topic that they go to. */
import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../functions/aws/metrics.ts';
import { except, refusals } from './access.ts';

export interface Condition {
  readonly metric: IMetric;
  /** The alarm rings when the metric reaches this. */
  readonly atLeast: number;
  /** What it means and what to do, in a sentence or two. */
  readonly description: string;
}

/** Period of the metrics, and so the time until an alarm rings. */
const PERIOD = Duration.minutes(5);

/** How late a record may be, in a queue or a stream, before somebody should know. */
const LATE = Duration.minutes(15);

export class Alarms extends Construct {
  /** Anyone who wants to hear of an alarm subscribes here. */
  readonly topic: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Alarms of eks-detect' });
    for (const statement of refusals(['sns:Publish', 'sns:Subscribe'], [this.topic.topicArn])) {
      this.topic.addToResourcePolicy(statement);
    }
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    except(
      this.topic,
      'AwsSolutions-SNS2',
      "A message says which alarm rang. CloudWatch cannot publish to a topic encrypted with SNS's own key.",
    );
  }

  on(id: string, { metric, atLeast, description }: Condition): void {
    new Alarm(this, id, {
      metric,
      threshold: atLeast,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    }).addAlarmAction(new SnsAction(this.topic));
  }

  /** Rings when a function that runs on a schedule did not run for an hour. */
  onSilence(id: string, fn: LambdaFunction, description: string): void {
    new Alarm(this, id, {
      metric: fn.metricInvocations({ period: Duration.hours(1), statistic: 'Sum' }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: description,
    }).addAlarmAction(new SnsAction(this.topic));
  }

  /** Errors and throttles of a function. `consequence` says what becomes of its input. */
  onFunction(id: string, fn: LambdaFunction, consequence: string): void {
    this.on(`${id}Errors`, {
      metric: fn.metricErrors({ period: PERIOD, statistic: 'Sum' }),
      atLeast: 1,
      description: `The ${id} function failed. ${consequence} Its log says why.`,
    });
    this.on(`${id}Throttles`, {
      metric: fn.metricThrottles({ period: PERIOD, statistic: 'Sum' }),
      atLeast: 1,
      description: `Lambda throttled the ${id} function. ${consequence} Raise the account's concurrency limit.`,
    });
  }

  /** What Lambda's own queue in front of an asynchronously invoked function does with events. */
  onAsync(id: string, fn: LambdaFunction): void {
    this.on(`${id}AsyncAge`, {
      metric: lambdaMetric(fn, 'AsyncEventAge', 'Maximum'),
      atLeast: LATE.toMilliseconds(),
      description: `Events wait for the ${id} function for longer than ${LATE.toMinutes()} minutes, and are dropped after six hours.`,
    });
    this.on(`${id}AsyncDropped`, {
      metric: lambdaMetric(fn, 'AsyncEventsDropped', 'Sum'),
      atLeast: 1,
      description: `The ${id} function gave up on events. They are in the on-failure bucket, from which they come back by themselves.`,
    });
    this.onLostDestination(id, fn);
  }

  /** What could not even be put into the on-failure bucket. */
  onLostDestination(id: string, fn: LambdaFunction): void {
    this.on(`${id}DestinationFailures`, {
      metric: lambdaMetric(fn, 'DestinationDeliveryFailures', 'Sum'),
      atLeast: 1,
      description: `Records on which the ${id} function gave up did not reach the on-failure bucket and are lost. Check its permission.`,
    });
  }

  onStreamAge(id: string, fn: LambdaFunction): void {
    this.on(`${id}StreamAge`, {
      metric: lambdaMetric(fn, 'IteratorAge', 'Maximum'),
      atLeast: LATE.toMilliseconds(),
      description: `The ${id} function is more than ${LATE.toMinutes()} minutes behind a table's stream, which keeps records for 24 hours.`,
    });
  }

  onQueue(id: string, { queue, dead }: { readonly queue: Queue; readonly dead: Queue }, content: string): void {
    this.on(`${id}QueueAge`, {
      metric: queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: 'Maximum' }),
      atLeast: LATE.toSeconds(),
      description: `${content} wait in a queue for more than ${LATE.toMinutes()} minutes. They are still being tried.`,
    });
    this.onDeadLetters(
      id,
      dead,
      `${content} could not be processed within a day. Mend the cause, then start a redrive of the dead-letter queue within 14 days.`,
    );
  }

  /** Rings as long as anything is in a dead-letter queue. */
  onDeadLetters(id: string, dead: Queue, description: string): void {
    this.on(`${id}DeadLetters`, {
      metric: dead.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
      atLeast: 1,
      description,
    });
  }

  /** A metric that a function reports by itself. */
  onReported(id: string, metricName: string, description: string): void {
    const metric = new Metric({ namespace: METRIC_NAMESPACE, metricName, period: PERIOD, statistic: 'Maximum' });
    this.on(id, { metric, atLeast: 1, description });
  }
}

const lambdaMetric = (fn: LambdaFunction, metricName: string, statistic: string): Metric => {
  const options: MetricOptions = { period: PERIOD, statistic, dimensionsMap: { FunctionName: fn.functionName } };
  return new Metric({ namespace: 'AWS/Lambda', metricName, ...options });
};
