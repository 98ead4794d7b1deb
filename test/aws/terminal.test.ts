import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { audit, createPod, human, node, pod } from '../../shared/sdk/examples.ts';
import { type Deployment, deploy } from './deployment.ts';
import { createLogStream, putLogEvents } from './event-sources.ts';
import { ROOT } from './places.ts';
import { CREDENTIALS, REGION } from './service.ts';

const GROUP = '/aws/eks/history/cluster';

/** More than FilterLogEvents gives on one page. */
const EVENTS = 10_500;

const HOUR = 3_600_000;
const begin = Date.now() - 24 * HOUR;
const isoAt = (index: number): string => new Date(begin + index * 5_000).toISOString();

const lease = (index: number) =>
  audit({
    verb: 'update',
    by: node(),
    resource: 'leases.coordination.k8s.io',
    namespace: 'kube-node-lease',
    name: `n${index % 9}`,
    at: isoAt(index),
  });

/** What is worth finding stands at both ends, and so on both pages. */
const records = Array.from({ length: EVENTS }, (_, index) => {
  if (index === 5)
    return createPod(human(), pod({ containers: [{ name: 'a', image: 'quay.io/first/page:1' }] }), {
      at: isoAt(index),
    });
  if (index === EVENTS - 5)
    return createPod(
      human('bob'),
      pod({ hostNetwork: true, containers: [{ name: 'a', image: 'quay.io/last/page:1' }] }),
      {
        at: isoAt(index),
      },
    );
  return lease(index);
});

describe('the terminal', () => {
  let stack: Deployment;

  const eksDetect = async (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'functions/cli/main.ts', ...args], {
      cwd: ROOT,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        PATH: process.env['PATH'],
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        AWS_ENDPOINT_URL: stack.clientOptions.endpoint,
      },
    });

  beforeAll(async () => {
    const moto = inject('moto');
    stack = await deploy(moto, moto, 'T');
    const logs = new CloudWatchLogsClient(stack.clientOptions);
    await createLogStream(logs, GROUP, 'kube-apiserver-audit-1');
    const events = records.map((record, index) => ({
      timestamp: begin + index * 5_000,
      message: JSON.stringify(record),
    }));
    await putLogEvents(logs, GROUP, 'kube-apiserver-audit-1', events);
  });

  it('replays a log group, all of its pages', async () => {
    const since = new Date(begin - HOUR).toISOString();
    const { stdout, stderr } = await eksDetect('replay', '--log-group', GROUP, '--since', since, '--format', 'json');
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const images = findings.map(({ entities }) => entities.image).filter(Boolean);
    expect(images).toEqual(expect.arrayContaining(['quay.io/first/page', 'quay.io/last/page']));
    expect(findings.map(({ detection }) => detection)).toContain('pod-host-network');
    expect(findings.every(({ cluster }) => cluster === 'history')).toBe(true);
    expect(stderr).toMatch(/10[,.]?500/);
  });

  it('learns from a log group what is normal', async () => {
    const table = stack.nameOf('TablesBaselines', 'AWS::DynamoDB::Table');
    await eksDetect('learn', '--log-group', GROUP, '--days', '7', '--table', table);
    const client = new DynamoDBClient(stack.clientOptions);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
    const images = Items.map((item) => item['entities']?.M?.['image']?.S).filter(Boolean);
    expect(images).toEqual(expect.arrayContaining(['quay.io/first/page', 'quay.io/last/page']));
    expect(
      Items.find((item) => item['id']?.S?.startsWith('cluster#') && item['id'].S.endsWith('/history'))?.[
        'clusterFirstSeen'
      ],
    ).toEqual({ N: '0' });
  });

  it('says what is wrong with a log group that does not exist', async () => {
    await expect(eksDetect('replay', '--log-group', '/aws/eks/nowhere/cluster')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not exist'),
    });
  });
});
