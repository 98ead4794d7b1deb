import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { LogsClient } from '../../../../functions/cli/input/log-group.ts';
import { audit, createPod, human, pod } from '../../../../shared/sdk/examples.ts';
import { call, file } from '../../../support/terminal.ts';

const ONLY = ['--detections', 'pod-host-network'];
const event = JSON.stringify(createPod(human(), pod({ hostNetwork: true }, { name: 'a' })));
const quiet = JSON.stringify(audit({ verb: 'get', by: human(), resource: 'pods', namespace: 'default', name: 'a' }));

const bytes = (hex: string) => Buffer.concat([Buffer.from(hex, 'hex'), gzipSync('not text').subarray(10)]);
const cloudTrail = {
  Records: [
    {
      eventVersion: '1.11',
      userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/dev/alice' },
      eventTime: '2026-03-02T10:15:00Z',
      eventSource: 'eks.amazonaws.com',
      eventName: 'DescribeCluster',
    },
  ],
};
const queryResults = {
  results: [
    [
      { field: '@timestamp', value: '2026-03-02 10:15:00.000' },
      { field: 'verb', value: 'create' },
    ],
  ],
  statistics: { recordsMatched: 1 },
  status: 'Complete',
};
const tar = Buffer.alloc(1024, 0);
tar.write('log.jsonl');
tar.write('ustar', 257);

/** Content, what it is said to be, and what is to be done. */
const STRANGERS: Readonly<Record<string, readonly [string | Uint8Array, RegExp, RegExp]>> = {
  'attack.zip': [bytes('504b030414000000'), /a zip archive/, /unzip -p FILE/],
  'attack.jsonl.zst': [bytes('28b52ffd0458'), /compressed by zstd/, /zstd -dc FILE/],
  'attack.jsonl.bz2': [bytes('425a68393141592653590a'), /compressed by bzip2/, /bzip2 -dc FILE/],
  'attack.jsonl.xz': [bytes('fd377a585a000004'), /compressed by xz/, /xz -dc FILE/],
  'attack.tar': [tar, /a tar archive/, /tar -xOf FILE/],
  'attack.tar.gz': [gzipSync(tar), /a tar archive/, /tar -xOf FILE/],
  program: [bytes('7f454c4602010100'), /a program \(ELF\)/, /replay reads EKS audit logs/],
  'cloudtrail.json': [JSON.stringify(cloudTrail), /a CloudTrail log/, /\/aws\/eks\/<cluster>\/cluster/],
  'cloudtrail.json.gz': [gzipSync(JSON.stringify(cloudTrail)), /a CloudTrail log/, /--log-group/],
  'cloudtrail.jsonl': [`${JSON.stringify(cloudTrail.Records[0])}\n`, /a CloudTrail log/, /--log-group/],
  'insights.csv': [
    `@timestamp,@message\n2026-03-02 10:15:00.000,"${event.replaceAll('"', '""')}"\n`,
    /Logs Insights query as CSV/,
    /with @message among the fields/,
  ],
  'fields.csv': ['verb,requestURI,@timestamp\ncreate,/api,2026\n', /Logs Insights query as CSV/, /with @message/],
  'insights.json': [JSON.stringify(queryResults), /Logs Insights query, as get-query-results/, /filter-log-events/],
  'pretty.json': [
    JSON.stringify(queryResults, undefined, 4),
    /Logs Insights query, as get-query-results/,
    /--log-group/,
  ],
  'fields.json': [
    JSON.stringify([{ '@timestamp': '2026-03-02 10:15:00.000', verb: 'create' }]),
    /results of a CloudWatch Logs Insights query\./,
    /fields @timestamp, @message/,
  ],
  'scheduler.log': [
    'I0302 10:15:00.000000       1 trace.go:236] Trace[1]\n',
    /another part of the control plane/,
    /kube-apiserver-audit-/,
  ],
  'authenticator.log': [
    'time="2026-03-02T10:15:00Z" level=info msg="access granted"\n',
    /another part of the control plane/,
    /kube-apiserver-audit-/,
  ],
  'events.yaml': ['apiVersion: v1\nitems: []\nkind: List\n', /Kubernetes YAML/, /kubectl get events -A -o json/],
  'package.json': ['{"name":"x"}', /JSON of another kind/, /--help/],
  'notes.txt': ['hello world\n', /plain text/, /--help/],
  'utf16.txt': [Buffer.from('\ufeffhello', 'utf16le'), /plain text/, /--help/],
  blob: [Buffer.from([1, 2, 0, 3]), /binary data/, /--help/],
};

describe.each(Object.entries(STRANGERS))('%s', (name, [content, what, remedy]) => {
  it('is named, with what it seems to be and what to do, and is exit code 2', async () => {
    const path = file(content, name);
    const { code, stdout, stderr } = await call([...ONLY, '--fail-on', 'low', path]);
    expect([code, stdout]).toEqual([2, '']);
    const sentence = stderr.split('\n').find((line) => line.includes(path));
    expect(sentence).toMatch(/^Nothing in .* is an audit event or a Kubernetes Event \(\d.*\)\. It seems to be /);
    expect(sentence).toMatch(what);
    expect(sentence).toMatch(remedy);
  });
});

it('is a real program too', async () => {
  const program = readFileSync(process.execPath).subarray(0, 100_000);
  const { code, stderr } = await call(['--quiet', '-'], { stdin: program });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Nothing in standard input is an audit event .*It seems to be a program/);
});

describe('several files', () => {
  it('are judged one by one', async () => {
    const [good, bad] = [file(`${event}\n`), file('hello\n', 'notes.txt')];
    for (const files of [
      [good, bad],
      [bad, good],
    ]) {
      const { code, stderr, lines } = await call([...ONLY, ...files]);
      expect([code, lines().length]).toEqual([2, 1]);
      expect(stderr).toContain(`Nothing in ${bad} is an audit event`);
      expect(stderr).not.toContain(`Nothing in ${good}`);
    }
  });

  it('are judged for --baseline as well', async () => {
    const { code, stderr } = await call([...ONLY, '--baseline', file('hello\n', 'old.txt'), file(`${event}\n`)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Nothing in .*old\.txt is an audit event/);
  });
});

describe('a file', () => {
  it.each([
    ['', /is empty\.\n/],
    [gzipSync(''), /is empty\.\n/],
    ['\n\n', /holds no records\.\n/],
    ['{"events":[],"searchedLogStreams":[]}', /holds no records\.\n/],
  ])('without a record is no error, and is named: %j', async (content, sentence) => {
    const { code, stderr } = await call([...ONLY, file(content, 'nothing.jsonl')]);
    expect(code).toBe(0);
    expect(stderr).toMatch(sentence);
    expect(stderr).toContain('nothing.jsonl');
    expect((await call([...ONLY, '-q', file(content)])).stderr).toBe('');
  });

  it.each([
    [1, 1, false],
    [1, 2, true],
    [99, 100, true],
    [100, 99, false],
  ])('with %i events and %i other lines is doubtful: %s', async (events, others, isDoubtful) => {
    const text = [...Array(events).fill(quiet), ...Array(others).fill('a line of something else'), '', ''].join('\n');
    const { code, stderr } = await call([...ONLY, file(text)]);
    expect(code).toBe(0);
    expect(/could not be read \(.*so findings may be missing/.test(stderr)).toBe(isDoubtful);
  });
});

describe('a log group', () => {
  const answering = (messages: readonly string[]) => async () =>
    ({ send: async () => ({ events: messages.map((message) => ({ message })) }) }) as unknown as LogsClient;

  it.each([
    [[], /^0 findings\.\n0 records read: 0 events\.\n$/],
    [
      ['a line of something else'],
      /Nothing in \/some\/group is an audit event or a Kubernetes Event \(1 not JSON\)\.\n$/,
    ],
  ])('may have nothing to tell: %j', async (messages, said) => {
    const { code, stderr } = await call([...ONLY, '--log-group', '/some/group'], { logsClient: answering(messages) });
    expect(code).toBe(0);
    expect(stderr).toMatch(said);
  });
});
