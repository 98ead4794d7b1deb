import {
  DescribeLogGroupsCommand,
  type DescribeLogGroupsCommandOutput,
  type FilterLogEventsCommandInput,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStore } from '../../../../functions/aws/dynamodb-store.ts';
import type { LogsClient } from '../../../../functions/cli/input/log-group.ts';
import { gather } from '../../../../shared/aggregates/gathering.ts';
import imageFirstSeen from '../../../../shared/detections/execution/image-first-seen.ts';
import { createEngine } from '../../../../shared/engine/engine.ts';
import { ruleOf } from '../../../../shared/engine/rule.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { findingsOf } from '../../../../shared/findings/finding.ts';
import { createMemoryStore } from '../../../../shared/findings/memory-store.ts';
import { createPod, human, kubernetesEvent, pod } from '../../../../shared/sdk/examples.ts';
import { startDatabase, type TestDatabase } from '../../../support/dynamodb.ts';
import { call } from '../../../support/terminal.ts';

const GROUP = '/aws/eks/prod/cluster';
const OWNER = { account: '111122223333', region: 'eu-west-1' };
const ORIGIN = { cluster: 'prod', ...OWNER };
const NOW = Date.UTC(2026, 2, 3);

/** CloudWatch Logs with one page for each list of records; remembers what it was asked. */
const logs = (...pages: readonly (readonly (object | string)[])[]) => {
  const asked: FilterLogEventsCommandInput[] = [];
  const send = async (command: {
    readonly input: FilterLogEventsCommandInput;
  }): Promise<Partial<FilterLogEventsCommandOutput & DescribeLogGroupsCommandOutput>> => {
    if (command instanceof DescribeLogGroupsCommand) {
      const arn = `arn:aws:logs:${OWNER.region}:${OWNER.account}:log-group:${GROUP}:*`;
      return { logGroups: [{ logGroupName: GROUP, arn }] };
    }
    const { input } = command;
    asked.push(input);
    const index = Number(input.nextToken ?? 0);
    return {
      events: (pages[index] ?? []).map((record, row) => ({
        eventId: `${index}-${row}`,
        logStreamName: 'kube-apiserver-audit-0',
        timestamp: NOW - 1_000,
        message: typeof record === 'string' ? record : JSON.stringify(record),
      })),
      ...(index + 1 < pages.length && { nextToken: String(index + 1) }),
    };
  };
  return { asked, logsClient: async () => ({ send }) as unknown as LogsClient };
};

const failing = (name: string, message = 'no') => ({
  logsClient: async () =>
    ({ send: () => Promise.reject(Object.assign(new Error(message), { name })) }) as unknown as LogsClient,
});

const running = (image: string, at = '2026-03-02T23:00:00Z') =>
  createPod(human(), pod({ containers: [{ name: 'main', image }] }), { at });

describe('replay of a log group', () => {
  const ARGS = ['--log-group', GROUP, '--detections', 'pod-host-network'];
  const host = (name: string) => createPod(human(), pod({ hostNetwork: true }, { name }));

  it('reads every page, also behind an empty one', async () => {
    const { asked, logsClient } = logs([host('a')], [], [host('b')]);
    const { lines, stderr, code } = await call(ARGS, { logsClient, now: NOW });
    expect(
      lines()
        .map(({ cluster, summary }) => [cluster, summary])
        .sort(),
    ).toEqual([
      ['prod', 'alice ran pod default/a on the host network'],
      ['prod', 'alice ran pod default/b on the host network'],
    ]);
    expect(stderr).toContain('2 records read: 2 events');
    expect(code).toBe(0);
    expect(asked.map(({ nextToken }) => nextToken)).toEqual([undefined, '1', '2']);
    expect(asked[0]).toMatchObject({
      logGroupName: GROUP,
      startTime: NOW - 3_600_000,
      endTime: NOW,
      filterPattern: '"audit.k8s.io"',
    });
  });

  it('takes times, and everything of a group that an agent ships to', async () => {
    const { asked, logsClient } = logs([
      kubernetesEvent({ reason: 'Pulling', message: 'Pulling image "aquasec/kube-bench"' }),
    ]);
    const bounds = ['--since', '2026-03-01T12:00:00Z', '--until', '3h'];
    const { lines } = await call(
      ['--log-group', '/eks/events', '--cluster', 'prod', ...bounds, '--detections', 'scanner-image-pulled'],
      { logsClient, now: NOW },
    );
    expect(lines().map(({ cluster }) => cluster)).toEqual(['prod']);
    expect(asked).toEqual([
      { logGroupName: '/eks/events', startTime: Date.UTC(2026, 2, 1, 12), endTime: NOW - 3 * 3_600_000 },
    ]);
  });

  it.each([
    ['ResourceNotFoundException', /The log group \/aws\/eks\/prod\/cluster does not exist in this account and Region/],
    ['AccessDeniedException', /may not be read by you: allow logs:FilterLogEvents/],
    ['CredentialsProviderError', /AWS does not accept your credentials/],
    ['ThrottlingException', /can't be read: no \(ThrottlingException\)/],
  ])('ends with 2 and a sentence: %s', async (name, sentence) => {
    const { code, stdout, stderr } = await call(ARGS, failing(name));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
  });
});

describe('learn', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startDatabase();
  });
  afterAll(() => database.close());

  const rule = ruleOf(imageFirstSeen);

  /** Images that the deployed functions would call new, seen an hour after now. */
  const newImages = async (table: string, images: readonly string[]) => {
    const store = createStore({ client: database.client, findingsTable: table, baselinesTable: table });
    const memory = createMemoryStore();
    const clusterFirstSeen = await store.clusterFirstSeen(ORIGIN);
    for (const image of images) {
      const event = parseRecord(JSON.stringify(running(image, '2026-03-03T01:00:00Z')), ORIGIN);
      if (event.source === 'rejected') throw new Error(event.reason);
      await memory.merge(gather(createEngine([rule]).detect(event).sightings));
    }
    await store.merge(memory.aggregates().map(({ subject }) => ({ rule, addition: subject })));
    const { aggregateOfImage } = await import('../../../../functions/aws/aggregate-item.ts');
    const items = (await database.scan(table)).filter((item) => item['detection']?.S === 'image-first-seen');
    const open = items.flatMap((item) => findingsOf(rule, aggregateOfImage(item), { learnedUntil: 0 }));
    return { clusterFirstSeen, summaries: open.map(({ entities }) => entities['image']) };
  };

  it('fills the baselines, so that what history knew is not new, and ends the learning period', async () => {
    const table = await database.createTable('learned');
    const { asked, logsClient } = logs([running('example/known:1'), 'no event'], [running('example/other:1')]);
    const { code, stdout, stderr } = await call(['learn', '--log-group', GROUP, '--days', '10', '--table', table], {
      logsClient,
      tablesClient: async () => database.client,
      now: NOW,
    });
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/Learned from 3 records: 2 events, 1 not JSON.*\n\d+ baselines learned for prod\.\n/);
    expect(asked[0]).toMatchObject({ startTime: NOW - 10 * 86_400_000, endTime: NOW });
    expect(await newImages(table, ['example/known:2', 'example/new:1'])).toEqual({
      clusterFirstSeen: 0,
      summaries: ['docker.io/example/new'],
    });
  });

  it('writes nothing in a dry run, and prints what it would learn', async () => {
    const { logsClient } = logs([running('example/known:1'), running('example/known:1', '2026-02-27T10:00:00Z')]);
    const { lines, stderr } = await call(['learn', '--log-group', GROUP, '--dry-run'], { logsClient, now: NOW });
    expect(lines()).toContainEqual({
      detection: 'image-first-seen',
      cluster: 'prod',
      entities: { image: 'docker.io/example/known' },
      days: ['2026-02-27', '2026-03-02'],
    });
    expect(stderr).toMatch(/would be learned; nothing was written/);
  });

  it('takes the table from the environment, and asks for it otherwise', async () => {
    const table = await database.createTable('from-environment');
    const surroundings = { ...logs([running('a/b')]), tablesClient: async () => database.client, now: NOW };
    const args = ['learn', '--log-group', GROUP];
    expect((await call(args, { ...surroundings, env: { BASELINES_TABLE: table } })).code).toBe(0);
    expect((await database.scan(table)).length).toBeGreaterThan(1);
    const { code, stderr } = await call(args, surroundings);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Name the baselines table with --table/);
  });

  it('leaves the learning period as it is when the history could not be read', async () => {
    const table = await database.createTable('unread');
    const { code, stderr } = await call(['learn', '--log-group', GROUP, '--table', table], {
      ...failing('AccessDeniedException'),
      tablesClient: async () => database.client,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/allow logs:FilterLogEvents/);
    expect(await database.scan(table)).toEqual([]);
  });

  it('ends with 2 and a sentence when the table may not be written', async () => {
    const denied = Object.assign(new Error('not authorized to perform dynamodb:UpdateItem'), {
      name: 'AccessDeniedException',
      $metadata: {},
    });
    const { code, stderr } = await call(['learn', '--log-group', GROUP, '--table', 'x'], {
      ...logs([running('a/b')]),
      tablesClient: async () => ({ send: () => Promise.reject(denied) }) as unknown as TestDatabase['client'],
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^AWS rejected: not authorized to perform dynamodb:UpdateItem \(AccessDeniedException\)\./);
  });

  it('asks which cluster a group is from that does not say so', async () => {
    const { code, stderr } = await call(['learn', '--log-group', '/my/logs', '--dry-run']);
    expect([code, stderr]).toEqual([
      2,
      'The log group /my/logs does not say which cluster it is from. Name it with --cluster.\n',
    ]);
  });
});
