/** Makes the stack's resources on the servers, as its template says, and starts its functions from its assets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { STACK } from '../../infra/deployment.ts';
import { type LambdaFunction, startFunction } from './lambda.ts';
import { ASSEMBLY } from './places.ts';
import { ACCOUNT, CREDENTIALS, call, REGION } from './service.ts';

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a template holds is as free as JSON
  readonly Properties: any;
  readonly Metadata?: { readonly 'aws:asset:path'?: string };
}

const template = (): Readonly<Record<string, Resource>> =>
  JSON.parse(readFileSync(join(ASSEMBLY, `${STACK}.template.json`), 'utf8')).Resources;

export interface Deployment {
  readonly clientOptions: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: typeof CREDENTIALS;
  };
  readonly dynamodbEndpoint: string;
  /** A resource's physical name, by its path in the stack without separators, and its type. */
  readonly nameOf: (part: string, type: string) => string;
  /** A function's name, as the template's references to it come out here. */
  readonly functionName: (part: string) => string;
  /** A function's ARN, as others are told it. */
  readonly functionArn: (part: string) => string;
  /** Starts a function, with some variables more than the template has. */
  readonly start: (part: string, more?: Readonly<Record<string, string>>) => Promise<LambdaFunction>;
  /** Takes messages off a queue and deletes them. */
  readonly receive: (queue: string) => Promise<readonly { readonly MessageId: string; readonly Body: string }[]>;
  readonly createQueue: (name: string) => Promise<string>;
  readonly addRule: (name: string, pattern: object, queue: string) => Promise<void>;
}

/**
 * @param moto stands for everything but what `dynamodb` stands for
 * @param suffix keeps one deployment apart from others on the same servers
 */
export const deploy = async (moto: string, dynamodb: string, suffix: string): Promise<Deployment> => {
  const resources = template();
  const names = new Map<string, string>();
  const options = { region: REGION, credentials: CREDENTIALS };
  const clientOptions = { ...options, endpoint: moto };
  const tables = new DynamoDBClient({ ...options, endpoint: dynamodb });
  const bus = new EventBridgeClient(clientOptions);
  const buckets = new S3Client(clientOptions);
  const entries = Object.entries(resources);
  const ofType = (type: string) => entries.filter(([, { Type }]) => Type === type);

  const arnOf = (id: string): string => {
    const name = names.get(id) ?? id;
    const type = resources[id]?.Type;
    if (type === 'AWS::SQS::Queue') return `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
    return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
  };
  /** References are to things that have been made here; a template of this stack has no others where this is asked. */
  // biome-ignore lint/suspicious/noExplicitAny: see Resource
  const resolved = (value: any): string => {
    if (typeof value === 'string') return value;
    if (value?.Ref === 'AWS::Partition') return 'aws';
    if (typeof value?.Ref === 'string') return names.get(value.Ref) ?? value.Ref;
    if (Array.isArray(value?.['Fn::GetAtt'])) return arnOf(value['Fn::GetAtt'][0]);
    throw new Error(`The test can't resolve ${JSON.stringify(value)}.`);
  };

  for (const [id, { Properties }] of ofType('AWS::DynamoDB::Table')) {
    const { AttributeDefinitions, BillingMode, KeySchema, StreamSpecification } = Properties;
    names.set(id, `${id}${suffix}`);
    await tables.send(
      new CreateTableCommand({
        TableName: `${id}${suffix}`,
        AttributeDefinitions,
        BillingMode,
        KeySchema,
        StreamSpecification: { StreamEnabled: true, ...StreamSpecification },
      }),
    );
  }
  const createQueue = async (name: string): Promise<string> => {
    await call(moto, 'sqs', 'CreateQueue', { QueueName: name });
    return name;
  };
  for (const [id] of ofType('AWS::SQS::Queue')) names.set(id, await createQueue(`${id}${suffix}`));
  for (const [id] of ofType('AWS::S3::Bucket')) {
    names.set(id, `${id}${suffix}`.toLowerCase());
    await buckets.send(
      new CreateBucketCommand({
        Bucket: `${id}${suffix}`.toLowerCase(),
        CreateBucketConfiguration: { LocationConstraint: REGION },
      }),
    );
  }
  for (const [id, { Properties }] of ofType('AWS::Events::EventBus')) {
    names.set(id, `${Properties.Name}${suffix}`);
    await bus.send(new CreateEventBusCommand({ Name: `${Properties.Name}${suffix}` }));
  }
  const busName = names.get(ofType('AWS::Events::EventBus')[0]?.[0] ?? '') ?? '';
  const putRule = async (name: string, pattern: object, queueArn: string): Promise<void> => {
    await bus.send(new PutRuleCommand({ Name: name, EventBusName: busName, EventPattern: JSON.stringify(pattern) }));
    await bus.send(
      new PutTargetsCommand({ Rule: name, EventBusName: busName, Targets: [{ Id: 'Target0', Arn: queueArn }] }),
    );
  };
  for (const [id, { Properties }] of ofType('AWS::Events::Rule')) {
    if (Properties.EventPattern === undefined) continue;
    for (const { Arn } of Properties.Targets) await putRule(`${id}${suffix}`, Properties.EventPattern, resolved(Arn));
  }

  const find = (part: string, type: string): readonly [string, Resource] => {
    // The CDK puts eight digits behind a path to make a logical id.
    const found = ofType(type).find(([id]) => id.slice(0, -8) === part);
    if (found === undefined) throw new Error(`The template has no ${type} that is called ${part}.`);
    return found;
  };
  const start: Deployment['start'] = (part, more = {}) => {
    const [, { Properties, Metadata }] = find(part, 'AWS::Lambda::Function');
    const variables = Object.entries(Properties.Environment?.Variables ?? {});
    return startFunction(join(ASSEMBLY, Metadata?.['aws:asset:path'] ?? '', 'index.mjs'), {
      AWS_ENDPOINT_URL: moto,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
      ...Object.fromEntries(variables.map(([name, value]) => [name, resolved(value)])),
      ...more,
    });
  };

  const receive: Deployment['receive'] = async (queue) => {
    const QueueUrl = `${moto}/${ACCOUNT}/${queue}`;
    const messages: { MessageId: string; Body: string; ReceiptHandle: string }[] = [];
    for (;;) {
      const answer = await call<{ Messages?: typeof messages }>(moto, 'sqs', 'ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
      });
      const received = answer.Messages ?? [];
      if (received.length === 0) return messages;
      for (const { ReceiptHandle } of received) await call(moto, 'sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
      messages.push(...received);
    }
  };

  return {
    clientOptions,
    dynamodbEndpoint: dynamodb,
    functionName: (part) => find(part, 'AWS::Lambda::Function')[0],
    functionArn: (part) => arnOf(find(part, 'AWS::Lambda::Function')[0]),
    nameOf: (part, type) => names.get(find(part, type)[0]) ?? '',
    start,
    receive,
    createQueue,
    addRule: (name, pattern, queue) => putRule(name, pattern, `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}`),
  };
};
