import type { SQSEvent, SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deliver } from '../../../functions/deliver/handler.ts';
import type { SecurityHub } from '../../../functions/deliver/security-hub.ts';
import type { AsffFinding } from '../../../shared/outputs/asff/security-finding.ts';
import type { DetectionFinding } from '../../../shared/outputs/ocsf/event.ts';
import { envelope, goldenEvents } from '../../support/golden-events.ts';

const golden = [...(await goldenEvents()).values()];
const first = golden[0]?.detail as DetectionFinding;

/** The golden event as if it were about another finding, or told at another time. */
const variant = (uid: string, parts: Partial<DetectionFinding> = {}): DetectionFinding => ({
  ...first,
  finding_info: { ...first.finding_info, uid },
  ...parts,
});

const message = (messageId: string, body: unknown): SQSRecord =>
  ({ messageId, body: typeof body === 'string' ? body : JSON.stringify(body) }) as SQSRecord;
const batch = (count: number): SQSEvent => ({
  Records: Array.from({ length: count }, (_, index) => message(`m${index}`, envelope(variant(`finding-${index}`)))),
});

/** A Security Hub that refuses the findings that `refuse` names, and remembers what it was given. */
const hubOf = (refuse: (finding: AsffFinding) => string | undefined = () => undefined) => {
  const calls: AsffFinding[][] = [];
  const hub: SecurityHub = {
    import: async (findings) => {
      calls.push(findings);
      return findings.flatMap((finding) => {
        const ErrorCode = refuse(finding);
        return ErrorCode === undefined ? [] : [{ Id: finding.Id, ErrorCode, ErrorMessage: 'no' }];
      });
    },
  };
  return { hub, calls };
};

const named = (name: string, text = 'no'): Error => Object.assign(new Error(text), { name });
const failing = (error: Error): SecurityHub => ({ import: () => Promise.reject(error) });
const failures = (response: Awaited<ReturnType<typeof deliver>>) =>
  response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => vi.restoreAllMocks());
const logged = (): Record<string, unknown> => JSON.parse(lines[0] ?? '{}');

describe('deliver', () => {
  it('imports every golden event', async () => {
    const { hub, calls } = hubOf();
    const records = golden.map((event, index) => message(`m${index}`, event));
    expect(failures(await deliver({ Records: records }, hub))).toEqual([]);
    expect(calls.flat().map(({ GeneratorId }) => GeneratorId)).toEqual([
      'eks-detect/access-scanning',
      'eks-detect/scanner-image-pulled',
      'eks-detect/image-first-seen',
      'eks-detect/pod-host-network',
    ]);
    expect(logged()).toMatchObject({ Imported: 4 });
  });

  it('sends findings to the product of the partition that it runs in', async () => {
    const { hub, calls } = hubOf();
    await deliver(batch(1), hub, 'aws-xx');
    expect(calls.flat().map(({ ProductArn }) => ProductArn.split(':')[1])).toEqual(['aws-xx']);
  });

  it('sends a hundred findings a call', async () => {
    const { hub, calls } = hubOf();
    await deliver(batch(230), hub);
    expect(calls.map(({ length }) => length)).toEqual([100, 100, 30]);
  });

  it('imports the latest of several events about one finding, and its fate is theirs', async () => {
    const Records = [
      message('new', envelope(variant('a', { time: first.time + 5, message: 'new' }))),
      message('old', envelope(variant('a', { message: 'old' }))),
      message('other', envelope(variant('b'))),
    ];
    const { hub, calls } = hubOf((finding) => (finding.Id.endsWith('/a') ? 'InternalException' : undefined));
    expect(failures(await deliver({ Records }, hub))).toEqual(['new', 'old']);
    expect(calls.flat().map(({ Description }) => Description.split('.')[0])).toEqual(['new', expect.any(String)]);
  });

  it('gives back what was refused, for the queue to try again and at last to keep', async () => {
    const { hub } = hubOf((finding) => (finding.Id.endsWith('finding-3') ? 'InvalidInput' : undefined));
    expect(failures(await deliver(batch(10), hub))).toEqual(['m3']);
    expect(logged()).toMatchObject({ Imported: 9, Failed: 1, problems: ['Message m3: InvalidInput: no'] });
  });

  it.each([
    'ThrottlingException',
    'LimitExceededException',
    'InternalException',
    'AccessDeniedException',
    'TimeoutError',
  ])('gives everything back after %s', async (name) => {
    expect(failures(await deliver(batch(3), failing(named(name))))).toEqual(['m0', 'm1', 'm2']);
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET'])(
    'gives everything back when the network fails with %s',
    async (code) => {
      const error = Object.assign(new Error(`getaddrinfo ${code} securityhub.eu-west-1.amazonaws.com`), { code });
      expect(failures(await deliver(batch(3), failing(error)))).toEqual(['m0', 'm1', 'm2']);
      expect(logged()).toMatchObject({ Failed: 3 });
      expect(logged()).not.toHaveProperty('SecurityHubOff');
    },
  );

  it('holds back the one finding that spoils a call, and no other', async () => {
    const calls: number[] = [];
    const hub: SecurityHub = {
      import: async (findings) => {
        calls.push(findings.length);
        if (findings.some(({ Id }) => Id.endsWith('finding-42'))) throw named('InvalidInputException', 'bad finding');
        return [];
      },
    };
    expect(failures(await deliver(batch(100), hub))).toEqual(['m42']);
    expect(calls.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(100)) + 1);
    expect(logged()).toMatchObject({ Imported: 99, Failed: 1 });
  });

  it.each([
    '',
    'not json',
    '{}',
    '[]',
    'null',
    '{"detail":{}}',
    '{"account":"1","region":"r","detail":{"finding_info":{}}}',
  ])('gives back a message that holds no finding: %s', async (body) => {
    const { hub, calls } = hubOf();
    const { Records } = batch(1);
    expect(failures(await deliver({ Records: [message('bad', body), ...Records] }, hub))).toEqual(['bad']);
    expect(calls.flat()).toHaveLength(1);
    expect(logged()).toMatchObject({ Unreadable: 1 });
  });

  it('neither loses nor invents a message, whatever is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 150 }), async (refused) => {
        const { hub, calls } = hubOf((finding) => (refused[Number(finding.Id.split('-').at(-1))] ? 'No' : undefined));
        const failed = failures(await deliver(batch(refused.length), hub));
        expect(failed).toEqual(refused.flatMap((is, index) => (is ? [`m${index}`] : [])));
        expect(calls.flat()).toHaveLength(refused.length);
      }),
      { numRuns: 20 },
    );
  });
});

describe('where Security Hub is off', () => {
  const text = 'Account 111122223333 is not subscribed to AWS Security Hub';
  const worlds: readonly (readonly [string, SecurityHub])[] = [
    ['the call is refused', failing(named('InvalidAccessException', text))],
    ['each finding is refused', hubOf(() => 'InvalidAccess').hub],
  ];

  it.each(worlds)('messages are done with and counted, and nothing has failed: %s', async (_form, hub) => {
    expect(failures(await deliver(batch(150), hub))).toEqual([]);
    expect(logged()).toMatchObject({ SecurityHubOff: 150 });
    for (const name of ['Imported', 'Failed', 'problems']) expect(logged()).not.toHaveProperty(name);
  });

  it.each(worlds)('it is said once, in a sentence: %s', async (_form, hub) => {
    vi.resetModules();
    const fresh = (await import('../../../functions/deliver/handler.ts')).deliver;
    await fresh(batch(100), hub);
    await fresh(batch(100), hub);
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([
      expect.stringMatching(/^Security Hub CSPM takes no findings .*Enable it.*InvalidAccess/),
    ]);
  });

  it('other refusals in the same answer are tried again', async () => {
    const codes = ['InvalidAccess', 'InternalException', undefined];
    const { hub } = hubOf((finding) => codes[Number(finding.Id.split('-').at(-1)) % 3]);
    expect(failures(await deliver(batch(6), hub))).toEqual(['m1', 'm4']);
    expect(logged()).toMatchObject({ Imported: 2, Failed: 2, SecurityHubOff: 2 });
  });
});
