import { describe, expect, it } from 'vitest';
import { notSelected } from '../../../../functions/cli/commands/verdict.ts';
import { DEFAULT_CONFIG, rulesOf } from '../../../../shared/config/config.ts';
import { DETECTIONS } from '../../../../shared/detections/index.ts';
import { createEngine } from '../../../../shared/engine/engine.ts';
import { selects } from '../../../../shared/engine/selection.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import { audit, createPod, human, kubernetesEvent, nobody, pod } from '../../../../shared/sdk/examples.ts';
import { detectionFiles, loadDetection } from '../../../support/detection-files.ts';
import { call, file } from '../../../support/terminal.ts';

const asFile = (records: readonly object[]) => file(`${records.map((record) => JSON.stringify(record)).join('\n')}\n`);

describe('the reason why an event is not for a rule', () => {
  const engine = createEngine(rulesOf(DETECTIONS, DEFAULT_CONFIG));

  it.each(detectionFiles())('agrees with the engine on the examples of %s', async (name) => {
    const { fires, silent } = await loadDetection(name);
    for (const record of [fires, silent].flatMap((kind) => Object.values(kind)).flat()) {
      const whole = JSON.stringify(record);
      for (const text of [whole, `${whole.slice(0, -whole.length / 5)}[Truncated...]`]) {
        const event = parseRecord(text, { cluster: 'example' });
        if (event.source === 'rejected') continue;
        if (event.source !== 'audit') continue;
        const selecting = engine
          .selected(event.verb, event.object.resource, event.object.subresource)
          .filter((candidate) => selects(candidate, event));
        const explained = engine.rules.filter((rule) => notSelected(rule, event) === undefined);
        expect(explained).toEqual([...new Set(selecting.map(({ rule }) => rule))]);
      }
    }
  });
});

const explain = async (records: readonly object[], ...args: string[]) => {
  const { code, stdout } = await call(['explain', ...args, asFile(records)], { columns: 400 });
  expect(code).toBe(0);
  return stdout;
};

describe('explain', () => {
  it('says what fired, and of whom the event is', async () => {
    const text = await explain([createPod(human(), pod({ hostNetwork: true }))], '--detections', 'pod-host-network');
    expect(text).toMatch(/alice create pods default\/web: succeeded \(201\), 2026-03-02 10:15:00 UTC/);
    expect(text).toContain('fired: pod-host-network: alice ran pod default/web on the host network (one is enough)');
  });

  it.each<[string, object, string]>([
    [
      'verb',
      audit({ verb: 'get', by: human(), resource: 'pods' }),
      'looks at create, update, patch, and the verb is get',
    ],
    ['resource', audit({ verb: 'create', by: human(), resource: 'secrets' }), 'and this is about secrets'],
    [
      'outcome',
      audit({ verb: 'create', by: human(), resource: 'pods', stage: 'RequestReceived' }),
      'looks at requests that succeeded, were denied, failed, and this one had only begun',
    ],
    [
      'actor',
      audit({
        verb: 'create',
        by: { ...human(), user: { username: 'eks:addon-manager' } },
        resource: 'pods',
      }),
      'is not about callers such as eks:addon-manager',
    ],
    [
      'body',
      audit({ verb: 'create', by: human(), resource: 'pods', level: 'Metadata' }),
      'it needs the body of the request, and at level Metadata there is none',
    ],
    ['match', createPod(human(), pod({})), 'no: pod-host-network looked at it and did not match'],
    [
      'dry run',
      createPod(human(), pod({ hostNetwork: true }), { query: 'dryRun=All' }),
      'leaves dry runs out, and this is one',
    ],
    ['kind', kubernetesEvent({ reason: 'Pulling', message: '' }), 'reads audit events, and this is a Kubernetes Event'],
  ])('says why not: %s', async (_selector, record, reason) => {
    expect(await explain([record], '--detections', 'pod-host-network')).toContain(reason);
  });

  it('counts towards a threshold', async () => {
    const probe = (index: number) => audit({ verb: 'get', by: nobody(), code: 401, uri: `/${index}` });
    const text = await explain(
      Array.from({ length: 6 }, (_, index) => probe(index)),
      '--detections',
      'access-scanning',
    );
    expect(text).toContain(
      'counted: access-scanning: 203.0.113.66 probed the API server without credentials (5 different within 60 minutes; more than 5 open a finding)',
    );
    expect(text).toContain(
      'fired: access-scanning: 203.0.113.66 probed the API server without credentials (6 different within 60 minutes; more than 5 open a finding)',
    );
  });

  it('says since when something is known', async () => {
    const at = (time: string) => createPod(human(), pod({}), { at: time });
    const args = ['--detections', 'image-first-seen'];
    const [later, before] = [at('2026-03-02T10:00:00Z'), at('2026-02-10T10:00:00Z')];
    expect(await explain([later], ...args)).toMatch(/fired: image-first-seen: .*\(not seen before\)/);
    expect(await explain([later], ...args, '--baseline', asFile([before]))).toContain(
      '(the baseline knows it from 2026-02-10)',
    );
    expect(await explain([before, later], ...args)).toContain('(seen since 2026-02-10T10:00Z)');
  });

  it('says what is suppressed and why', async () => {
    const suppress = [{ detection: '*', where: { user: 'al*' }, reason: 'alice may' }];
    const config = file(JSON.stringify({ suppress }), 'c.json');
    const text = await explain([createPod(human(), pod({ hostNetwork: true }))], '--config', config);
    expect(text).toContain('suppressed: pod-host-network matched; alice may');
  });

  it('sums up what is not about such events, and says all where that is asked for', async () => {
    const record = createPod(human(), pod({}));
    expect(await explain([record])).toMatch(/not about such events: .*\d+ by resource/);
    const all = await explain([record], '--all');
    for (const { detection } of rulesOf(DETECTIONS, DEFAULT_CONFIG)) expect(all).toContain(detection.id);
  });

  it('stops in time, and says so', async () => {
    const path = asFile(Array.from({ length: 5 }, () => createPod(human(), pod({}))));
    const { stdout, stderr } = await call(['explain', '--limit', '3', path]);
    expect(stdout.match(/alice create/g)?.length).toBe(3);
    expect(stderr).toBe('Stopped after 3 events; --limit explains more.\n');
  });

  it('says what is no event, and ends with 2 for a file that is none', async () => {
    expect(await explain([{ kind: 0 }])).toContain('no event\n  rejected: not an event');
    expect((await call(['explain', '/nowhere'])).code).toBe(2);
  });
});
