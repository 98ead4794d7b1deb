/** The event bus on which findings are published, and to which anyone in the account can add rules. */
import { CfnResource } from 'aws-cdk-lib';
import { EventBus, type EventPattern } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { EVENT_BUS } from '../../functions/aws/environment.ts';
import { DETAIL_TYPE, EVENT_SOURCE } from '../../shared/outputs/ocsf/event.ts';
import { refusals } from './access.ts';

/** Consumers' rules name it. */
const NAME = 'eks-detect';

export class Bus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const bus = new EventBus(this, 'Bus', { eventBusName: NAME, description: 'Findings of eks-detect' });
    const policies = refusals(['events:PutEvents'], [bus.eventBusArn]).map(
      (statement) =>
        // CDK's own class for it warns of a property that is not used here.
        new CfnResource(this, statement.sid ?? '', {
          type: 'AWS::Events::EventBusPolicy',
          properties: {
            EventBusName: bus.eventBusName,
            StatementId: statement.sid,
            Statement: statement.toStatementJson(),
          },
        }),
    );
    // Both change the one policy of the bus, so they take turns.
    policies.reduce((before, after) => {
      after.addResourceDependency(before);
      return after;
    });
    this.bus = bus;
  }

  /** What matches every finding. */
  get findings(): EventPattern {
    return { source: [EVENT_SOURCE], detailType: [DETAIL_TYPE] };
  }

  /** Putting findings on the bus, and nothing under another source. */
  grantPublish(fn: LambdaFunction): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [this.bus.eventBusArn],
        conditions: { StringEquals: { 'events:source': EVENT_SOURCE } },
      }),
    );
    fn.addEnvironment(EVENT_BUS, this.bus.eventBusName);
  }
}
