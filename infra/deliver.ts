/** The function that takes findings off the bus and imports them into Security Hub CSPM. */
import { Arn, Aws, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { PARTITION } from '../functions/aws/environment.ts';
import type { Config } from '../shared/config/config.ts';
import { except } from './parts/access.ts';
import type { Alarms } from './parts/alarms.ts';
import type { Bus } from './parts/bus.ts';
import { createFunction } from './parts/function.ts';
import { createQueue, createRetriedQueue } from './parts/queue.ts';

const TIMEOUT = Duration.seconds(30);

/** Six times the function's timeout, as Lambda advises, so that no message is given out twice at once. */
const PAUSE = Duration.minutes(3);

/** How long Security Hub may refuse before findings go to the dead-letter queue. */
const PERSISTENCE = Duration.days(1);

export class Deliver extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { config, bus, alarms }: { readonly config: Config; readonly bus: Bus; readonly alarms: Alarms },
  ) {
    super(scope, id);
    const retried = createRetriedQueue(this, 'Queue', PAUSE, PERSISTENCE);
    // A queue of its own: SQS redrives only what came from a queue.
    const undelivered = createQueue(this, 'RuleDead');
    except(
      undelivered,
      'AwsSolutions-SQS3',
      'It is a dead-letter queue: that of the rule, which cdk-nag does not look at.',
    );
    new Rule(this, 'Findings', {
      description: 'Findings for Security Hub CSPM',
      eventBus: bus.bus,
      eventPattern: bus.findings,
      targets: [new SqsQueue(retried.queue, { deadLetterQueue: undelivered })],
    });
    const fn = createFunction(this, 'Function', {
      entry: 'functions/deliver/handler.ts',
      description: 'Imports findings into Security Hub CSPM',
      config,
      memory: 256,
      timeout: TIMEOUT,
    });
    fn.addEnvironment(PARTITION, Aws.PARTITION);
    // As many as one BatchImportFindings takes; two at a time stay below its ten calls a second.
    fn.addEventSource(
      new SqsEventSource(retried.queue, {
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(2),
        maxConcurrency: 2,
        reportBatchItemFailures: true,
      }),
    );
    const { account } = Stack.of(this);
    const product = { service: 'securityhub', resource: 'product', resourceName: `${account}/default` };
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['securityhub:BatchImportFindings'],
        resources: [Arn.format(product, Stack.of(this))],
      }),
    );
    alarms.onFunction('Deliver', fn, 'Its findings stay in the queue and are tried again for a day.');
    alarms.onQueue('Deliver', retried, 'Findings for Security Hub CSPM');
    alarms.onDeadLetters(
      'DeliverRule',
      undelivered,
      'EventBridge could not put findings for Security Hub CSPM into their queue. Mend the cause. SQS cannot redrive these messages, so send their bodies to the queue of deliver within 14 days.',
    );
    alarms.onReported(
      'SecurityHubOff',
      'SecurityHubOff',
      'Security Hub CSPM is off in this account and Region, so findings are on the event bus only. Enable it, or set securityHub to false in cdk.json.',
    );
  }
}
