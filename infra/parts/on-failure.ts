/** Where Lambda puts what a function gave up on, and the function that brings it back from there. */
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { GIVEN_UP, UNPROCESSABLE } from '../../functions/aws/agreed.ts';
import { except, exceptWildcard, refusals } from './access.ts';
import type { Alarms } from './alarms.ts';
import { createFunction, type FunctionDescription } from './function.ts';
import { createRetriedQueue, type RetriedQueue } from './queue.ts';

/** How long a redrive is tried again after it failed, and how often: every half hour, for a day. Twice what a function may take. */
const PAUSE = Duration.minutes(30);
const PERSISTENCE = Duration.days(1);

/** A person has this long to look at what even the redrive gave up on. */
const RETENTION = Duration.days(90);

export class OnFailure extends Construct {
  readonly bucket: Bucket;
  /** Runs the function's work again, or has it run; the construct that creates this one grants what it needs for that. */
  readonly redrive: LambdaFunction;
  /** One message for each object. */
  private readonly queue: RetriedQueue;

  constructor(
    scope: Construct,
    id: string,
    {
      alarms,
      name,
      content,
      ...description
    }: FunctionDescription & {
      readonly alarms: Alarms;
      /** The redriving function's name in alarms, and what it handles. */
      readonly name: string;
      readonly content: string;
    },
  ) {
    super(scope, id);
    this.bucket = this.createBucket();
    this.queue = createRetriedQueue(this, 'Redrive', PAUSE, PERSISTENCE);
    this.notify();
    this.redrive = createFunction(this, 'Function', description);
    this.allowObjects(this.redrive, GIVEN_UP, ['s3:GetObject', 's3:DeleteObject']);
    // Gently: what could not be done for hours need not be done at once.
    this.redrive.addEventSource(
      new SqsEventSource(this.queue.queue, { batchSize: 1, maxConcurrency: 5, reportBatchItemFailures: true }),
    );
    alarms.onFunction(name, this.redrive, `${content} stay in the on-failure bucket and are tried again.`);
    alarms.onQueue(name, this.queue, content);
  }

  /** Lets a function's failures be put here. Give the result as the function's on-failure destination. */
  grantFailures(fn: LambdaFunction): { readonly bind: () => { readonly destination: string } } {
    this.allowObjects(fn, GIVEN_UP, ['s3:PutObject']);
    return { bind: () => ({ destination: this.bucket.bucketArn }) };
  }

  /** Lets the redrive put parts back, to be redriven by themselves, and keep what can't be processed. */
  grantParts(): void {
    for (const prefix of [GIVEN_UP, UNPROCESSABLE]) this.allowObjects(this.redrive, prefix, ['s3:PutObject']);
  }

  private createBucket(): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [{ expiration: RETENTION }],
      // What is in it has not been processed yet; deleting the stack may not delete it.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    for (const statement of refusals(['s3:*'], [bucket.bucketArn, bucket.arnForObjects('*')])) {
      bucket.addToResourcePolicy(statement);
    }
    except(
      bucket,
      'AwsSolutions-S1',
      'Objects live for minutes and only two functions reach them; CloudTrail data events can record access where it is asked for.',
    );
    return bucket;
  }

  /**
   * Set on the bucket itself, as CDK would deploy another function for it. The bucket names the queue, so the queue's policy names
   * the account and not the bucket: any bucket of this account could send, and redrive may read from this one only.
   */
  private notify(): void {
    const { queue } = this.queue;
    const policy = queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowBucket',
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          // What can't be processed is kept in the same bucket, and may not come back.
          filter: { s3Key: { rules: [{ name: 'prefix', value: GIVEN_UP }] } },
          queue: queue.queueArn,
        },
      ],
    };
    // S3 tries the queue when the notification is set.
    if (policy.policyDependable) bucket.node.addDependency(policy.policyDependable);
  }

  /** Without listing, S3 says of an object that is gone that reading it is forbidden. Lambda asks for it of a destination, too. */
  private allowObjects(fn: LambdaFunction, prefix: string, actions: string[]): void {
    const objects = this.bucket.arnForObjects(`${prefix}*`);
    fn.addToRolePolicy(new PolicyStatement({ actions, resources: [objects] }));
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
    exceptWildcard(
      fn.role ?? fn,
      objects,
      'Keys are chosen when an object is put there, by Lambda or after its content: one bucket, below one prefix.',
    );
  }
}
