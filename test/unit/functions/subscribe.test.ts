import { describe, expect, it, vi } from 'vitest';
import { handle } from '../../../functions/subscribe/handler.ts';
import type { Filter, LogGroups } from '../../../functions/subscribe/log-groups.ts';
import { FILTER_NAME } from '../../../functions/subscribe/reconcile.ts';
import { type StackEvent, succeed } from '../../../functions/subscribe/stack-event.ts';
import { type Config, DEFAULT_CONFIG } from '../../../shared/config/config.ts';
import { FILTER_PATTERNS } from '../../../shared/logs/log-source.ts';

const DETECT = 'arn:aws:lambda:eu-west-1:111122223333:function:detect';
const SCHEDULED = { 'detail-type': 'Scheduled Event' };

const own = (changes: Partial<Filter> = {}): Filter => ({
  name: FILTER_NAME,
  pattern: FILTER_PATTERNS.audit,
  destination: DETECT,
  ...changes,
});
const foreign = (name: string): Filter => ({ name, pattern: '', destination: 'arn:aws:lambda:eu-west-1:1:function:x' });
const groupOf = (cluster: string) => `/aws/eks/${cluster}/cluster`;

/** CloudWatch Logs, as far as subscribe knows it: few filters a group, one a name. `broken` groups refuse every call. */
const createWorld = (
  initial: Readonly<Record<string, readonly Filter[]>>,
  settings: {
    config?: Partial<Config>;
    /** Filters that a group takes. */
    limit?: number;
    broken?: string[];
    audits?: Record<string, boolean>;
    afterPause?: () => void;
  } = {},
) => {
  const filters = new Map(Object.entries(initial));
  const broken = new Set(settings.broken);
  const { limit = 5 } = settings;
  const writes: string[] = [];
  const pauses: number[] = [];
  const answered: StackEvent[] = [];
  const refuse = (group: string) => {
    if (broken.has(group)) throw new Error(`AccessDeniedException: ${group}`);
  };
  const groups: LogGroups = {
    named: async (prefix) => {
      refuse(prefix);
      return [...filters.keys()].filter((name) => name.startsWith(prefix));
    },
    filters: async (group) => {
      refuse(group);
      return filters.get(group) ?? [];
    },
    put: async (group, filter) => {
      const known = filters.get(group);
      if (known === undefined) throw new Error(`ResourceNotFoundException: ${group}`);
      const others = known.filter(({ name }) => name !== filter.name);
      if (others.length >= limit) return false;
      writes.push(`put ${group}`);
      filters.set(group, [...others, filter]);
      return true;
    },
    remove: async (group, name) => {
      refuse(group);
      writes.push(`remove ${group} ${name}`);
      filters.set(
        group,
        (filters.get(group) ?? []).filter((filter) => filter.name !== name),
      );
    },
  };
  const audits = settings.audits ?? {};
  const run = async (event: unknown) => {
    const lines: Record<string, unknown>[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)));
    try {
      await handle(
        {
          environment: {
            config: { ...DEFAULT_CONFIG, ...settings.config },
            groups,
            clusters: { names: async () => Object.keys(audits), audits: async (name) => audits[name] ?? false },
            destination: DETECT,
          },
          answer: async (answer) => void answered.push(answer),
          pause: async (milliseconds) => {
            pauses.push(milliseconds);
            settings.afterPause?.();
          },
        },
        event,
      );
    } finally {
      log.mockRestore();
    }
    return lines;
  };
  return { run, filters, broken, writes, pauses, answered };
};

const request = (RequestType: StackEvent['RequestType'], properties: Record<string, unknown> = {}): StackEvent => ({
  RequestType,
  ResponseURL: 'https://example.com/answer',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Clusters',
  ResourceProperties: properties,
});

describe('on schedule', () => {
  it('puts one filter on the log group of every cluster, and on no other group', async () => {
    const others = { '/aws/eks/a/application': [], '/aws/eks/a/b/cluster': [], '/aws/eks//cluster': [], '/ecs/x': [] };
    const world = createWorld({ [groupOf('a')]: [], [groupOf('b')]: [foreign('backup')], ...others });
    await world.run(SCHEDULED);
    expect(world.filters.get(groupOf('a'))).toEqual([own()]);
    expect(world.filters.get(groupOf('b'))).toEqual([foreign('backup'), own()]);
    for (const other of Object.keys(others)) expect(world.filters.get(other)).toEqual([]);
  });

  it('writes nothing when everything is as it should be', async () => {
    const world = createWorld({ [groupOf('a')]: [own()] });
    await world.run(SCHEDULED);
    await world.run(SCHEDULED);
    expect(world.writes).toEqual([]);
  });

  it.each([
    ['pattern', own({ pattern: '{ $.kind = "Event" }' })],
    ['destination', own({ destination: 'arn:aws:lambda:eu-west-1:111122223333:function:former' })],
  ])('mends a filter whose %s was changed', async (_what, changed) => {
    const world = createWorld({ [groupOf('a')]: [foreign('one'), changed] });
    await world.run(SCHEDULED);
    expect(world.filters.get(groupOf('a'))).toEqual([foreign('one'), own()]);
  });

  it('removes its own filter from a cluster that is left out, and no other', async () => {
    const world = createWorld(
      { [groupOf('lab')]: [foreign('one'), own()], [groupOf('bare')]: [foreign('one')], [groupOf('prod')]: [] },
      { config: { clusters: { include: ['*'], exclude: ['lab', 'bare'] } } },
    );
    await world.run(SCHEDULED);
    expect(world.writes).toEqual([`remove ${groupOf('lab')} ${FILTER_NAME}`, `put ${groupOf('prod')}`]);
    expect(world.filters.get(groupOf('lab'))).toEqual([foreign('one')]);
  });

  it('protects a cluster whose log group has four other filters and takes a fifth', async () => {
    const four = ['one', 'two', 'three', 'four'].map(foreign);
    const world = createWorld({ [groupOf('a')]: four });
    const lines = await world.run(SCHEDULED);
    expect(world.filters.get(groupOf('a'))).toEqual([...four, own()]);
    expect(lines[0]).toMatchObject({ Subscribed: 1 });
    expect(lines[0]).not.toHaveProperty('Unprotected');
  });

  it.each([1, 2, 5, 7])('names the group and its filters when it takes no more than %i, and goes on', async (limit) => {
    const others = Array.from({ length: limit }, (_, index) => foreign(`other-${index}`));
    const world = createWorld({ [groupOf('a')]: others, [groupOf('b')]: [] }, { limit });
    const lines = await world.run(SCHEDULED);
    expect(lines[0]).toMatchObject({ Subscribed: 1, Unprotected: 1, FiltersTaken: 1 });
    expect(lines[1]).toMatchObject({ subject: groupOf('a'), kind: 'filters taken' });
    expect(lines[1]?.['problem']).toContain(others.map(({ name }) => `"${name}"`).join(', '));
    expect(world.filters.get(groupOf('a'))).toEqual(others);
    expect(world.filters.get(groupOf('b'))).toEqual([own()]);
  });

  it('names a cluster that logs no audit events, even one without a log group; not one that is left out', async () => {
    const world = createWorld(
      { [groupOf('a')]: [] },
      {
        audits: { a: true, quiet: false, lab: false },
        config: { clusters: { include: ['*'], exclude: ['lab'] } },
      },
    );
    const lines = await world.run(SCHEDULED);
    expect(lines[0]).toMatchObject({ Unprotected: 1, NoAuditLog: 1 });
    expect(lines.slice(1)).toEqual([expect.objectContaining({ subject: 'quiet', kind: 'no audit log' })]);
  });

  it('reports a group that fails and subscribes the others', async () => {
    const world = createWorld({ [groupOf('a')]: [], [groupOf('b')]: [] }, { broken: [groupOf('a')] });
    const lines = await world.run(SCHEDULED);
    expect(lines[0]).toMatchObject({ Subscribed: 1, Unprotected: 1, SubscribeFailures: 1 });
    expect(lines[1]).toMatchObject({ subject: groupOf('a'), kind: 'failed' });
    expect(world.filters.get(groupOf('b'))).toEqual([own()]);
  });

  it('reports that groups could not be listed', async () => {
    const world = createWorld({ [groupOf('a')]: [] }, { broken: ['/aws/eks/'] });
    expect((await world.run(SCHEDULED))[0]).toMatchObject({ Unprotected: 1, SubscribeFailures: 1 });
  });

  it('subscribes the log groups of Kubernetes Events with their own pattern, and reports a missing one', async () => {
    const eventLogGroups = [
      { logGroup: '/agents/events', cluster: 'a' },
      { logGroup: '/agents/missing', cluster: 'a' },
    ];
    const world = createWorld({ '/agents/events': [], [groupOf('a')]: [] }, { config: { eventLogGroups } });
    const lines = await world.run(SCHEDULED);
    expect(world.filters.get('/agents/events')).toEqual([own({ pattern: FILTER_PATTERNS['kubernetes-event'] })]);
    expect(world.filters.get(groupOf('a'))).toEqual([own()]);
    expect(lines.slice(1)).toEqual([expect.objectContaining({ subject: '/agents/missing', kind: 'failed' })]);
  });
});

describe('for CloudFormation', () => {
  it('subscribes on creation and answers', async () => {
    const world = createWorld({ [groupOf('a')]: [] });
    const event = request('Create');
    await world.run(event);
    expect(world.filters.get(groupOf('a'))).toEqual([own()]);
    expect(world.answered).toEqual([event]);
    expect(world.pauses).toEqual([]);
  });

  it('tries again while permissions settle', async () => {
    const world = createWorld(
      { [groupOf('a')]: [] },
      { broken: [groupOf('a')], afterPause: () => world.broken.clear() },
    );
    const lines = await world.run(request('Create'));
    expect(world.pauses).toHaveLength(1);
    expect(world.filters.get(groupOf('a'))).toEqual([own()]);
    expect(lines[0]).not.toHaveProperty('Unprotected');
  });

  it('answers although every group fails', async () => {
    const world = createWorld({ [groupOf('a')]: [] }, { broken: [groupOf('a')] });
    await world.run(request('Update'));
    await world.run(request('Delete'));
    expect(world.answered.map(({ RequestType }) => RequestType)).toEqual(['Update', 'Delete']);
  });

  it('removes its own filters and no other on deletion', async () => {
    const world = createWorld({
      [groupOf('a')]: [own(), foreign('one')],
      [groupOf('b')]: [foreign('one'), foreign('two')],
      [groupOf('lab')]: [own({ destination: 'elsewhere' })],
      '/agents/events': [own()],
    });
    await world.run(request('Delete'));
    expect(world.writes).toEqual([`remove ${groupOf('a')} ${FILTER_NAME}`, `remove ${groupOf('lab')} ${FILTER_NAME}`]);
    expect(world.filters.get('/agents/events')).toEqual([own()]);
  });

  it('removes what a scheduled run put back meanwhile', async () => {
    const world = createWorld(
      { [groupOf('a')]: [own()] },
      { afterPause: () => void world.filters.set(groupOf('a'), [own()]) },
    );
    await world.run(request('Delete'));
    expect(world.filters.get(groupOf('a'))).toEqual([]);
  });

  it('handles one group for a resource that names it, though the configuration no longer does', async () => {
    const world = createWorld({
      '/agents/events': [own({ pattern: FILTER_PATTERNS['kubernetes-event'] })],
      [groupOf('a')]: [own()],
    });
    await world.run(request('Delete', { LogGroup: '/agents/events' }));
    expect(world.filters.get('/agents/events')).toEqual([]);
    expect(world.filters.get(groupOf('a'))).toEqual([own()]);
  });
});

describe('the answer to CloudFormation', () => {
  const answering = (statuses: readonly number[]) => {
    const sent: { url: string; body: unknown; headers: unknown }[] = [];
    const send = async (url: string, { body, headers }: RequestInit) => {
      sent.push({ url, body: JSON.parse(String(body)), headers });
      const status = statuses[sent.length - 1] ?? 200;
      return { ok: status < 300, status };
    };
    return { sent, outside: { send, pause: async () => undefined } };
  };

  it('says that all is well, for the resource that was asked for', async () => {
    const { sent, outside } = answering([]);
    await succeed({ ...request('Update'), PhysicalResourceId: 'known' }, outside);
    const body = {
      Status: 'SUCCESS',
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Clusters',
      PhysicalResourceId: 'known',
    };
    expect(sent).toEqual([{ url: 'https://example.com/answer', body, headers: { 'content-type': '' } }]);
  });

  it('gives a new resource the name that it keeps', async () => {
    const { sent, outside } = answering([]);
    await succeed(request('Create'), outside);
    expect(sent[0]?.body).toMatchObject({ PhysicalResourceId: 'Clusters' });
  });

  it('is tried again, and given up with an error', async () => {
    const { sent, outside } = answering([500, 503, 200]);
    await succeed(request('Create'), outside);
    expect(sent).toHaveLength(3);
    await expect(succeed(request('Create'), answering([500, 500, 500, 500]).outside)).rejects.toThrow('500');
  });
});
