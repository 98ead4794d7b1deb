/** What is deployed: the wiring that findings depend on, and what each function carries with it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CONFIG_FILE } from '../../../functions/aws/bundled-config.ts';
import { createDeployment, STACK } from '../../../infra/deployment.ts';
import { assetOf, BUNDLE_FILE, bundle } from '../../../infra/parts/bundle.ts';
import { DEFAULT_CONFIG } from '../../../shared/config/config.ts';
import { FILTER_PATTERNS } from '../../../shared/logs/log-source.ts';
import { DETAIL_TYPE, EVENT_SOURCE } from '../../../shared/outputs/ocsf/event.ts';
import { type Resource, type Synthesized, synthesize } from '../../support/synthesized.ts';

const connect = vi.spyOn(Socket.prototype, 'connect');
const stack = synthesize();

/** The one resource of a type whose logical id begins so. */
const one = (type: string, id: string, within: Synthesized = stack): Resource => {
  const found = within.of(type).filter(([name]) => new RegExp(`^${id}[0-9A-F]{8}$`).test(name));
  expect(found.map(([name]) => name)).toHaveLength(1);
  return (found[0] as readonly [string, Resource])[1];
};

/** Matches a reference to a resource whose logical id begins so: to it, or to its ARN or another attribute. */
const refersTo = (id: string, attribute?: string) => {
  const name = expect.stringMatching(new RegExp(`^${id}[0-9A-F]{8}$`));
  return attribute === undefined ? { Ref: name } : { 'Fn::GetAtt': [name, attribute] };
};

const LAMBDA = 'AWS::Lambda::Function';
const functions = stack.of(LAMBDA);

describe('synth', () => {
  it('asks nothing of an account and opens no connection', () => {
    expect(stack.missing).toEqual([]);
    expect(connect).not.toHaveBeenCalled();
  });

  it('is the same each time, so that a deployment without a change changes nothing', () => {
    expect(synthesize().resources).toEqual(stack.resources);
  });

  it('has no resource that needs itself, which CloudFormation would only find on deployment', () => {
    const needs = (value: unknown): readonly string[] => {
      if (Array.isArray(value)) return value.flatMap(needs);
      if (typeof value !== 'object' || value === null) return [];
      return Object.entries(value).flatMap(([key, operand]) => {
        if (key === 'Ref') return [operand as string];
        return key === 'Fn::GetAtt' ? [operand[0] as string] : needs(operand);
      });
    };
    const left = new Map(
      Object.entries(stack.resources).map(([id, { Properties, DependsOn = [] }]) => {
        const names = [...needs(Properties), ...DependsOn].filter((name) => name in stack.resources);
        return [id, new Set(names)];
      }),
    );
    for (let before = 0; before !== left.size; ) {
      before = left.size;
      for (const [id, names] of left) if (![...names].some((name) => left.has(name))) left.delete(id);
    }
    expect([...left.keys()]).toEqual([]);
  });

  it('stops at a configuration with a mistake, and names it', () => {
    expect(() => synthesize({ detections: { 'pod-host-netwrok': { enabled: false } } })).toThrow(/pod-host-network/);
    expect(() => synthesize({ learn: 'soon' })).toThrow(/soon/);
  });
});

describe('cdk-nag', () => {
  const violations = (plant: (stack: Stack) => void) => {
    const app = createDeployment({ context: { 'aws:cdk:disable-asset-staging': true } });
    plant(app.node.findChild(STACK) as Stack);
    return new AwsSolutionsChecks().validateScope(app).violations.map(({ ruleName }) => ruleName);
  };

  it('finds nothing', () => {
    expect(violations(() => {})).toEqual([]);
  });

  it('would find something', () => {
    expect(violations((planted) => void new Bucket(planted, 'Open'))).toContain('AwsSolutions-S10');
  });
});

describe('tables', () => {
  it.each(['Findings', 'Baselines'])('%s keeps cases, lets them expire, and tells publish of each change', (name) => {
    expect(one('AWS::DynamoDB::Table', `Tables${name}`).Properties).toMatchObject({
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(one('AWS::Lambda::EventSourceMapping', `Publish${name}Stream`).Properties).toMatchObject({
      EventSourceArn: refersTo(`Tables${name}`, 'StreamArn'),
      FunctionName: refersTo('PublishFunction'),
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 12 * 3600,
      DestinationConfig: { OnFailure: { Destination: refersTo('PublishOnFailureBucket', 'Arn') } },
    });
  });

  it('loses what was learned only when somebody deletes it by hand', () => {
    expect(one('AWS::DynamoDB::Table', 'TablesBaselines').DeletionPolicy).toMatch(/^Retain/);
    expect(one('AWS::DynamoDB::Table', 'TablesFindings').DeletionPolicy).toBe('Delete');
  });
});

describe('what outlives the stack', () => {
  const kept = Object.entries(stack.resources).filter(
    ([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete',
  );

  it('is the baselines and both on-failure buckets', () => {
    expect(kept.map(([id]) => id.slice(0, -8)).toSorted()).toEqual([
      'DetectOnFailureBucket',
      'PublishOnFailureBucket',
      'TablesBaselines',
    ]);
  });

  it('is deleted all the same when the first deployment fails and is rolled back', () => {
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of kept) {
      expect([id, DeletionPolicy, UpdateReplacePolicy]).toEqual([id, 'RetainExceptOnCreate', 'Retain']);
    }
  });
});

describe('what a function gives up on', () => {
  it('is kept for detect after three tries', () => {
    expect(one('AWS::Lambda::EventInvokeConfig', 'DetectFunctionEventInvokeConfig').Properties).toMatchObject({
      FunctionName: refersTo('DetectFunction'),
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: refersTo('DetectOnFailureBucket', 'Arn') } },
    });
  });

  it.each(['Detect', 'Publish'])('comes back to %s by itself, for a day, and then to a dead-letter queue', (name) => {
    const bucket = one('AWS::S3::Bucket', `${name}OnFailureBucket`);
    const queue = one('AWS::SQS::Queue', `${name}OnFailureRedrive`);
    const { VisibilityTimeout, RedrivePolicy, MessageRetentionPeriod } = queue.Properties;
    const mapping = stack
      .of('AWS::Lambda::EventSourceMapping')
      .find(([id]) => id.startsWith(`${name}OnFailureFunctionSqs`));
    expect(bucket.DeletionPolicy).toMatch(/^Retain/);
    expect(bucket.DependsOn).toEqual([expect.stringMatching(`^${name}OnFailureRedrivePolicy`)]);
    expect(bucket.Properties.NotificationConfiguration.QueueConfigurations).toEqual([
      {
        Event: 's3:ObjectCreated:*',
        // All that Lambda puts there, and nothing that is kept for a person to look at.
        Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'aws/lambda/' }] } },
        Queue: refersTo(`${name}OnFailureRedrive`, 'Arn'),
      },
    ]);
    expect(bucket.Properties.LifecycleConfiguration.Rules).toEqual([{ ExpirationInDays: 90, Status: 'Enabled' }]);
    expect(mapping?.[1].Properties).toMatchObject({
      EventSourceArn: refersTo(`${name}OnFailureRedrive`, 'Arn'),
      FunctionName: refersTo(`${name}OnFailureFunction`),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(RedrivePolicy.deadLetterTargetArn).toEqual(refersTo(`${name}OnFailureRedriveDead`, 'Arn'));
    expect(RedrivePolicy.maxReceiveCount * VisibilityTimeout).toBe(24 * 3600);
    expect(VisibilityTimeout).toBeGreaterThan(one(LAMBDA, `${name}OnFailureFunction`).Properties.Timeout);
    expect(MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  it('is searched for what ends detect, by a redrive that may wait for detect several times', () => {
    const [detect, redrive] = [one(LAMBDA, 'DetectFunction'), one(LAMBDA, 'DetectOnFailureFunction')];
    expect(redrive.Properties.Environment.Variables).toEqual({ DETECT_FUNCTION: refersTo('DetectFunction', 'Arn') });
    // A record, detect's health, and the record twice again: as long as each may take, and a minute.
    expect(redrive.Properties.Timeout).toBeGreaterThanOrEqual(4 * detect.Properties.Timeout + 60);
    expect(redrive.Properties.Timeout).toBeLessThanOrEqual(900);
  });
});

describe('the way to Security Hub', () => {
  it('takes every finding off the bus, into a queue that deliver empties', () => {
    const rule = one('AWS::Events::Rule', 'DeliverFindings').Properties;
    expect(rule).toMatchObject({
      EventBusName: refersTo('Bus'),
      EventPattern: { source: [EVENT_SOURCE], 'detail-type': [DETAIL_TYPE] },
    });
    expect(rule.Targets).toEqual([
      expect.objectContaining({
        Arn: refersTo('DeliverQueue', 'Arn'),
        DeadLetterConfig: { Arn: refersTo('DeliverRuleDead', 'Arn') },
      }),
    ]);
    const mapping = stack.of('AWS::Lambda::EventSourceMapping').find(([id]) => id.startsWith('DeliverFunctionSqs'));
    expect(mapping?.[1].Properties).toMatchObject({
      EventSourceArn: refersTo('DeliverQueue', 'Arn'),
      BatchSize: 100,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('gives a message out again only when deliver must have ended', () => {
    const { Timeout } = one(LAMBDA, 'DeliverFunction').Properties;
    const { VisibilityTimeout, RedrivePolicy } = one('AWS::SQS::Queue', 'DeliverQueue').Properties;
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
    expect(RedrivePolicy.maxReceiveCount * VisibilityTimeout).toBe(24 * 3600);
  });

  it('keeps what EventBridge gave up on apart from what deliver gave up on, which SQS can redrive', () => {
    const dead = stack.of('AWS::SQS::Queue').filter(([, { Properties }]) => Properties.RedrivePolicy === undefined);
    const sources = stack.of('AWS::SQS::Queue').flatMap(([, { Properties }]) => Properties.RedrivePolicy ?? []);
    const targets = stack.of('AWS::Events::Rule').flatMap(([, { Properties }]) => Properties.Targets);
    const named = (policies: readonly unknown[]) => policies.map((policy) => JSON.stringify(policy));
    const redriven = named(sources.map(({ deadLetterTargetArn }) => deadLetterTargetArn));
    const ofRules = named(targets.flatMap(({ DeadLetterConfig }) => DeadLetterConfig?.Arn ?? []));
    expect(ofRules).toHaveLength(1);
    expect(ofRules.filter((arn) => redriven.includes(arn))).toEqual([]);
    expect(dead).toHaveLength(redriven.length + ofRules.length);
  });

  it('is left out when the configuration says so', () => {
    const without = synthesize({ securityHub: false });
    expect(Object.keys(without.resources).filter((id) => id.startsWith('Deliver'))).toEqual([]);
    expect(Object.keys(without.outputs)).not.toContain('SecurityHub');
  });
});

describe('subscribe', () => {
  const schedule = one('AWS::Events::Rule', 'SubscribeSchedule');

  it('runs every 15 minutes', () => {
    expect(schedule.Properties.ScheduleExpression).toBe('rate(15 minutes)');
    expect(schedule.Properties.Targets[0].Arn).toEqual(refersTo('SubscribeFunction', 'Arn'));
  });

  it('runs on deployment when it is allowed to, and on deletion when the schedule is gone', () => {
    const clusters = one('Custom::SubscriptionFilters', 'SubscribeClusters');
    expect(clusters.Properties.ServiceToken).toEqual(refersTo('SubscribeFunction', 'Arn'));
    expect(clusters.DependsOn).toEqual([
      expect.stringMatching('^DetectFunctionLogs'),
      expect.stringMatching('^SubscribeClustersPolicy'),
      expect.stringMatching('^SubscribeListingPolicy'),
    ]);
    expect(schedule.DependsOn).toEqual([expect.stringMatching('^SubscribeClusters')]);
  });

  it('runs again when the configuration, and so what it should do, has changed', () => {
    const revision = (within: Synthesized) =>
      one('Custom::SubscriptionFilters', 'SubscribeClusters', within).Properties.Revision;
    expect(revision(synthesize({ clusters: { exclude: ['lab'] } }))).not.toBe(revision(stack));
  });

  it('has a resource for each group of Kubernetes Events, with which its filter goes', () => {
    const eventLogGroups = ['/agents/events', '/agents-events'].map((logGroup) => ({ logGroup, cluster: 'a' }));
    const resources = synthesize({ eventLogGroups }).of('Custom::SubscriptionFilters');
    expect(resources.map(([, { Properties }]) => Properties.LogGroup)).toEqual([
      undefined,
      '/agents/events',
      '/agents-events',
    ]);
  });

  it('selects by a term, which also finds lines that were cut off, within the length that CloudWatch Logs allows', () => {
    expect(FILTER_PATTERNS.audit).toMatch(/^"[^"]+"$/);
    for (const pattern of Object.values(FILTER_PATTERNS)) expect(pattern.length).toBeLessThanOrEqual(1_024);
  });
});

describe('alarms', () => {
  const alarms = stack.of('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
  const alarmed = (metric: string) =>
    alarms.filter(({ MetricName }) => MetricName === metric).map(({ Dimensions = [] }) => Dimensions[0]?.Value);

  it('say what they mean and tell somebody', () => {
    for (const { AlarmDescription, AlarmActions } of alarms) {
      expect(AlarmDescription).toMatch(/^[A-Z].{40,}\.$/);
      expect(AlarmActions).toEqual([refersTo('AlarmsTopic')]);
    }
  });

  it.each(['Errors', 'Throttles'])('ring for %s of every function', (metric) => {
    const names = functions.map(([id]) => ({ Ref: id }));
    expect(alarmed(metric)).toHaveLength(names.length);
    expect(alarmed(metric)).toEqual(expect.arrayContaining(names));
  });

  it('ring for every dead letter, and for what waits', () => {
    const queues = stack.of('AWS::SQS::Queue').map(([id]) => ({ 'Fn::GetAtt': [id, 'QueueName'] }));
    const watched = [...alarmed('ApproximateNumberOfMessagesVisible'), ...alarmed('ApproximateAgeOfOldestMessage')];
    expect(alarmed('ApproximateNumberOfMessagesVisible')).toHaveLength(4);
    expect(watched).toHaveLength(queues.length);
    expect(watched).toEqual(expect.arrayContaining(queues));
  });

  it.each([
    ['AsyncEventAge', ['DetectFunction']],
    ['AsyncEventsDropped', ['DetectFunction']],
    ['DestinationDeliveryFailures', ['DetectFunction', 'PublishFunction']],
    ['IteratorAge', ['PublishFunction']],
    ['Invocations', ['SubscribeFunction']],
  ])('ring for %s', (metric, names) => {
    expect(alarmed(metric)).toEqual(names.map((name) => refersTo(name)));
  });

  it.each(['Faults', 'Unprotected', 'Unreadable', 'SecurityHubOff', 'UnprocessableRecords'])(
    'ring for %s, which functions report',
    (metric) => {
      expect(alarms.filter(({ MetricName }) => MetricName === metric)).toEqual([
        expect.objectContaining({ Namespace: 'eks-detect', Threshold: 1 }),
      ]);
    },
  );
});

it('links to the console of the partition', () => {
  const link = JSON.stringify(stack.outputs['SecurityHub']?.Value);
  expect(link).toContain('{"Fn::If":["GovCloud","console.amazonaws-us-gov.com","console.aws.amazon.com"]}');
});

it('says where to look next', () => {
  expect(Object.keys(stack.outputs).toSorted()).toEqual([
    'AlarmTopic',
    'BaselinesTable',
    'EventBus',
    'FindingsTable',
    'LogsInsights',
    'SecurityHub',
    'UndetectedBucket',
    'UnpublishedBucket',
  ]);
  for (const { Description } of Object.values(stack.outputs)) expect(Description.length).toBeGreaterThan(20);
});

describe('functions', () => {
  it.each(functions)('%s runs on Node 24 on Graviton and keeps its log for a month', (_id, { Properties }) => {
    expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
    const log = stack.resources[Properties.LoggingConfig.LogGroup.Ref];
    expect(log?.Properties.RetentionInDays).toBe(30);
  });

  it('that write ARNs into findings know their partition from CloudFormation', () => {
    const knowing = functions.filter(([, { Properties }]) => Properties.Environment?.Variables.PARTITION !== undefined);
    expect(knowing.map(([id]) => id.slice(0, -8)).toSorted()).toEqual([
      'DeliverFunction',
      'PublishFunction',
      'PublishOnFailureFunction',
    ]);
    for (const [, { Properties }] of knowing) {
      expect(Properties.Environment.Variables.PARTITION).toEqual({ Ref: 'AWS::Partition' });
    }
  });

  it('give the geo database to those that look addresses up, and to no other', () => {
    const layered = functions.filter(([, { Properties }]) => Properties.Layers !== undefined);
    expect(layered.map(([id]) => id.slice(0, -8)).toSorted()).toEqual([
      'DetectFunction',
      'PublishFunction',
      'PublishOnFailureFunction',
    ]);
    for (const [, { Properties }] of layered) expect(Properties.Layers).toEqual([refersTo('GeoDatabase')]);
    expect(stack.of('AWS::Lambda::LayerVersion')).toHaveLength(1);
  });
});

/** Entry points by the function that they are the code of. */
const ENTRIES = {
  DetectFunction: 'functions/detect/handler.ts',
  DetectOnFailureFunction: 'functions/detect/redrive.ts',
  PublishFunction: 'functions/publish/handler.ts',
  PublishOnFailureFunction: 'functions/publish/redrive.ts',
  DeliverFunction: 'functions/deliver/handler.ts',
  SubscribeFunction: 'functions/subscribe/handler.ts',
};

/** Bytes. Lambda loads a megabyte of JavaScript in some tens of milliseconds. */
const LARGEST = 1_000_000;

/** What a function may carry, besides its own code: AWS clients and what they stand on, and the reader of the databases of places. */
const CARRIED = /^(@aws-sdk|@smithy|@aws|mnemonist|obliterator|mmdb-lib|tslib|bowser)(\/|$)/;

/** Which detections keep their examples in the bundle: those that call a builder beside the arrow function of the examples. */
const keptBy = (development: readonly string[]): string => {
  const detections = Object.keys(bundles[0]?.metafile.inputs ?? {}).filter((path) =>
    /^shared\/detections\/.+\//.test(path),
  );
  const keeping = detections.filter((path) => {
    const stdin = { contents: `export { default } from './${path}'`, resolveDir: '.' };
    const { metafile } = buildSync({
      stdin,
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
    });
    const inputs = Object.values(metafile.outputs)[0]?.inputs ?? {};
    return development.some((file) => (inputs[file]?.bytesInOutput ?? 0) > 0);
  });
  return `write /* @__PURE__ */ before calls of builders outside of \`examples\` in ${keeping.join(', ')}`;
};

const bundles = Object.entries(ENTRIES).map(([name, entry]) => ({ name, entry, ...bundle(entry) }));

describe('bundles', () => {
  const directory = mkdtempSync(join(tmpdir(), 'eks-detect-bundle-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  beforeAll(() => {
    const size = (bytes: number) => `${Math.round(bytes / 1024)} KB`.padStart(8);
    for (const { name, code } of bundles) {
      console.log(`${name.padEnd(26)}${size(Buffer.byteLength(code))}, compressed ${size(gzipSync(code).length)}`);
    }
  });

  it('are those of all functions', () => {
    expect(functions.map(([id]) => id.slice(0, -8)).toSorted()).toEqual(Object.keys(ENTRIES).toSorted());
  });

  describe.each(bundles)('$name', ({ name, code, metafile }) => {
    const [output] = Object.values(metafile.outputs);
    const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);

    it('is small', () => {
      expect(Buffer.byteLength(code)).toBeLessThan(LARGEST);
    });

    it('holds no code but its own and that of AWS clients', () => {
      const packages = inputs.flatMap(
        ([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(path)?.[1] ?? [],
      );
      expect([...new Set(packages)].filter((id) => !CARRIED.test(id))).toEqual([]);
      const own = inputs.map(([path]) => path).filter((path) => !path.includes('node_modules'));
      expect(own.filter((path) => !/^(functions|shared)\//.test(path))).toEqual([]);
      const development = own.filter((path) => /examples|config-schema|replay|\.test\./.test(path));
      expect(development, development.length > 0 ? keptBy(development) : '').toEqual([]);
    });

    it('leaves the examples of detections out', () => {
      expect(code).not.toMatch(/\bexamples\b\s*=|\bfires:\{/);
    });

    it('loads as Lambda loads it, without an environment', async () => {
      const file = join(directory, name, BUNDLE_FILE);
      mkdirSync(join(directory, name));
      writeFileSync(file, code);
      const module = (await import(pathToFileURL(file).href)) as { readonly handler: unknown };
      expect(module.handler).toBeTypeOf('function');
    });

    it('is told by the environment what it asks for', () => {
      const asked = [...code.matchAll(/\brequired\("?(\w+)"?\)/g)].map((match) => match[1] as string);
      const { Variables = {} } = one(LAMBDA, name).Properties.Environment ?? {};
      const told = new Set([...Object.keys(Variables), 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
      expect(asked.length).toBeGreaterThanOrEqual(2);
      expect(asked.filter((variable) => !told.has(variable))).toEqual([]);
    });
  });

  it('hold no configuration: the one that was checked is a file beside them', () => {
    const config = { ...DEFAULT_CONFIG, clusters: { include: ['only-this-one'], exclude: [] } };
    const { files, hash } = assetOf(ENTRIES.SubscribeFunction, config);
    expect(Object.keys(files)).toEqual([BUNDLE_FILE, CONFIG_FILE]);
    expect(files[BUNDLE_FILE]).toBe(assetOf(ENTRIES.SubscribeFunction, DEFAULT_CONFIG).files[BUNDLE_FILE]);
    expect(JSON.parse(files[CONFIG_FILE] as string)).toEqual(config);
    // The asset is uploaded again, and subscribe runs again.
    expect(hash).not.toBe(assetOf(ENTRIES.SubscribeFunction, DEFAULT_CONFIG).hash);
  });
});
