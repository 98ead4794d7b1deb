/** The two tables. An aggregate that is merged into either shows in its stream, which publish reads. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { BASELINES_TABLE, FINDINGS_TABLE } from '../../functions/aws/environment.ts';
import { exceptWildcard, refusals } from './access.ts';

export class Tables extends Construct {
  /** Aggregates of thresholds and single sightings. They have been published, and expire; deleting the stack deletes them. */
  readonly findings: Table;
  /** First-seen aggregates, and when each cluster was first heard of. Learned over weeks, so they outlive the stack. */
  readonly baselines: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.findings = createTable(this, 'Findings', RemovalPolicy.DESTROY);
    this.baselines = createTable(this, 'Baselines', RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }

  /** Reading aggregates, and merging into them. Nothing here can delete an item or scan a table. */
  grantMerge(fn: LambdaFunction): void {
    const actions = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'];
    allow(fn, actions, [this.findings.tableArn, this.baselines.tableArn]);
    fn.addEnvironment(FINDINGS_TABLE, this.findings.tableName);
    fn.addEnvironment(BASELINES_TABLE, this.baselines.tableName);
  }

  /** Reading when a cluster was first heard of, on which it depends whether a first-seen aggregate is a finding. */
  grantReadBeginnings(fn: LambdaFunction): void {
    allow(fn, ['dynamodb:GetItem'], [this.baselines.tableArn]);
    fn.addEnvironment(BASELINES_TABLE, this.baselines.tableName);
  }

  /** Reading what changes. The mapping from a stream to the function is the function's own affair. */
  grantReadStreams(fn: LambdaFunction): void {
    for (const table of [this.findings, this.baselines]) {
      allow(
        fn,
        ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        [table.tableStreamArn ?? ''],
      );
      const streams = `${table.tableArn}/stream/*`;
      allow(fn, ['dynamodb:ListStreams'], [streams]);
      exceptWildcard(
        fn.role ?? fn,
        streams,
        'Lambda lists the streams of this one table; they are named after the time of their creation.',
      );
    }
  }
}

const allow = (grantee: IGrantable, actions: string[], resources: string[]): void => {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
};

const createTable = (scope: Construct, id: string, removalPolicy: RemovalPolicy): Table =>
  new Table(scope, id, {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'ttl',
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    encryption: TableEncryption.AWS_MANAGED,
    // In a table's own policy `*` stands for this table; its ARN would make the table depend on itself.
    resourcePolicy: new PolicyDocument({ statements: [...refusals(['dynamodb:*'], ['*'])] }),
    removalPolicy,
  });
