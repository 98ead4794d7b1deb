import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { cut, widthOfText, wrapped } from '../../../../functions/cli/output/width.ts';
import { createPod, human, pod } from '../../../../shared/sdk/examples.ts';
import { call, file } from '../../../support/terminal.ts';

const SEEDS = ['--detections', 'access-scanning,scanner-image-pulled,image-first-seen,pod-host-network'];
const BUNDLED = [...SEEDS, '--baseline', 'docs/baseline.jsonl.gz', '--cluster', 'shop-prod', 'docs/attack.jsonl.gz'];
const onTerminal = (columns: number, args = BUNDLED, env = {}) => call(args, { isTTY: true, columns, env });
const linesOf = (text: string) => stripVTControlCharacters(text).split('\n');
const joined = (text: string) => stripVTControlCharacters(text).replace(/\s+/g, ' ');

const longNames = (name: string) => {
  const record = createPod(
    human(`${name}${name}`),
    pod({ hostNetwork: true }, { name: name.repeat(4), namespace: name }),
  );
  return file(`${JSON.stringify(record)}\n`);
};

describe.each([30, 60, 80, 109, 110, 140, 200, 400])('at %i columns', (columns) => {
  it('says of each finding how bad, what, who, from where, how often and when', async () => {
    const { stdout } = await onTerminal(columns);
    const text = joined(stdout);
    for (const severity of ['critical', 'medium', 'low']) expect(text.toLowerCase()).toContain(severity);
    expect(text).toMatch(/API server scanned/);
    expect(text).toMatch(/Pod on the host network/);
    for (const part of [
      'nobody',
      'bob',
      '109.70.100.23',
      '198.51.100.77',
      '37',
      '2026-11-12',
      '09:12:01',
      'to 09:16:51',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('has no line that is longer than the terminal', async () => {
    const { stdout } = await onTerminal(columns);
    expect(Math.max(...linesOf(stdout).map(widthOfText))).toBeLessThanOrEqual(columns);
  });

  it.each(['namespace-with-a-very-long-name-that-goes-on-', '名前空間', '👩‍💻🏳️‍🌈', 'é́́'])(
    'is not wrecked by %s',
    async (name) => {
      const { stdout } = await onTerminal(columns, ['--detections', 'pod-host-network', longNames(name)]);
      expect(Math.max(...linesOf(stdout).map(widthOfText))).toBeLessThanOrEqual(columns);
      expect(joined(stdout)).toContain('Pod on the host network');
    },
  );
});

describe('colours', () => {
  it('are for terminals', async () => {
    expect((await onTerminal(120)).stdout).toContain('\u001b[');
    expect((await call(['--format', 'table', ...BUNDLED])).stdout).not.toContain('\u001b[');
  });

  it('are not for those who want none', async () => {
    expect((await onTerminal(120, BUNDLED, { NO_COLOR: '1' })).stdout).not.toContain('\u001b[');
    expect((await onTerminal(120, BUNDLED, { TERM: 'dumb' })).stdout).not.toContain('\u001b[');
    expect((await call(['--format', 'table', ...BUNDLED], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[');
  });
});

describe('without findings', () => {
  it('is nothing on standard output, and a sentence beside it', async () => {
    const { stdout, stderr } = await onTerminal(80, [
      ...['--detections', 'pod-host-network'],
      file(JSON.stringify(createPod(human(), pod({})))),
    ]);
    expect([stdout, stderr]).toEqual([
      '',
      '0 findings.\n1 record read: 1 event, from 2026-03-02 10:15:00 to 2026-03-02 10:15:00 UTC.\n',
    ]);
  });
});

describe('several clusters', () => {
  it('are told apart', async () => {
    const of = (cluster: string) => ({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: `/aws/eks/${cluster}/cluster`,
      logStream: 's',
      logEvents: [{ id: '1', timestamp: 1, message: JSON.stringify(createPod(human(), pod({ hostNetwork: true }))) }],
    });
    const text = `${JSON.stringify(of('prod'))}\n${JSON.stringify(of('staging'))}\n`;
    const { stdout } = await onTerminal(140, ['--detections', 'pod-host-network', file(text)]);
    for (const cluster of ['prod', 'staging']) expect(joined(stdout)).toContain(`cluster ${cluster}`);
  });
});

describe('list', () => {
  it.each([40, 80, 120, 200])('fits into %i columns', async (columns) => {
    const { stdout } = await onTerminal(columns, ['list']);
    expect(stdout).toContain('access-scanning');
    if (columns >= 80) expect(Math.max(...linesOf(stdout).map(widthOfText))).toBeLessThanOrEqual(columns);
  });

  it('is JSON elsewhere, as the configuration leaves it', async () => {
    const config = file(
      JSON.stringify({ detections: { 'pod-host-network': { enabled: false, confidence: 100 } } }),
      'c.json',
    );
    const found = (await call(['list', '--config', config])).lines().find(({ id }) => id === 'pod-host-network');
    expect(found).toMatchObject({ enabled: false, risk: 70, severity: 'high', tactic: 'privilege-escalation' });
  });
});

describe('text', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['👩‍💻', 2],
    ['', 0],
  ])('%s is %i wide', (text, width) => {
    expect(widthOfText(text)).toBe(width);
  });

  it('is cut to a width, never through a character', () => {
    expect([cut('abcdef', 6), cut('abcdef', 5), cut('日本語', 5), cut('👩‍💻👩‍💻', 3)]).toEqual([
      'abcdef',
      'abcd…',
      '日本…',
      '👩‍💻…',
    ]);
  });

  it('is wrapped at spaces, else inside words, else cut', () => {
    expect(wrapped('one two three', 8, 4)).toEqual(['one two', 'three']);
    expect(wrapped('abcdefghijkl', 5, 4)).toEqual(['abcde', 'fghij', 'kl']);
    expect(wrapped('registry.example.com/team/api', 22, 4)).toEqual(['registry.example.com/', 'team/api']);
    expect(wrapped('one two three four', 5, 2)).toEqual(['one', 'two…']);
    expect(wrapped('', 5, 2)).toEqual([]);
  });
});
