/** Everything that is deployed. What is where, and what may do what, can be read here from top to bottom. */
import { Aws, CfnCondition, CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../shared/config/config.ts';
import { Deliver } from './deliver.ts';
import { Detect } from './detect.ts';
import { Alarms } from './parts/alarms.ts';
import { Bus } from './parts/bus.ts';
import { createGeoDatabase } from './parts/geo-database.ts';
import { Tables } from './parts/tables.ts';
import { Publish } from './publish.ts';
import { Subscribe } from './subscribe.ts';

export interface EksDetectStackProps extends StackProps {
  readonly config: Config;
}

export class EksDetectStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: EksDetectStackProps) {
    super(scope, id, { description: 'eks-detect: threat detection for Amazon EKS', ...props });
    const alarms = new Alarms(this, 'Alarms');
    const tables = new Tables(this, 'Tables');
    const bus = new Bus(this, 'Bus');
    const geoDatabase = createGeoDatabase(this);
    const detect = new Detect(this, 'Detect', { config, tables, alarms, geoDatabase });
    const publish = new Publish(this, 'Publish', { config, tables, bus, alarms, geoDatabase });
    if (config.securityHub) new Deliver(this, 'Deliver', { config, bus, alarms });
    new Subscribe(this, 'Subscribe', { config, detect, alarms });

    this.tell('EventBus', bus.bus.eventBusName, 'Add EventBridge rules for findings to this bus');
    this.tell('FindingsTable', tables.findings.tableName, 'What has been seen and may become, or is, a finding');
    this.tell(
      'BaselinesTable',
      tables.baselines.tableName,
      'What is normal in each cluster; `eks-detect learn` fills it',
    );
    this.tell(
      'AlarmTopic',
      alarms.topic.topicArn,
      'Subscribe to hear of lost or late data, and of unprotected clusters',
    );
    this.tell(
      'UndetectedBucket',
      detect.onFailure.bucket.bucketName,
      'Log batches that detect failed on, until redriven',
    );
    this.tell(
      'UnpublishedBucket',
      publish.onFailure.bucket.bucketName,
      'Findings that publish failed on, until redriven',
    );
    this.tell('LogsInsights', insightsOf(detect.fn.logGroup.logGroupName), 'Shows what detect saw of each cluster');
    if (config.securityHub) {
      this.tell('SecurityHub', securityHubAt(this.consoleHost()), 'Findings in the console of Security Hub CSPM');
    }
  }

  /** GovCloud (US) has a console of its own. */
  private consoleHost(): string {
    const isGovCloud = new CfnCondition(this, 'GovCloud', {
      expression: Fn.conditionEquals(Aws.PARTITION, 'aws-us-gov'),
    });
    const host = Fn.conditionIf(isGovCloud.logicalId, 'console.amazonaws-us-gov.com', 'console.aws.amazon.com');
    return `${Aws.REGION}.${host}`;
  }

  private tell(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}

/** The console's own encoding of "GeneratorId starts with eks-detect/". */
const securityHubAt = (host: string): string =>
  `https://${host}/securityhub/home?region=${Aws.REGION}#/findings` +
  '?search=GeneratorId%3D%255Coperator%255C%253APREFIX%255C%253Aeks-detect%252F';

const insightsOf = (logGroup: string): string =>
  `SOURCE '${logGroup}' | filter ispresent(Events) | stats sum(Events) as events, sum(Sightings) as sightings, ` +
  'sum(Rejected) as rejected, max(AgeMilliseconds) as oldest by Cluster, bin(5m)';
