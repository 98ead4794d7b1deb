import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLocator } from '../../../../functions/aws/geoip.ts';
import type { Finding } from '../../../../shared/findings/finding.ts';
import { audit, createPod, human, nobody, pod } from '../../../../shared/sdk/examples.ts';
import { attackLog, baselineLog, START } from '../../../support/attack-log.ts';
import { processorTime } from '../../../support/processor-time.ts';
import { quietHour } from '../../../support/quiet-hour.ts';
import { seeded } from '../../../support/shop-cluster.ts';
import { call, file } from '../../../support/terminal.ts';

const SEEDS = ['--detections', 'access-scanning,scanner-image-pulled,image-first-seen,pod-host-network'];
const BASELINE = ['--baseline', 'docs/baseline.jsonl.gz', '--cluster', 'shop-prod'];
const BUNDLED = [...SEEDS, ...BASELINE, 'docs/attack.jsonl.gz'];

const asFile = (records: readonly string[]) => file(`${records.join('\n')}\n`);

describe('the bundled log', () => {
  it.each([
    ['docs/attack.jsonl.gz', attackLog],
    ['docs/baseline.jsonl.gz', baselineLog],
  ])('%s is what its generator writes', (path, log) => {
    expect(gunzipSync(readFileSync(path)).toString() === `${log().join('\n')}\n`).toBe(true);
  });

  it('is mostly an hour in which nothing happens', () => {
    expect(quietHour(START).length).toBeGreaterThan(700);
    expect(attackLog().length - quietHour(START).length).toBeLessThan(100);
  });

  it('holds four attacks, and nothing else is found', async () => {
    const { code, lines, stderr } = await call(BUNDLED, { locate: createLocator() });
    const found = lines() as unknown as readonly Finding[];
    const told = found.map(({ detection, severity, summary, entities, count, firstSeen, lastSeen }) => ({
      detection,
      severity,
      summary,
      entities,
      count,
      seen: `${firstSeen.slice(0, 19)}/${lastSeen.slice(0, 19)}`,
    }));
    expect(told).toEqual([
      {
        detection: 'access-scanning',
        severity: 'medium',
        summary: '109.70.100.23 probed the API server without credentials',
        entities: { sourceAddress: '109.70.100.23' },
        count: 37,
        seen: '2026-11-12T09:12:01/2026-11-12T09:16:51',
      },
      {
        detection: 'image-first-seen',
        severity: 'low',
        summary: 'Image hub.example.net/maintenance/node-agent is new to the cluster, first used in namespace shop',
        entities: { image: 'hub.example.net/maintenance/node-agent' },
        count: 3,
        seen: '2026-11-12T09:41:08/2026-11-12T09:41:11',
      },
      {
        detection: 'pod-host-network',
        severity: 'medium',
        summary: 'bob ran pod shop/node-agent on the host network',
        entities: { workload: 'pod shop/node-agent' },
        count: 1,
        seen: '2026-11-12T09:41:08/2026-11-12T09:41:08',
      },
      {
        detection: 'scanner-image-pulled',
        severity: 'critical',
        summary: 'bob ran scanner docker.io/aquasec/kube-hunter in namespace shop',
        entities: { image: 'docker.io/aquasec/kube-hunter', namespace: 'shop' },
        count: 4,
        seen: '2026-11-12T09:47:30/2026-11-12T09:47:33',
      },
    ]);
    expect(found.map(({ cluster }) => cluster)).toEqual(Array(4).fill('shop-prod'));
    expect(found.map(({ source }) => source?.ip)).toEqual(['109.70.100.23', ...Array(3).fill('198.51.100.77')]);
    expect(found[0]?.source).toMatchObject({
      country: 'AT',
      userAgents: ['Mozilla/5.0 zgrab/0.x', 'curl/8.5.0', 'python-requests/2.32.3'],
    });
    expect(found.map(({ actor }) => actor?.arn ?? actor?.user)).toEqual([
      '',
      ...Array(3).fill('arn:aws:sts::111122223333:assumed-role/team-bob/bob@example.com'),
    ]);
    expect(stderr).toMatch(/4 findings \(1 critical, 2 medium, 1 low\)\.\n795 records read: 795 events/);
    expect(code).toBe(0);
  });

  it('gives no reason for alarm before the attack, to any detection that is switched on', async () => {
    const quiet = quietHour(START).map(({ record }) => JSON.stringify(record));
    const { lines } = await call([...BASELINE, asFile(quiet)], { locate: createLocator() });
    expect(lines().map(({ summary }) => summary)).toEqual([]);
  });

  it('is learned from where a learning period is asked for', async () => {
    const { lines } = await call([...SEEDS, '--learn', '7d', 'docs/attack.jsonl.gz']);
    expect(lines().map(({ detection }) => detection)).toEqual([
      'access-scanning',
      'pod-host-network',
      'scanner-image-pulled',
    ]);
  });
});

describe('the same findings come out', () => {
  const shuffled = (records: readonly string[]) => {
    const random = seeded(7);
    return records
      .map((record) => [random(), record] as const)
      .sort(([a], [b]) => a - b)
      .map(([, record]) => record);
  };
  const shards = (records: readonly string[], count: number) =>
    Array.from({ length: count }, (_, shard) => asFile(records.filter((_record, index) => index % count === shard)));
  const log = attackLog();

  it.each<[string, () => readonly string[]]>([
    ['a second time', () => [asFile(log)]],
    ['from two copies of the file', () => [asFile(log), asFile(log)]],
    ['from a file with every line doubled', () => [asFile(log.flatMap((line) => [line, line]))]],
    ['from a shuffled file', () => [asFile(shuffled(log))]],
    ['from shards in any order', () => shards(log, 7).reverse()],
    ['from one JSON array', () => [file(`[${log.join(',\n')}]`)]],
  ])('%s', async (_how, files) => {
    const whole = await call([...BASELINE, asFile(log)]);
    const other = await call([...BASELINE, ...files()]);
    expect(whole.lines().length).toBeGreaterThanOrEqual(4);
    expect(other.stdout).toBe(whole.stdout);
  });
});

describe('exit codes', () => {
  it.each([
    [0, [...BUNDLED]],
    [1, [...BUNDLED, '--fail-on', 'critical']],
    [1, [...BUNDLED, '--fail-on', 'LOW']],
    [0, ['--detections', 'pod-host-network', '--fail-on', 'high', ...BASELINE, 'docs/attack.jsonl.gz']],
    [0, ['replay', ...BUNDLED]],
    [0, ['--help']],
    [0, ['explain', '-h']],
    [0, ['list']],
    [0, ['--version']],
  ])('%i: %j', async (code, args) => {
    expect((await call(args)).code).toBe(code);
  });

  it.each([
    [[], /^Say what to do/],
    [['--quiet'], /^Name the files to read, or - for standard input/],
    [['--format', 'jsn', 'x'], /--format takes table, json, ocsf, asff\. "jsn" is none\. Did you mean "json"\?/],
    [['--fail-on', 'hgh', 'x'], /--fail-on takes a severity: .* Did you mean "high"\?/],
    [['--formt', 'json'], /replay has no option --formt\. Did you mean "--format"\?/],
    [['--learn', 'week', 'x'], /--learn takes a whole number followed by s, m, h, d or w/],
    [
      ['--detections', 'pod-host-netwrk', 'x'],
      /There is no detection "pod-host-netwrk"\. Did you mean "pod-host-network"\?/,
    ],
    [['--config', '/nowhere.json', 'x'], /The configuration \/nowhere.json does not exist/],
    [['--since', '3h', 'x'], /--since and --until go with --log-group only/],
    [['--log-group', 'g', 'x'], /Name either files or --log-group/],
    [['--log-group', 'g', '--since', 'yesterday'], /--since takes a time such as .*"yesterday" is neither/],
    [['--log-group', 'g', '--since', '1h', '--until', '2h'], /--since must be before --until/],
    [['-', '-'], /Standard input \(-\) can be read only once/],
    [['explian', 'x'], /There is no command "explian".*Did you mean "explain"\?/],
    [['list', 'x'], /list takes no files/],
    [['learn'], /learn reads one log group/],
  ])('2: %j', async (args, message) => {
    const { code, stdout, stderr } = await call(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('2: a configuration with mistakes, all of them named', async () => {
    const config = file(JSON.stringify({ learn: 'long', detections: { 'pod-host-netwrk': {} } }), 'config.json');
    const { code, stderr } = await call(['--config', config, 'docs/attack.jsonl.gz']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /2 mistakes:\n {2}learn must be .*\n {2}detections\.pod-host-netwrk is no detection\. Did you mean "pod-host-network"\?/,
    );
  });
});

describe('the version', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

  it.each([['--version'], ['-V'], ['version'], ['replay', '--version'], ['list', '-V']])(
    'is that of package.json: %j',
    async (...args) => {
      const { code, stdout, stderr } = await call(args);
      expect([code, stdout, stderr]).toEqual([0, `eks-detect ${version}\n`, '']);
    },
  );

  it('is not asked for after --', async () => {
    expect((await call(['replay', '--', '-V'])).stderr).toBe('-V does not exist.\n');
  });
});

describe('standard output', () => {
  it('is data only, and nothing with --quiet goes elsewhere', async () => {
    const { lines, stderr } = await call([...BUNDLED, '--quiet']);
    expect(lines().length).toBe(4);
    expect(stderr).toBe('');
  });

  it('has the fields that the contract names, in JSON', async () => {
    const { lines } = await call(BUNDLED, { locate: createLocator() });
    const text = expect.stringMatching(/./);
    for (const finding of lines()) {
      expect(finding).toMatchObject({
        id: text,
        detection: text,
        title: text,
        tactic: text,
        techniques: expect.arrayContaining([expect.stringMatching(/^T\d{4}/)]),
        severity: expect.stringMatching(/^(informational|low|medium|high|critical)$/),
        risk: expect.any(Number),
        cluster: 'shop-prod',
        summary: text,
        entities: expect.any(Object),
        count: expect.any(Number),
        firstSeen: expect.stringMatching(/^2026-11-12T09:\d\d:\d\d\.\d{3}Z$/),
        lastSeen: expect.stringMatching(/^2026-11-12T09/),
        actor: { user: expect.any(String), groups: expect.any(Array) },
        source: { ip: text, userAgents: expect.any(Array) },
        evidence: expect.arrayContaining([expect.objectContaining({ time: text, auditId: text, verb: text })]),
        drilldown: expect.stringMatching(
          /^# Log group: \/aws\/eks\/shop-prod\/cluster\nfields @timestamp[\s\S]*filter @timestamp >= \d+/,
        ),
      });
      expect(finding['account']).toBeUndefined();
    }
    const ids = lines().map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it('is OCSF and ASFF where that is asked for', async () => {
    const ocsf = (await call([...BUNDLED, '--format', 'ocsf'])).lines();
    expect(ocsf.map(({ class_uid, activity_id }) => [class_uid, activity_id])).toEqual(Array(4).fill([2004, 1]));
    const where = ['--account', '444455556666', '--region', 'eu-central-1'];
    const asff = (await call([...BUNDLED, '--format', 'asff', ...where])).lines();
    expect(asff.map(({ GeneratorId }) => GeneratorId)).toEqual(
      ['access-scanning', 'image-first-seen', 'pod-host-network', 'scanner-image-pulled'].map(
        (id) => `eks-detect/${id}`,
      ),
    );
    expect(asff[0]).toMatchObject({ AwsAccountId: '444455556666', Id: expect.stringContaining('eu-central-1') });
  });

  it('may be closed before the end, as head does', async () => {
    // Without a baseline everything is new, so that there is more to write than a pipe holds.
    const parameters = ['--format', 'ocsf', 'docs/attack.jsonl.gz', '-q'];
    expect((await call(parameters)).stdout.length).toBeGreaterThan(65_536);
    const run = `'${process.execPath}' --import tsx functions/cli/main.ts ${parameters.join(' ')}`;
    const cut = spawnSync('bash', ['-c', `${run} | head -c 9; echo " \${PIPESTATUS[0]}"`], { encoding: 'utf8' });
    expect(cut.stdout).toBe('{"activit 0\n');
    expect(cut.stderr).not.toMatch(/EPIPE|at .*:\d+:\d+/);
  });

  it.each([
    ['a full device', existsSync('/dev/full'), '>/dev/full', /^Standard output can't be written: no space is left/],
    // A file that takes the beginning and no more, as it is when a disk gets full on the way.
    ['a file that gets too big', true, '>cut.json', /^Standard output can't be written: the file has reached/],
  ])('is refused by %s with a sentence and exit code 2', (_where, isThere, redirection, sentence) => {
    if (!isThere) return;
    const folder = mkdtempSync(join(tmpdir(), 'eks-detect-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { dirname: test } = import.meta;
    const run = `node --import tsx ${test}/../../../../functions/cli/main.ts -q --format json ${test}/../../../../docs/attack.jsonl.gz`;
    const limit = 'ulimit -f 4; trap "" XFSZ';
    const result = spawnSync(
      'bash',
      ['-c', `cd ${test}/..; ${limit}; ${run} ${redirection.replace('>cut', `>${folder}/cut`)}`],
      {
        encoding: 'utf8',
        env: { ...process.env, TSX_DISABLE_CACHE: '1' },
      },
    );
    expect(result.stderr).toMatch(sentence);
    expect(result.stderr).not.toMatch(/at .*:\d+:\d+/);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.status).toBe(2);
  });
});

describe('suppressions', () => {
  it('are counted and reported', async () => {
    const config = {
      suppress: [{ detection: 'scanner-image-pulled', where: { namespace: 'shop' }, reason: 'the weekly scan' }],
    };
    const { lines, stderr } = await call(['--config', file(JSON.stringify(config), 'c.json'), ...BUNDLED]);
    expect(lines().length).toBe(3);
    expect(stderr).toContain('4 sightings suppressed: the weekly scan\n');
  });

  it('are found in a cdk.json too', async () => {
    const context = { 'eks-detect': { detections: { 'pod-host-network': { impact: 100, confidence: 100 } } } };
    const config = file(JSON.stringify({ app: 'x', context }), 'cdk.json');
    const { lines } = await call(['--config', config, ...BUNDLED]);
    expect(lines().find(({ detection }) => detection === 'pod-host-network')).toMatchObject({
      severity: 'critical',
      risk: 100,
    });
  });
});

describe('speed', () => {
  it('reads ten thousand lines in a moment', async () => {
    const log = attackLog();
    const many = Array.from({ length: 10_000 }, (_, index) => log[index % log.length] as string);
    const taken = processorTime();
    const { stderr } = await call([...BASELINE, asFile(many)]);
    expect(stderr).toContain('10,000 records read: 10,000 events');
    expect(taken()).toBeLessThan(15_000);
  });
});

describe('hostile text', () => {
  const nasty = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eevil\u200b\r\n\t界';
  const records = [
    createPod(human(nasty, { agent: nasty }), pod({ hostNetwork: true }, { name: nasty })),
    ...Array.from({ length: 6 }, (_, index) =>
      audit({
        verb: 'get',
        by: nobody(nasty, nasty),
        code: 401,
        uri: `/${nasty}/${index}`,
        at: `2026-03-02T10:0${index}:00Z`,
      }),
    ),
    audit({ verb: 'get', by: human(), code: 403, uri: `/x?token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl` }),
  ].map((record) => JSON.stringify(record));
  /** Anything but printable characters, spaces and line breaks; colours are off. */
  const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

  it.each(['table', 'json', 'ocsf', 'asff'])('never reaches a terminal by %s', async (format) => {
    const { stdout, stderr } = await call(['--format', format, asFile(records)]);
    expect(stdout).toContain('evil');
    expect(stdout).not.toMatch(obeyed);
    expect(stderr).not.toMatch(obeyed);
    expect(stdout).not.toContain('eyJhbGci');
  });

  it.each([
    ['explain', asFile],
    ['replay', () => `/no/${nasty}`],
  ] as const)('never reaches it by %s', async (name, make) => {
    const { stdout, stderr } = await call([name, make(records)]);
    expect(stdout + stderr).toContain('evil');
    expect(stdout + stderr).not.toMatch(obeyed);
  });
});
