/** Who may do what: every policy of the template is read, and nothing in it is taken on trust. */
import { describe, expect, it } from 'vitest';
import { type Resource, synthesize } from '../../support/synthesized.ts';

const EVENTS = { logGroup: '/agents/events', cluster: 'a' };
const stack = synthesize({ eventLogGroups: [EVENTS] });

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** A value of the template as text; what only the account knows is in angle brackets. */
const text = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [[operation, operand] = ['', '']] = Object.entries(value as object);
  if (operation === 'Fn::Join') return (operand[1] as unknown[]).map(text).join('');
  return `<${operation === 'Fn::GetAtt' ? operand.join('.') : operand}>`;
};

const identityPolicies = stack.of('AWS::IAM::Policy').map(([id, resource]) => ({
  id,
  resource,
  statements: resource.Properties.PolicyDocument.Statement as readonly Statement[],
}));

/** Actions that a role may do, and where. The role's name is the construct's path, run together by CloudFormation. */
const allowedTo = (role: RegExp): Record<string, string[]> => {
  const allowed: Record<string, string[]> = {};
  for (const { resource, statements } of identityPolicies) {
    if (!list(resource.Properties.Roles).some((name) => role.test(text(name)))) continue;
    for (const { Action, Resource } of statements) {
      for (const action of list(Action)) allowed[action] = [...(allowed[action] ?? []), ...list(Resource).map(text)];
    }
  }
  return allowed;
};

describe('identities', () => {
  it('have policies that can be read here', () => {
    expect(identityPolicies.length).toBeGreaterThanOrEqual(7);
    for (const [, role] of stack.of('AWS::IAM::Role')) {
      expect(role.Properties).not.toHaveProperty('Policies');
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it('are assumed by Lambda only', () => {
    for (const [, role] of stack.of('AWS::IAM::Role')) {
      const [statement, ...more] = role.Properties.AssumeRolePolicyDocument.Statement;
      expect(more).toEqual([]);
      expect(statement).toMatchObject({ Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } });
    }
  });

  describe.each(identityPolicies)('$id', ({ resource, statements }) => {
    it('names every action', () => {
      for (const { Effect, Action } of statements) {
        expect(Effect).toBe('Allow');
        for (const action of list(Action)) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      }
    });

    it('gives a reason for every wildcard in a resource', () => {
      const reasons = resource.Metadata?.cdk_nag?.rules_to_suppress ?? [];
      const wildcards = statements
        .flatMap(({ Resource }) => list(Resource).map(text))
        .filter((arn) => arn.includes('*'));
      for (const arn of wildcards) {
        const reason = reasons.find(({ id }) => id.endsWith(`AwsSolutions-IAM5[Resource::${arn}]`))?.reason;
        expect(reason, arn).toMatch(/^.{40,}\.$/);
      }
    });
  });

  it('may do exactly this', () => {
    const may = (role: RegExp) => Object.keys(allowedTo(role)).sort();
    const log = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    const merge = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'];
    const receive = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'];
    const queue = receive.map((action) => `sqs:${action}`);
    const streams = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((a) => `dynamodb:${a}`);
    const fail = ['s3:ListBucket', 's3:PutObject'];
    const redrive = [...log, 's3:DeleteObject', 's3:GetObject', 's3:ListBucket', ...queue];
    const publish = ['dynamodb:GetItem', 'events:PutEvents'];
    expect(may(/DetectFunctionRole/)).toEqual([...merge, ...log, ...fail]);
    expect(may(/DetectOnFailureFunctionRole/)).toEqual(['lambda:InvokeFunction', ...redrive, 's3:PutObject'].sort());
    expect(may(/PublishFunctionRole/)).toEqual([...streams, ...publish, ...log, ...fail].sort());
    expect(may(/PublishOnFailureFunctionRole/)).toEqual([...publish, ...redrive]);
    expect(may(/DeliverFunctionRole/)).toEqual([...log, 'securityhub:BatchImportFindings', ...queue]);
    expect(may(/SubscribeFunctionRole/)).toEqual([
      'eks:DescribeCluster',
      'eks:ListClusters',
      log[0],
      'logs:DeleteSubscriptionFilter',
      'logs:DescribeLogGroups',
      'logs:DescribeSubscriptionFilters',
      log[1],
      'logs:PutSubscriptionFilter',
    ]);
  });

  it('let subscribe touch the filters of clusters and configured groups, and of nothing else', () => {
    const arn = (name: string) => `arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${name}`;
    const groups = ['/aws/eks/*/cluster', EVENTS.logGroup].flatMap((name) => [arn(name), arn(`${name}:*`)]);
    const allowed = allowedTo(/SubscribeFunctionRole/);
    for (const action of ['Put', 'Delete', 'Describe']) {
      const name = `logs:${action}SubscriptionFilter${action === 'Describe' ? 's' : ''}`;
      expect(allowed[name]?.toSorted()).toEqual(groups.toSorted());
    }
  });

  it('let the redrive of detect invoke detect, put objects where they are redriven or kept, and touch no others', () => {
    const allowed = allowedTo(/DetectOnFailureFunctionRole/);
    expect(allowed['lambda:InvokeFunction']).toEqual([expect.stringMatching(/^<DetectFunction[0-9A-F]{8}\.Arn>$/)]);
    const below = (prefix: string) =>
      expect.stringMatching(new RegExp(`^<DetectOnFailureBucket[0-9A-F]{8}\\.Arn>/${prefix}\\*$`));
    expect(allowed['s3:PutObject']).toEqual([below('aws/lambda/'), below('unprocessable/')]);
    expect(allowed['s3:GetObject']).toEqual([below('aws/lambda/')]);
    expect(allowed['s3:DeleteObject']).toEqual([below('aws/lambda/')]);
  });

  it('have no condition but on keys that their service knows', () => {
    // Service Authorization Reference: EventBridge has events:source, CloudWatch Logs has none for PutSubscriptionFilter.
    const conditions = identityPolicies.flatMap(({ statements }) =>
      statements.flatMap(({ Action, Condition = {} }) =>
        Object.values(Condition).flatMap((keys) => Object.keys(keys).map((key) => [Action, key])),
      ),
    );
    expect(new Set(conditions.map(String))).toEqual(new Set(['events:PutEvents,events:source']));
  });

  it('pass no role, so that subscribe can send records to functions of this account only', () => {
    const actions = identityPolicies.flatMap(({ statements }) => statements.flatMap(({ Action }) => list(Action)));
    expect(actions).toContain('logs:PutSubscriptionFilter');
    expect(actions.filter((action) => action.startsWith('iam:'))).toEqual([]);
  });

  it('let publish speak as eks-detect only', () => {
    const statements = identityPolicies.flatMap((policy) => policy.statements);
    const put = statements.find(({ Action }) => list(Action).includes('events:PutEvents'));
    expect(put?.Condition).toEqual({ StringEquals: { 'events:source': 'eks-detect' } });
  });
});

/** Policies of resources: whose they are, and what they say. */
const resourcePolicies: readonly { of: string; statements: readonly Statement[] }[] = [
  ...stack
    .of('AWS::SQS::QueuePolicy')
    .map(([, { Properties }]) => ({ of: text(Properties.Queues[0]), statements: Properties.PolicyDocument.Statement })),
  ...stack
    .of('AWS::S3::BucketPolicy')
    .map(([, { Properties }]) => ({ of: text(Properties.Bucket), statements: Properties.PolicyDocument.Statement })),
  ...stack
    .of('AWS::SNS::TopicPolicy')
    .map(([, { Properties }]) => ({ of: text(Properties.Topics[0]), statements: Properties.PolicyDocument.Statement })),
  ...stack
    .of('AWS::Events::EventBusPolicy')
    .map(([, { Properties }]) => ({ of: text(Properties.EventBusName), statements: [Properties.Statement] })),
  ...stack
    .of('AWS::DynamoDB::Table')
    .map(([id, { Properties }]) => ({ of: `<${id}>`, statements: Properties.ResourcePolicy.PolicyDocument.Statement })),
];

const GUARDED = [
  'AWS::SQS::Queue',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::Events::EventBus',
  'AWS::DynamoDB::Table',
];
const guarded: readonly (readonly [string, Resource])[] = GUARDED.flatMap((type) => [...stack.of(type)]);

describe('resources', () => {
  it('are the ones that have a policy', () => {
    expect(guarded).toHaveLength(7 + 2 + 1 + 1 + 2);
    expect(new Set(resourcePolicies.map((policy) => policy.of))).toEqual(new Set(guarded.map(([id]) => `<${id}>`)));
  });

  it.each(guarded)('%s refuses plain HTTP and other accounts', (id) => {
    const statements = resourcePolicies
      .filter((policy) => policy.of === `<${id}>`)
      .flatMap((policy) => policy.statements);
    const denied = (sid: string) => statements.find(({ Sid, Effect }) => Sid === sid && Effect === 'Deny');
    expect(denied('RefusePlainHttp')).toMatchObject({
      Principal: { AWS: '*' },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(denied('RefuseOtherAccounts')).toMatchObject({
      Principal: { AWS: '*' },
      Condition: {
        StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      },
    });
    expect(denied('RefuseOtherAccounts')?.Action).toEqual(denied('RefusePlainHttp')?.Action);
  });

  it('let in AWS services only, for this account or one resource', () => {
    const allowed = resourcePolicies.flatMap(({ statements }) => statements).filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.length).toBeGreaterThanOrEqual(4);
    for (const { Principal, Action, Condition = {} } of allowed) {
      expect(Principal).toEqual({ Service: expect.stringMatching(/^[a-z0-9]+\.amazonaws\.com$/) });
      for (const action of list(Action)) expect(action).not.toContain('*');
      const keys = Object.values(Condition).flatMap((condition) => Object.keys(condition));
      expect(keys.some((key) => ['aws:SourceAccount', 'aws:SourceArn'].includes(key))).toBe(true);
    }
  });

  it('are encrypted and not public', () => {
    for (const [, { Properties }] of stack.of('AWS::SQS::Queue')) expect(Properties.SqsManagedSseEnabled).toBe(true);
    for (const [, { Properties }] of stack.of('AWS::DynamoDB::Table')) {
      expect(Properties.SSESpecification).toEqual({ SSEEnabled: true });
    }
    for (const [, { Properties }] of stack.of('AWS::S3::Bucket')) {
      expect(Properties.BucketEncryption).toBeDefined();
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    }
  });
});

describe('functions', () => {
  const permissions = stack.of('AWS::Lambda::Permission').map(([, { Properties }]) => Properties);

  it('are invoked by AWS services only, each for one source', () => {
    expect(permissions).toHaveLength(3);
    for (const { Action, Principal, SourceArn } of permissions) {
      expect(Action).toBe('lambda:InvokeFunction');
      expect(Principal).toMatch(/^[a-z]+\.amazonaws\.com$/);
      expect(SourceArn).toBeDefined();
    }
  });

  it('take log records of this account only: of EKS, and of the groups that the configuration names', () => {
    const logs = permissions.filter(({ Principal }) => Principal === 'logs.amazonaws.com');
    const prefix = 'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:';
    expect(logs.map(({ SourceArn }) => text(SourceArn))).toEqual([
      `${prefix}/aws/eks/*:*`,
      `${prefix}${EVENTS.logGroup}:*`,
    ]);
    for (const { SourceAccount } of logs) expect(SourceAccount).toEqual({ Ref: 'AWS::AccountId' });
  });

  it('have no address of their own', () => {
    expect(stack.of('AWS::Lambda::Url')).toEqual([]);
  });
});

it('gives a reason for every rule of cdk-nag that does not hold', () => {
  const reasons = Object.values(stack.resources).flatMap(({ Metadata }) => Metadata?.cdk_nag?.rules_to_suppress ?? []);
  expect(reasons.length).toBeGreaterThan(0);
  for (const { reason } of reasons) expect(reason).toMatch(/^.{40,}\.$/);
});
