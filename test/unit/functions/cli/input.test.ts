import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileSource } from '../../../../functions/cli/input/input.ts';
import { recordsOf } from '../../../../functions/cli/input/records.ts';
import {
  createLineSplitter,
  createValueSplitter,
  holdsLines,
  TOO_LONG,
} from '../../../../functions/cli/input/splitting.ts';
import { createPod, human, kubernetesEvent, pod } from '../../../../shared/sdk/examples.ts';
import { call, file } from '../../../support/terminal.ts';

const ONLY = ['--detections', 'pod-host-network,scanner-image-pulled'];

const hostPod = (name = 'web') => createPod(human(), pod({ hostNetwork: true }, { name }));
const pulling = kubernetesEvent({ reason: 'Pulling', message: 'Pulling image "aquasec/kube-hunter"' });

const payload = (records: readonly object[], logGroup = '/aws/eks/prod/cluster') => ({
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup,
  logStream: 'kube-apiserver-audit-0',
  subscriptionFilters: ['eks-detect'],
  logEvents: records.map((record, index) => ({
    id: `3894${index}`,
    timestamp: 1_772_446_500_000 + index,
    message: JSON.stringify(record),
  })),
});

const subscription = (records: readonly object[], logGroup?: string) => ({
  awslogs: { data: gzipSync(JSON.stringify(payload(records, logGroup))).toString('base64') },
});

const filterLogEvents = (records: readonly object[]) => ({
  events: records.map((record, index) => ({
    logStreamName: 'kube-apiserver-audit-0',
    timestamp: 1_772_446_500_000 + index,
    message: JSON.stringify(record),
    ingestionTime: 1_772_446_501_000,
    eventId: `3894${index}`,
  })),
  searchedLogStreams: [],
});

const lines = (records: readonly unknown[]) => `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
const pretty = (value: unknown) => JSON.stringify(value, undefined, 2);
const [a, b] = [hostPod('a'), hostPod('b')];

/** What each shape is to give: the workloads of the findings, and how many records there are. */
const SHAPES: Readonly<Record<string, string>> = {
  'JSON lines': lines([a, b]),
  'JSON lines without a last line break': lines([a, b]).trimEnd(),
  'JSON lines of Windows': lines([a, b]).replaceAll('\n', '\r\n'),
  'JSON lines behind a byte order mark': `\ufeff${lines([a, b])}`,
  'a JSON array on one line': JSON.stringify([a, b]),
  'a pretty-printed JSON array': pretty([a, b]),
  'an array with a line for each element': `[\n${JSON.stringify(a)},\n${JSON.stringify(b)}\n]\n`,
  'pretty-printed values one after another': `${pretty(a)}\n${pretty(b)}\n`,
  'an audit EventList': JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [a, b] }),
  'a pretty-printed EventList': pretty({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [a, b] }),
  'a subscription payload': JSON.stringify(subscription([a, b])),
  'a pretty-printed subscription payload': pretty(subscription([a, b])),
  'a payload a line': lines([subscription([a]), subscription([b])]),
  'a decoded payload': JSON.stringify(payload([a, b])),
  'what Firehose writes, payloads without a line break': JSON.stringify(payload([a])) + JSON.stringify(payload([b])),
  'filter-log-events': pretty(filterLogEvents([a, b])),
  'filter-log-events on one line': JSON.stringify(filterLogEvents([a, b])),
  'its events, one a line': lines(filterLogEvents([a, b]).events),
  'lines of an export to S3': [a, b].map((record) => `2026-03-02T10:15:00.000Z ${JSON.stringify(record)}\n`).join(''),
  'lines of aws logs tail': [a, b]
    .map((record) => `2026-03-02T10:15:00.000000+00:00 kube-apiserver-audit-0 ${JSON.stringify(record)}\n`)
    .join(''),
  'Logs Insights results': JSON.stringify(
    [a, b].map((record) => ({ '@timestamp': 't', '@message': JSON.stringify(record) })),
  ),
  "Splunk's collector": lines([a, b].map((event) => ({ time: 1, sourcetype: 'eks', event }))),
  'Fluent Bit': lines([a, b].map((record) => ({ date: 1, log: JSON.stringify(record) }))),
};

describe.each(Object.entries(SHAPES))('%s', (_shape, text) => {
  const expected = ['pod default/a', 'pod default/b'];
  const workloads = (findings: readonly Record<string, unknown>[]) =>
    findings.map(({ entities }) => (entities as Record<string, string>)['workload']).sort();

  it.each([
    ['plain', Buffer.from(text)],
    ['gzipped', gzipSync(text)],
    ['gzipped in two members', Buffer.concat([gzipSync(text.slice(0, 50)), gzipSync(text.slice(50))])],
  ])('is read %s', async (_how, bytes) => {
    const { code, stderr, lines: found } = await call([...ONLY, file(bytes)]);
    expect(stderr).toContain('2 records read: 2 events');
    expect(workloads(found())).toEqual(expected);
    expect(code).toBe(0);
  });

  it('is read from standard input', async () => {
    const { lines: found } = await call([...ONLY, '-'], { stdin: gzipSync(text) });
    expect(workloads(found())).toEqual(expected);
  });
});

describe('Kubernetes Events', () => {
  it.each([
    ['bare', lines([pulling])],
    ['as a watch ships them', lines([{ type: 'ADDED', object: pulling }])],
    ['as the OpenTelemetry collector ships them', lines([{ body: { type: 'ADDED', object: pulling }, severity: 9 }])],
    ['as kubectl prints them', pretty({ apiVersion: 'v1', kind: 'List', items: [pulling] })],
    ['as core/v1 lists them', JSON.stringify({ apiVersion: 'v1', kind: 'EventList', items: [pulling] })],
    ['from a log group of their own', JSON.stringify(payload([pulling], '/eks/prod/events'))],
  ])('%s', async (_form, text) => {
    const { lines: found } = await call([...ONLY, file(text)]);
    expect(found().map(({ summary }) => summary)).toEqual([
      'Scanner docker.io/aquasec/kube-hunter was pulled for pod default/web',
    ]);
  });
});

describe('where records are from', () => {
  const origin = async (text: string, ...more: string[]) => {
    const [found] = (await call([...ONLY, ...more, file(text)])).lines();
    return [found?.['cluster'], found?.['account']];
  };

  it('is what the log group says', async () => {
    expect(await origin(JSON.stringify(subscription([a])), '--cluster', 'other')).toEqual(['prod', '111122223333']);
  });

  it('is what the caller says of input that does not', async () => {
    expect(await origin(lines([a]), '--cluster', 'other', '--account', '444455556666')).toEqual([
      'other',
      '444455556666',
    ]);
    expect(await origin(lines([a]))).toEqual(['unnamed', undefined]);
  });

  it('is what the configuration says of a log group of Events', async () => {
    const config = file(
      JSON.stringify({ eventLogGroups: [{ logGroup: '/eks/events', cluster: 'prod' }] }),
      'config.json',
    );
    expect(await origin(JSON.stringify(payload([pulling], '/eks/events')), '--config', config)).toEqual([
      'prod',
      '111122223333',
    ]);
  });
});

describe('what is no event', () => {
  it('is counted by its reason, and every line is accounted for', async () => {
    const text = [
      JSON.stringify(a),
      '',
      '   ',
      'I0302 10:15:00.000000 1 trace.go:236] a line of the API server itself',
      '{"kind": 0}',
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","audi',
      '[]',
      'null',
      '42',
      JSON.stringify({ awslogs: { data: 'not base64 of gzip' } }),
      JSON.stringify(b),
    ].join('\n');
    const { code, stderr } = await call(['--detections', 'pod-host-network', file(`${text}\n`)]);
    const account = /(\d+) records read: (\d+) events, (.*?), from/.exec(stderr);
    const refused = [...(account?.[3] ?? '').matchAll(/(\d+) ([a-zA-Z ]+)/g)].map(([, count, reason]) => [
      reason,
      Number(count),
    ]);
    expect(Object.fromEntries(refused)).toEqual({
      empty: 3,
      'not JSON': 1,
      'not an event': 3,
      'truncated beyond use': 1,
      'unreadable payload': 1,
    });
    expect([account?.[1], account?.[2]]).toEqual(['11', '2']);
    expect(code).toBe(0);
  });

  it.each(['', '\n', '[]'])('never stops a run: %j', async (text) => {
    const { code, stdout, stderr } = await call([file(text)]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/0 findings\.\n\d+ records? read: 0 events/);
  });

  it.each(['{}', 'hello', '{"a":', '"', '[1,2', '\u0000', '[[[[', '}{'])('is all there is in %j', async (text) => {
    const { code, stdout, stderr } = await call([file(text)]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/0 findings\.\n\d+ records? read: 0 events.*\nNothing in .* is an audit event/);
  });

  it('does not throw, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.anything().map((value) => JSON.stringify(value) ?? ''),
        ),
        (text) => {
          expect(recordsOf(text).length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('is an object that says __proto__', async () => {
    const { stderr } = await call([file('{"__proto__":{"events":[{}]},"items":{"__proto__":1},"message":"{}"}')]);
    expect(stderr).toContain('1 record read: 0 events, 1 not an event.');
  });
});

describe('what can’t be read', () => {
  it('is a missing file', async () => {
    const { code, stdout, stderr } = await call(['/nowhere/audit.jsonl']);
    expect([code, stdout, stderr]).toEqual([2, '', '/nowhere/audit.jsonl does not exist.\n']);
  });

  it('is a folder', async () => {
    const { code, stderr } = await call([import.meta.dirname]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/is a directory\. Name the files in it/);
  });

  it('is the rest of a cut gzip file, after what was readable is judged', async () => {
    const whole = gzipSync(lines([a, ...Array.from({ length: 3_000 }, (_, index) => hostPod(`p${index}`))]));
    const { code, stderr, lines: found } = await call([...ONLY, file(whole.subarray(0, whole.length - 2_000))]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/ends in the middle of its gzip data/);
    expect(found().length).toBeGreaterThan(100);
  });

  it('is damaged gzip', async () => {
    const damaged = gzipSync(lines([a, b]));
    damaged.fill(0xff, 20, 60);
    const { code, stderr } = await call([file(damaged)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/damaged|middle of its gzip/);
  });

  it('does not keep the other files from being judged', async () => {
    const { code, lines: found } = await call([...ONLY, '/nowhere', file(lines([a]))]);
    expect([code, found().length]).toEqual([2, 1]);
  });
});

describe('standard input', () => {
  async function* cut(bytes: Buffer, size: number) {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  }

  it('is read the same wherever its chunks end, inside a character too', async () => {
    const texts = fc.array(fc.constantFrom('a', 'b '.repeat(20), 'é', '日本', '💥', '{', '"'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(texts), fc.integer({ min: 1, max: 40 }), fc.boolean(), async (words, size, isUtf16) => {
        const lines = words.map((parts) => `line ${parts.join('')}`);
        const text = `${isUtf16 ? '\ufeff' : ''}${lines.join('\n')}`;
        const source = fileSource('-', cut(Buffer.from(text, isUtf16 ? 'utf16le' : 'utf8'), size));
        const found: unknown[] = [];
        for await (const batch of source.batches()) {
          found.push(...batch.map((record) => ('rejected' in record ? record.rejected : record.message)));
        }
        expect(found).toEqual(lines);
      }),
    );
  });
});

describe('splitting', () => {
  const inChunks = (splitter: ReturnType<typeof createLineSplitter>, text: string, sizes: readonly number[]) => {
    const pieces: unknown[] = [];
    let [from, turn] = [0, 0];
    while (from < text.length) {
      const size = sizes[turn++ % sizes.length] as number;
      pieces.push(...splitter.push(text.slice(from, from + size)));
      from += size;
    }
    return [...pieces, ...splitter.end()];
  };
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

  it('gives the lines, wherever chunks end', () => {
    const line = fc.string().map((text) => text.replaceAll('\n', ''));
    fc.assert(
      fc.property(fc.array(line), sizes, (texts, cuts) => {
        const text = texts.map((part) => `${part}\n`).join('');
        expect(inChunks(createLineSplitter(), text, cuts)).toEqual(texts);
      }),
    );
  });

  it('gives the values, wherever chunks end and however they are printed', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(object), sizes, fc.boolean(), fc.constantFrom(0, 2), (values, cuts, asArray, indent) => {
        const text = asArray
          ? JSON.stringify(values, undefined, indent)
          : values.map((value) => JSON.stringify(value, undefined, indent)).join('\n');
        const pieces = inChunks(createValueSplitter(), text, cuts) as string[];
        expect(pieces.map((piece) => JSON.parse(piece))).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('drops a record that is too long, and goes on behind it', () => {
    expect(inChunks(createLineSplitter(8), `short\n${'x'.repeat(50)}\nnext\n`, [7])).toEqual([
      'short',
      TOO_LONG,
      'next',
    ]);
    expect(inChunks(createLineSplitter(8), `${'x'.repeat(50)}\nnext`, [100])).toEqual([TOO_LONG, 'next']);
    expect(inChunks(createValueSplitter(8), `{"a":1}{"a":"${'x'.repeat(50)}"}{}`, [7])).toEqual([
      '{"a":1}',
      TOO_LONG,
      '{}',
    ]);
  });

  it('tells lines from documents by their beginning', () => {
    expect(holdsLines('{"kind":"Event"}\n')).toBe(true);
    expect(holdsLines('{"kind":"Event","level":"Metadata" [Truncated...]\n')).toBe(true);
    expect(holdsLines('2026-03-02T10:15:00.000Z {\n')).toBe(true);
    expect(holdsLines('[2026-03-02] a log line\n')).toBe(true);
    expect(holdsLines('{\n  "kind"')).toBe(false);
    expect(holdsLines('  [\n  {')).toBe(false);
    expect(holdsLines('{ "events": [\n')).toBe(false);
    expect(holdsLines('{"kind"')).toBeUndefined();
  });
});
