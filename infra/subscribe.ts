/** The function that keeps a subscription filter on the log group of every cluster: on deploy, on schedule, removed on delete. */
import { Arn, ArnFormat, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IDependable } from 'constructs';
import type { Config } from '../shared/config/config.ts';
import { clusterLogGroup } from '../shared/logs/log-source.ts';
import type { Detect } from './detect.ts';
import { exceptWildcard } from './parts/access.ts';
import type { Alarms } from './parts/alarms.ts';
import { assetOf } from './parts/bundle.ts';
import { createFunction } from './parts/function.ts';

const ENTRY = 'functions/subscribe/handler.ts';

/** A new cluster is protected after at most this long. */
const INTERVAL = Duration.minutes(15);

/** A thousand log groups take about two minutes. */
const TIMEOUT = Duration.minutes(5);

export class Subscribe extends Construct {
  private readonly fn: LambdaFunction;
  private readonly revision: string;

  constructor(
    scope: Construct,
    id: string,
    { config, detect, alarms }: { readonly config: Config; readonly detect: Detect; readonly alarms: Alarms },
  ) {
    super(scope, id);
    this.revision = assetOf(ENTRY, config).hash;
    this.fn = createFunction(this, 'Function', {
      entry: ENTRY,
      description: 'Keeps one subscription filter on the log group of every EKS cluster',
      config,
      memory: 256,
      timeout: TIMEOUT,
    });
    const destination = detect.grantSubscribe(this.fn);
    const listing = this.allowListing();
    const resources = [
      this.reconcileOnDeploy('Clusters', {}, [
        this.allowFilters('Clusters', clusterLogGroup('*')),
        listing,
        ...destination,
      ]),
      ...config.eventLogGroups.map(({ logGroup }) => {
        const name = `Events${logGroup.replaceAll('/', '|')}`;
        const policy = this.allowFilters(name, logGroup);
        return this.reconcileOnDeploy(name, { LogGroup: logGroup }, [policy, ...destination]);
      }),
    ];
    const rule = new Rule(this, 'Schedule', {
      description: 'Subscribes log groups of clusters that came into being since the last time',
      schedule: Schedule.rate(INTERVAL),
      targets: [new Target(this.fn, { maxEventAge: INTERVAL, retryAttempts: 2 })],
    });
    // Deleted first, so that no run puts filters back while they are being removed.
    rule.node.addDependency(...resources);

    const unprotected = 'An EKS cluster is not protected. The log of subscribe names it, and what to do.';
    alarms.onFunction('Subscribe', this.fn, 'New clusters may not be protected.');
    alarms.onSilence(
      'SubscribeSilent',
      this.fn,
      'Nobody looked for new EKS clusters for an hour. The schedule does not run.',
    );
    alarms.onReported('UnprotectedClusters', 'Unprotected', unprotected);
  }

  /**
   * Reading and writing the filters of groups of this name. A policy of its own, as it must still be there when the filters are
   * removed with the stack, or with the group's entry in the configuration.
   */
  private allowFilters(id: string, logGroup: string): Policy {
    const resources = [logGroup, `${logGroup}:*`].map((name) => logGroupArn(this, name));
    const policy = this.allow(id, [
      new PolicyStatement({
        actions: [
          'logs:DescribeSubscriptionFilters',
          'logs:DeleteSubscriptionFilter',
          // IAM has no condition for the destination. Without `iam:PassRole` it can only be a function of this account.
          'logs:PutSubscriptionFilter',
        ],
        resources,
      }),
    ]);
    for (const resource of resources) {
      exceptWildcard(
        policy,
        resource,
        'EKS names the log groups of clusters so, and which there will be is not known at deployment.',
      );
    }
    return policy;
  }

  /** Finding log groups and clusters. */
  private allowListing(): Policy {
    const groups = logGroupArn(this, '*');
    const clusters = Arn.format({ service: 'eks', resource: 'cluster', resourceName: '*' }, Stack.of(this));
    const policy = this.allow('Listing', [
      new PolicyStatement({ actions: ['logs:DescribeLogGroups'], resources: [groups] }),
      new PolicyStatement({ actions: ['eks:DescribeCluster'], resources: [clusters] }),
      new PolicyStatement({ actions: ['eks:ListClusters'], resources: ['*'] }),
    ]);
    exceptWildcard(policy, groups, 'DescribeLogGroups lists names, and IAM can allow it for all log groups only.');
    exceptWildcard(
      policy,
      clusters,
      'Reads whether a cluster logs audit events, for clusters that do not exist yet, too.',
    );
    exceptWildcard(policy, '*', 'eks:ListClusters, the only action here, cannot be restricted to resources.');
    return policy;
  }

  private allow(id: string, statements: PolicyStatement[]): Policy {
    const policy = new Policy(this, `${id}Policy`, { statements });
    if (this.fn.role) policy.attachToRole(this.fn.role);
    return policy;
  }

  /** Runs when the stack is deployed with other code or configuration, and when it, or what it stands for, is deleted. */
  private reconcileOnDeploy(
    id: string,
    properties: Record<string, string>,
    needs: readonly IDependable[],
  ): CustomResource {
    const resource = new CustomResource(this, id, {
      serviceToken: this.fn.functionArn,
      serviceTimeout: Duration.minutes(15),
      resourceType: 'Custom::SubscriptionFilters',
      properties: { ...properties, Revision: this.revision },
    });
    resource.node.addDependency(...needs);
    return resource;
  }
}

const logGroupArn = (scope: Construct, resourceName: string): string =>
  Arn.format(
    { service: 'logs', resource: 'log-group', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME },
    Stack.of(scope),
  );
