import { createServer, type Server } from 'node:http';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeSubscriptionFiltersCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { FILTER_NAME } from '../../functions/subscribe/reconcile.ts';
import { type Deployment, deploy } from './deployment.ts';
import type { LambdaFunction } from './lambda.ts';
import { ACCOUNT, call, createFunction, REGION } from './service.ts';

const groupOf = (cluster: string): string => `/aws/eks/${cluster}/cluster`;

describe('subscribe', () => {
  let stack: Deployment;
  let subscribe: LambdaFunction;
  let logs: CloudWatchLogsClient;
  let detect: string;
  let cloudFormation: Server;
  const answers: string[] = [];

  const filtersOf = async (cluster: string) => {
    const found = await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName: groupOf(cluster) }));
    return (found.subscriptionFilters ?? []).map(({ filterName, filterPattern, destinationArn }) => [
      filterName,
      filterPattern,
      destinationArn,
    ]);
  };

  const stackEvent = (RequestType: string) => {
    const { port } = cloudFormation.address() as { port: number };
    return {
      RequestType,
      ResponseURL: `http://127.0.0.1:${port}/answer`,
      StackId: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/eks-detect/1`,
      RequestId: '1',
      LogicalResourceId: 'Filters',
      PhysicalResourceId: 'filters',
      ResourceType: 'Custom::Filters',
      ResourceProperties: { ServiceToken: 'x' },
    };
  };

  beforeAll(async () => {
    const moto = inject('moto');
    stack = await deploy(moto, moto, 'S');
    detect = stack.functionName('DetectFunction');
    await createFunction(moto, detect);
    logs = new CloudWatchLogsClient(stack.clientOptions);
    const eks = new EKSClient(stack.clientOptions);
    for (const [name, types] of Object.entries({ fresh: ['audit'], full: ['audit'], quiet: ['api'] } as const)) {
      await logs.send(new CreateLogGroupCommand({ logGroupName: groupOf(name) }));
      await eks.send(
        new CreateClusterCommand({
          name,
          roleArn: `arn:aws:iam::${ACCOUNT}:role/eks`,
          resourcesVpcConfig: {},
          logging: { clusterLogging: [{ types: [...types], enabled: true }] },
        }),
      );
    }
    await call(moto, 'kinesis', 'CreateStream', { StreamName: 'others', ShardCount: 1 });
    for (const filterName of ['theirs', 'others'])
      await logs.send(
        new PutSubscriptionFilterCommand({
          logGroupName: groupOf('full'),
          filterName,
          filterPattern: '',
          destinationArn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/others`,
          roleArn: `arn:aws:iam::${ACCOUNT}:role/logs`,
        }),
      );
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/lambda/somebody' }));
    cloudFormation = createServer((request, response) => {
      let body = '';
      request.on('data', (data) => {
        body += data;
      });
      request.on('end', () => {
        answers.push(body);
        response.end();
      });
    });
    await new Promise<void>((resolve) => cloudFormation.listen(0, '127.0.0.1', resolve));
    subscribe = await stack.start('SubscribeFunction');
    await subscribe.invoke(stackEvent('Create'));
  });

  afterAll(() => {
    subscribe?.stop();
    cloudFormation?.close();
  });

  it('answers CloudFormation', () => {
    expect(answers.map((answer) => JSON.parse(answer).Status)).toEqual(['SUCCESS']);
  });

  it('puts one filter on the log group of a cluster, and none on others', async () => {
    const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${detect}`;
    expect(await filtersOf('fresh')).toEqual([[FILTER_NAME, '"audit.k8s.io"', arn]]);
    const others = await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName: '/aws/lambda/somebody' }));
    expect(others.subscriptionFilters).toEqual([]);
  });

  it('tells of a group that CloudWatch Logs says is full, and leaves what others put there', async () => {
    expect((await filtersOf('full')).map(([name]) => name).sort()).toEqual(['others', 'theirs']);
    expect(subscribe.log()).toMatch(/"filters taken".*\/aws\/eks\/full\/cluster/);
  });

  it('tells of a cluster that logs no audit events', () => {
    expect(subscribe.log()).toMatch(/"no audit log"|quiet does not log audit events/);
  });

  it('finds a log group that came into being since', async () => {
    await logs.send(new CreateLogGroupCommand({ logGroupName: groupOf('later') }));
    await subscribe.invoke({ source: 'aws.events', 'detail-type': 'Scheduled Event' });
    expect((await filtersOf('later')).map(([name]) => name)).toEqual([FILTER_NAME]);
  });

  it('removes its filters, and only those, when the stack is deleted', async () => {
    await subscribe.invoke(stackEvent('Delete'));
    expect(await filtersOf('fresh')).toEqual([]);
    expect(await filtersOf('later')).toEqual([]);
    expect((await filtersOf('full')).map(([name]) => name).sort()).toEqual(['others', 'theirs']);
    expect(answers.map((answer) => JSON.parse(answer).Status)).toEqual(['SUCCESS', 'SUCCESS']);
  });
});
