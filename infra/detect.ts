/** The function that log groups are subscribed to, and its way back for what it gave up on. */
import { Arn, ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnPermission, Function as LambdaFunction, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IDependable } from 'constructs';
import { DETECT_SECONDS } from '../functions/aws/agreed.ts';
import { DETECT_FUNCTION } from '../functions/aws/environment.ts';
import type { Config } from '../shared/config/config.ts';
import { CLUSTER_LOG_GROUP_PREFIX } from '../shared/logs/log-source.ts';
import type { Alarms } from './parts/alarms.ts';
import { createFunction } from './parts/function.ts';
import { OnFailure } from './parts/on-failure.ts';
import type { Tables } from './parts/tables.ts';

/**
 * Megabytes. Lambda gives processor time in proportion, so twice the memory for half the time costs the same and answers sooner. A
 * payload of 1 MB takes a tenth of it; the rest is for the worst payloads, of which the benchmark prints a table.
 */
export const DETECT_MEMORY = 1_024;

/**
 * The redrive waits for detect, again and again while it searches a batch, so it has as long as Lambda allows. To cut a payload of 64
 * MiB took 320 MB; it gets three times that, as it must not end of what it searches for.
 */
const REDRIVE_TIMEOUT = Duration.minutes(15);
const REDRIVE_MEMORY = 1_024;

export class Detect extends Construct {
  readonly fn: LambdaFunction;
  readonly onFailure: OnFailure;
  private readonly permissions: CfnPermission[] = [];

  constructor(
    scope: Construct,
    id: string,
    {
      config,
      tables,
      alarms,
      geoDatabase,
    }: {
      readonly config: Config;
      readonly tables: Tables;
      readonly alarms: Alarms;
      readonly geoDatabase: LayerVersion;
    },
  ) {
    super(scope, id);
    this.fn = createFunction(this, 'Function', {
      entry: 'functions/detect/handler.ts',
      description: 'Detects threats in EKS audit events and merges them into the tables',
      config,
      memory: DETECT_MEMORY,
      timeout: Duration.seconds(DETECT_SECONDS),
      layers: [geoDatabase],
    });
    this.onFailure = new OnFailure(this, 'OnFailure', {
      entry: 'functions/detect/redrive.ts',
      description: 'Has batches that detect gave up on detected again, and finds the record that ends detect',
      config,
      memory: REDRIVE_MEMORY,
      timeout: REDRIVE_TIMEOUT,
      alarms,
      name: 'DetectRedrive',
      content: 'Batches that detect gave up on',
    });
    tables.grantMerge(this.fn);
    this.onFailure.grantParts();
    this.allowRedrive(this.onFailure.redrive);
    this.fn.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: this.onFailure.grantFailures(this.fn),
    });
    this.allowLogGroup(`${CLUSTER_LOG_GROUP_PREFIX}*`);
    for (const { logGroup } of config.eventLogGroups) this.allowLogGroup(logGroup);

    alarms.onFunction('Detect', this.fn, 'Lambda tries a batch three times, then keeps it in the on-failure bucket.');
    alarms.onAsync('Detect', this.fn);
    alarms.onReported(
      'DetectFaults',
      'Faults',
      'A detection threw an error, so it may miss something. The log of detect names it.',
    );
    alarms.onReported(
      'UnprocessableRecords',
      'UnprocessableRecords',
      "Detect can't process a log record or a batch, so nothing was detected in it. The log of the redrive names the object in the on-failure bucket. Look at it, as it may be an attack, and report it.",
    );
  }

  /** Being named as the destination of subscription filters. The function that sets them needs no permission for that. */
  grantSubscribe(fn: LambdaFunction): IDependable[] {
    fn.addEnvironment(DETECT_FUNCTION, this.fn.functionArn);
    return this.permissions;
  }

  /** The redrive invokes detect, and needs nothing of what detect may do. */
  private allowRedrive(redrive: LambdaFunction): void {
    redrive.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.fn.functionArn] }),
    );
    redrive.addEnvironment(DETECT_FUNCTION, this.fn.functionArn);
  }

  /** One permission for all clusters, present and future: one for each would outgrow the function's policy. */
  private allowLogGroup(name: string): void {
    const { account } = Stack.of(this);
    const sourceArn = Arn.format(
      { service: 'logs', resource: 'log-group', resourceName: `${name}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME },
      Stack.of(this),
    );
    const id = `Logs${name.replaceAll('/', '|')}`;
    this.fn.addPermission(id, {
      principal: new ServicePrincipal('logs.amazonaws.com'),
      sourceArn,
      sourceAccount: account,
    });
    this.permissions.push(this.fn.node.findChild(id) as CfnPermission);
  }
}
