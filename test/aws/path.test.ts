import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type AwsSecurityFinding,
  EnableSecurityHubCommand,
  GetFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { DynamoDBBatchResponse, SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { FILTER_PATTERNS } from '../../shared/logs/log-source.ts';
import type { DetectionFinding } from '../../shared/outputs/ocsf/event.ts';
import { recordedStream } from '../support/recorded-stream.ts';
import { type Deployment, deploy } from './deployment.ts';
import { createLogStream, inBatches, putLogEvents, streamRecords, subscribePayloads } from './event-sources.ts';
import type { LambdaFunction } from './lambda.ts';
import { type LambdaApi, startLambdaApi } from './lambda-api.ts';
import { ROOT } from './places.ts';
import { CREDENTIALS, REGION } from './service.ts';

const GROUP = '/aws/eks/prod/cluster';

/** Patterns of the README, as whoever reads it copies them. */
const README_PATTERNS = [
  ...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```json\n(\{ "source".*?)\n```/gs),
].map(([, pattern = '']) => JSON.parse(pattern) as Record<string, unknown>);

/** In a record, ends the process of detect. */
const DEADLY = 'a record that ends the process';

/** The stream's own times are months ago; CloudWatch Logs takes what is at most two weeks old. */
const recent = (record: object): { readonly timestamp: number; readonly message: string } => ({
  timestamp: Date.now(),
  message: JSON.stringify(record),
});

describe.each(['moto', 'dynamodbLocal'] as const)('the whole path, tables in %s', (database) => {
  let stack: Deployment;
  let functions: Record<'Detect' | 'DetectOnFailure' | 'Publish' | 'Deliver', LambdaFunction>;
  let lambda: LambdaApi;
  let logs: CloudWatchLogsClient;
  let payloads: readonly string[];
  let events: readonly DetectionFinding[];
  let findings: readonly AwsSecurityFinding[];
  let tables: readonly string[];
  const received: DetectionFinding[][] = [];
  const suffix = database === 'moto' ? '1' : '2';

  const publishAll = async (): Promise<void> => {
    for (const table of tables) {
      for (const Records of inBatches(await streamRecords(stack.dynamodbEndpoint, table))) {
        const { batchItemFailures } = await functions.Publish.invoke<DynamoDBBatchResponse>({ Records });
        expect(batchItemFailures).toEqual([]);
      }
    }
  };

  beforeAll(async () => {
    const moto = inject('moto');
    stack = await deploy(moto, inject(database), suffix);
    const Detect = await stack.start('DetectFunction', { ENDED_BY: DEADLY });
    lambda = await startLambdaApi({ [stack.functionArn('DetectFunction')]: Detect });
    const [DetectOnFailure, Publish, Deliver] = await Promise.all([
      stack.start('DetectOnFailureFunction', { AWS_ENDPOINT_URL_LAMBDA: lambda.url }),
      stack.start('PublishFunction'),
      stack.start('DeliverFunction'),
    ]);
    functions = { Detect, DetectOnFailure, Publish, Deliver };
    tables = ['TablesFindings', 'TablesBaselines'].map((part) => stack.nameOf(part, 'AWS::DynamoDB::Table'));
    for (const [index, pattern] of README_PATTERNS.entries()) {
      const queue = await stack.createQueue(`consumer${index}x${suffix}`);
      await stack.addRule(`consumer${index}x${suffix}`, pattern, queue);
    }

    logs = new CloudWatchLogsClient(stack.clientOptions);
    await createLogStream(logs, GROUP, `kube-apiserver-audit-${suffix}`);
    const read = await subscribePayloads(logs, moto, GROUP, `payloads${suffix}`, FILTER_PATTERNS.audit);
    for (const some of inBatches(recordedStream(), 60))
      await putLogEvents(logs, GROUP, `kube-apiserver-audit-${suffix}`, some.map(recent));
    payloads = await read();

    for (const data of payloads) await functions.Detect.invoke({ awslogs: { data } });
    await publishAll();

    const hub = new SecurityHubClient(stack.clientOptions);
    await hub.send(new EnableSecurityHubCommand({})).catch(() => {});
    const messages = await stack.receive(stack.nameOf('DeliverQueue', 'AWS::SQS::Queue'));
    events = messages.map(({ Body }) => (JSON.parse(Body) as { detail: DetectionFinding }).detail);
    for (const some of inBatches(messages)) {
      const Records = some.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body }));
      expect((await functions.Deliver.invoke<SQSBatchResponse>({ Records })).batchItemFailures).toEqual([]);
    }
    const imported: AwsSecurityFinding[] = [];
    let NextToken: string | undefined;
    do {
      const page = await hub.send(new GetFindingsCommand({ ...(NextToken && { NextToken }), MaxResults: 100 }));
      imported.push(...(page.Findings ?? []));
      NextToken = page.NextToken ?? undefined;
    } while (NextToken);
    findings = imported.filter(({ GeneratorId }) => GeneratorId?.startsWith('eks-detect/'));
    for (const index of README_PATTERNS.keys()) {
      const some = await stack.receive(`consumer${index}x${suffix}`);
      received[index] = some.map(({ Body }) => (JSON.parse(Body) as { detail: DetectionFinding }).detail);
    }
  });

  afterAll(() => {
    for (const fn of Object.values(functions ?? {})) fn.stop();
    lambda?.close();
  });

  it('turns log events into payloads, and payloads into cases', async () => {
    expect(payloads.length).toBeGreaterThan(3);
    const log = functions.Detect.log();
    expect(log).toContain('"Sightings":');
    expect(log).not.toContain('"Faults":');
  });

  it('shows every finding on the bus in Security Hub, and nothing else', () => {
    const told = new Set(events.map(({ finding_info }) => finding_info.uid));
    expect(told.size).toBeGreaterThan(5);
    expect(new Set(events.map(({ finding_info }) => finding_info.analytic.uid))).toContain('access-scanning');
    expect(new Set(events.map(({ finding_info }) => finding_info.analytic.uid))).toContain('pod-host-network');
    expect(new Set(findings.map(({ Id }) => Id?.split('/').at(-1)))).toEqual(told);
    expect(findings.find(({ GeneratorId }) => GeneratorId === 'eks-detect/pod-host-network')?.Title).toContain('prod');
  });

  it('gives consumers what the README’s patterns say', () => {
    expect(README_PATTERNS.length).toBeGreaterThanOrEqual(3);
    const [severe = [], ofDetection = [], ofCluster = []] = received;
    const expected = events.filter(({ severity_id, activity_id }) => severity_id >= 4 && activity_id === 1);
    expect(severe.length).toBe(expected.length);
    expect(ofDetection.every(({ finding_info }) => finding_info.analytic.uid === 'scanner-image-pulled')).toBe(true);
    expect(ofCluster.length).toBe(events.filter(({ unmapped }) => unmapped.cluster === 'prod').length);
    expect(ofCluster.length).toBeGreaterThan(0);
  });

  it('does the same again without a change: a batch that comes twice is one batch', async () => {
    const client = new DynamoDBClient({ endpoint: stack.dynamodbEndpoint, region: REGION, credentials: CREDENTIALS });
    const scanned = async () =>
      (await Promise.all(tables.map((TableName) => client.send(new ScanCommand({ TableName }))))).map(
        ({ Items = [] }) =>
          Items.map((item) => Object.values(item).map(({ SS, NS, ...rest }) => [SS?.length, NS?.length, rest])),
      );
    const [before, restarted] = [await scanned(), await stack.start('DetectFunction')];
    const records = (await Promise.all(tables.map((table) => streamRecords(stack.dynamodbEndpoint, table)))).flat()
      .length;
    for (const data of payloads) await restarted.invoke({ awslogs: { data } });
    restarted.stop();
    expect(await scanned()).toEqual(before);
    const now = (await Promise.all(tables.map((table) => streamRecords(stack.dynamodbEndpoint, table)))).flat().length;
    expect(now).toBe(records);
  });

  it('refuses a payload that is none with a sentence, so that Lambda keeps it', async () => {
    await expect(functions.Detect.invoke({ awslogs: { data: 'bm8gZ3ppcA==' } })).rejects.toThrow(
      /is not gzip and was rejected/,
    );
  });

  describe('what Lambda kept in the on-failure bucket', () => {
    const Key = 'aws/lambda/async/detect/2026/03/02/a b+c';
    let client: S3Client;
    let Bucket: string;
    beforeAll(() => {
      client = new S3Client(stack.clientOptions);
      Bucket = stack.nameOf('DetectOnFailureBucket', 'AWS::S3::Bucket');
    });

    const put = async (data: string) => {
      const Body = JSON.stringify({ requestPayload: { awslogs: { data } } });
      await client.send(new PutObjectCommand({ Bucket, Key, Body }));
      expect((await client.send(new GetObjectCommand({ Bucket, Key }))).Body).toBeDefined();
    };
    const keys = async () =>
      ((await client.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map((object) => object.Key as string);
    const redrive = (key: string, receives = 1) => {
      const encoded = encodeURIComponent(key).replaceAll('%20', '+');
      const notification = { Records: [{ s3: { bucket: { name: Bucket }, object: { key: encoded } } }] };
      const attributes = { ApproximateReceiveCount: String(receives) };
      const Records = [{ messageId: '1', body: JSON.stringify(notification), attributes }];
      return functions.DetectOnFailure.invoke<SQSBatchResponse>({ Records });
    };

    it('comes back', async () => {
      await put(payloads[0] as string);
      const seen = functions.Detect.log().length;
      expect(await redrive(Key)).toEqual({ batchItemFailures: [] });
      expect(functions.Detect.log().slice(seen)).toContain('"Events":');
      expect(await keys()).toEqual([]);
      // The notification comes again; the object is gone.
      expect(await redrive(Key)).toEqual({ batchItemFailures: [] });
    });

    it('is searched for the record that ends detect, and all others are detected', async () => {
      const payload = JSON.parse(gunzipSync(Buffer.from(payloads[0] as string, 'base64')).toString());
      const { length } = payload.logEvents as unknown[];
      payload.logEvents.splice(length >> 1, 0, { id: 'deadly', timestamp: Date.now(), message: DEADLY });
      const data = gzipSync(JSON.stringify(payload)).toString('base64');
      await expect(functions.Detect.invoke({ awslogs: { data } })).rejects.toThrow(/signal: killed/);

      await put(data);
      const seen = functions.Detect.log().length;
      expect(await redrive(Key)).toEqual({ batchItemFailures: [] });
      const detected = functions.Detect.log()
        .slice(seen)
        .matchAll(/"Events":(\d+)/g);
      expect([...detected].reduce((sum, [, events]) => sum + Number(events), 0)).toBe(length);

      const [part = '', ...more] = await keys();
      expect([part, ...more]).toEqual([expect.stringMatching(/^aws\/lambda\/redrive\//)]);
      for (let receives = 1; receives < 4; receives++) {
        expect(await redrive(part, receives)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
      }
      expect(await redrive(part, 4)).toEqual({ batchItemFailures: [] });
      expect(await keys()).toEqual([expect.stringMatching(/^unprocessable\//)]);
      expect(functions.DetectOnFailure.log()).toMatch(/"UnprocessableRecords":1/);
      expect(functions.DetectOnFailure.log()).toMatch(/"eventId":"deadly"/);
    });
  });
});
