/** Where Lambda puts what a function gave up on, and the way from there back to a function. */
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { except, exceptWildcard, refusals } from './access.ts';
import { createRetriedQueue, type RetriedQueue } from './queue.ts';

/** Lambda's own names for what it gave up on: below `async/` whole invocations, elsewhere batches of a stream. */
const PREFIX = 'aws/lambda/';
const INVOCATIONS = `${PREFIX}async/`;

/** How long a redrive is tried again after it failed, and how often: every half hour, for a day. */
const PAUSE = Duration.minutes(30);
const PERSISTENCE = Duration.days(1);

/** A person has this long to look at what even the redrive gave up on. */
const RETENTION = Duration.days(90);

export class OnFailure extends Construct {
  readonly bucket: Bucket;
  /** One message for each invocation that failed. */
  readonly redrive: RetriedQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [{ expiration: RETENTION }],
      // What is in it was not detected yet; deleting the stack may not delete it.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const statement of refusals(['s3:*'], [this.bucket.bucketArn, this.bucket.arnForObjects('*')])) {
      this.bucket.addToResourcePolicy(statement);
    }
    except(
      this.bucket,
      'AwsSolutions-S1',
      'Objects live for minutes and only two functions reach them; CloudTrail data events can record access where it is asked for.',
    );
    this.redrive = createRetriedQueue(this, 'Redrive', PAUSE, PERSISTENCE);
    this.notify();
  }

  /**
   * Set on the bucket itself, as CDK would deploy another function for it. The bucket names the queue, so the queue's policy names
   * the account and not the bucket: any bucket of this account could send, and redrive reads from this one only.
   */
  private notify(): void {
    const { queue } = this.redrive;
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
          queue: queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: INVOCATIONS }] } },
        },
      ],
    };
    // S3 tries the queue when the notification is set.
    if (policy.policyDependable) bucket.node.addDependency(policy.policyDependable);
  }

  /** Lets a function's failures be put here. Give the result as the function's on-failure destination. */
  grantFailures(fn: LambdaFunction): { readonly bind: () => { readonly destination: string } } {
    this.allowObjects(fn, ['s3:PutObject'], PREFIX);
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
    return { bind: () => ({ destination: this.bucket.bucketArn }) };
  }

  /** Reading a failed invocation, and deleting it when it has been made up for. */
  grantRedrive(fn: LambdaFunction): void {
    this.allowObjects(fn, ['s3:GetObject', 's3:DeleteObject'], INVOCATIONS);
  }

  private allowObjects(fn: LambdaFunction, actions: string[], prefix: string): void {
    const objects = this.bucket.arnForObjects(`${prefix}*`);
    fn.addToRolePolicy(new PolicyStatement({ actions, resources: [objects] }));
    exceptWildcard(
      fn.role ?? fn,
      objects,
      'Lambda chooses the keys of what it puts there: one bucket, below one prefix.',
    );
  }
}
