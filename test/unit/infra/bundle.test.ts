/** The function that is deployed, as it is deployed: the bundle in a process of its own, against a DynamoDB. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregateOfImage } from '../../../functions/aws/aggregate-item.ts';
import { CONFIG_FILE } from '../../../functions/aws/bundled-config.ts';
import { BASELINES_TABLE, FINDINGS_TABLE } from '../../../functions/aws/environment.ts';
import { assetOf, BUNDLE_FILE, bundle } from '../../../infra/parts/bundle.ts';
import { type Config, DEFAULT_CONFIG, rulesOf } from '../../../shared/config/config.ts';
import { DETECTIONS } from '../../../shared/detections/index.ts';
import { findingsOf } from '../../../shared/findings/finding.ts';
import { startDatabase, type TestDatabase } from '../../support/dynamodb.ts';
import { recordedStream } from '../../support/recorded-stream.ts';

const run = promisify(execFile);

/** What CloudWatch Logs sends. */
const subscriptionEvent = (records: readonly object[]) => {
  const logEvents = records.map((record, index) => ({
    id: String(index).padStart(56, '0'),
    timestamp: Date.UTC(2026, 2, 3),
    message: JSON.stringify(record),
  }));
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/eks/prod/cluster',
    logStream: 'kube-apiserver-audit-0123456789abcdef',
    subscriptionFilters: ['eks-detect'],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } };
};

/** Does what Lambda's runtime does with an ES module: imports it and calls its handler with the event. */
const RUNTIME = `
  import { readFileSync } from 'node:fs';
  try {
    const { handler } = await import(process.argv[2]);
    await handler(JSON.parse(readFileSync(process.argv[3], 'utf8')), { awsRequestId: 'test' });
  } catch (error) {
    console.error(error.stack);
    process.exit(1);
  }
`;

const ENTRY = 'functions/detect/handler.ts';

describe('the bundle of detect', () => {
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await startDatabase();
    folder = await mkdtemp(join(tmpdir(), 'eks-detect-'));
    await database.createTable('findings');
    await database.createTable('baselines');
    await writeAsset(DEFAULT_CONFIG, folder);
    await writeFile(join(folder, 'runtime.mjs'), RUNTIME);
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const writeAsset = async (config: Config, place: string): Promise<void> => {
    for (const [name, text] of Object.entries(assetOf(ENTRY, config).files)) await writeFile(join(place, name), text);
  };

  const invoke = async (event: object, variables: NodeJS.ProcessEnv = {}, place = '.'): Promise<string> => {
    await writeFile(join(folder, 'event.json'), JSON.stringify(event));
    const { stdout } = await run(process.execPath, ['runtime.mjs', `./${place}/${BUNDLE_FILE}`, 'event.json'], {
      cwd: folder,
      env: {
        [FINDINGS_TABLE]: 'findings',
        [BASELINES_TABLE]: 'baselines',
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
        ...variables,
      },
    });
    return stdout;
  };

  const findings = async () => {
    const rules = rulesOf(DETECTIONS, DEFAULT_CONFIG);
    const items = [...(await database.scan('findings')), ...(await database.scan('baselines'))];
    return items
      .filter((item) => item['detection'] !== undefined)
      .map(aggregateOfImage)
      .flatMap((subject) => {
        const rule = rules.find(({ detection }) => detection.id === subject.detection);
        return rule === undefined ? [] : findingsOf(rule, subject, { learnedUntil: 0 });
      });
  };

  it('leaves the cases of a payload in the tables, and reports what it saw in one line', async () => {
    const stream = recordedStream();
    const printed = await invoke(subscriptionEvent(stream));
    expect(JSON.parse(printed)).toMatchObject({ Cluster: 'prod', Events: stream.length });
    const found = await findings();
    const opened = found.map(({ detection, entities, count }) => [detection, entities['sourceAddress'], count]);
    expect(opened).toEqual(
      expect.arrayContaining([
        ['access-scanning', '203.0.113.1', 16],
        ['access-scanning', '203.0.113.2', 8],
        ['access-scanning', '203.0.113.4', 24],
        ['access-scanning', '203.0.113.4', 16],
      ]),
    );
    expect(found.filter(({ detection }) => detection === 'pod-host-network')).toHaveLength(2);
    expect(
      found.every(
        ({ account, region, cluster }) => account === '111122223333' && region === 'eu-west-1' && cluster === 'prod',
      ),
    ).toBe(true);
  });

  it('changes nothing when the payload comes again', async () => {
    const before = JSON.stringify(await findings());
    const printed = await invoke(subscriptionEvent(recordedStream()));
    expect(JSON.parse(printed)).not.toHaveProperty('Written');
    expect(JSON.stringify(await findings())).toBe(before);
  });

  it('answers a control message', async () => {
    const data = gzipSync(JSON.stringify({ messageType: 'CONTROL_MESSAGE', logEvents: [] })).toString('base64');
    await invoke({ awslogs: { data } });
  });

  it('works under the configuration beside it', async () => {
    const suppress = [{ detections: ['*'], where: { cluster: ['prod'] }, reason: 'a test' }];
    await mkdir(join(folder, 'suppressing'));
    await writeAsset({ ...DEFAULT_CONFIG, suppress }, join(folder, 'suppressing'));
    const printed = await invoke(subscriptionEvent(recordedStream()), {}, 'suppressing');
    const report = JSON.parse(printed) as { readonly suppressed: Readonly<Record<string, number>> };
    expect(report).not.toHaveProperty('Sightings');
    expect(report.suppressed['a test']).toBeGreaterThan(0);
  });

  it('fails with a sentence when the configuration is missing or broken', async () => {
    const place = join(folder, 'bare');
    await mkdir(place);
    await writeFile(join(place, BUNDLE_FILE), bundle(ENTRY).code);
    const event = subscriptionEvent(recordedStream().slice(0, 3));
    await expect(invoke(event, {}, 'bare')).rejects.toThrow(
      /The configuration \S+bare\/config\.json is missing\. Deploy/,
    );
    await writeFile(join(place, CONFIG_FILE), '{"learn":');
    await expect(invoke(event, {}, 'bare')).rejects.toThrow(/config\.json can't be read \(SyntaxError/);
  });

  it('fails with an error, and does not wait for its end, when DynamoDB does not answer', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const variables = { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`, AWS_MAX_ATTEMPTS: '1' };
    try {
      await expect(invoke(subscriptionEvent(recordedStream().slice(0, 3)), variables)).rejects.toThrow(/TimeoutError/);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  }, 60_000);
});
