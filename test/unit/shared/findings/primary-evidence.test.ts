import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { located } from '../../../../functions/aws/geoip.ts';
import { gather } from '../../../../shared/aggregates/gathering.ts';
import { bestEvidence } from '../../../../shared/aggregates/samples.ts';
import minted, { examples } from '../../../../shared/detections/credential-access/minted-token-used-elsewhere.ts';
import deniedBurst from '../../../../shared/detections/discovery/denied-burst.ts';
import { createEngine } from '../../../../shared/engine/engine.ts';
import { ruleOf } from '../../../../shared/engine/rule.ts';
import { parseRecord } from '../../../../shared/events/parse.ts';
import type { Finding } from '../../../../shared/findings/finding.ts';
import { createMemoryStore } from '../../../../shared/findings/memory-store.ts';
import { toAsff } from '../../../../shared/outputs/asff/finding.ts';
import { toOcsf } from '../../../../shared/outputs/ocsf/finding.ts';
import { reference } from '../../../../shared/primitives/digest.ts';
import { HOUR } from '../../../../shared/primitives/time.ts';
import type { AnyDetection } from '../../../../shared/sdk/detection.ts';
import { audit, human } from '../../../../shared/sdk/examples.ts';
import { locateExample } from '../../../support/example-places.ts';

const findingOf = async (detection: AnyDetection, records: readonly unknown[]): Promise<Finding> => {
  const engine = createEngine([ruleOf(detection)]);
  const store = createMemoryStore();
  for (const record of records) {
    const event = parseRecord(JSON.stringify(record), {
      cluster: 'prod',
      account: '111122223333',
      region: 'eu-west-1',
    });
    if (event.source === 'rejected') throw new Error(event.reason);
    await store.merge(gather(engine.detect(event).sightings));
  }
  return located(store.findings(0)[0] as Finding, locateExample);
};

describe('a token that is used elsewhere', () => {
  const foreign = ['192.0.2.6', '192.0.2.7'];

  it.each(foreign)('shows the foreign use from %s, not the person who minted it', async (ip) => {
    const example =
      examples().fires[
        `A token of service account shop/web was used from ${ip}` as keyof ReturnType<typeof examples>['fires']
      ];
    const finding = await findingOf(minted, example);
    expect(finding.summary).toBe(`A token of service account shop/web was used from ${ip} (BR)`);
    expect(finding.source).toMatchObject({ ip, country: 'BR' });
    expect(finding.actor?.user).toBe('system:serviceaccount:shop:web');
    expect(finding.actorDrilldown).toContain('JTI=9b1f5c1e-0f4e-4a4e-8b0e-0c9a1c7e5f21');
    expect(finding.actorDrilldown).not.toMatch(/alice|bob/);

    const event = toOcsf({ change: 'created', finding, reasons: [] }, minted, Date.UTC(2026, 2, 3));
    expect(event.message).toBe(finding.summary);
    expect(event.evidences[0]).toMatchObject({
      actor: { user: { name: 'system:serviceaccount:shop:web' } },
      src_endpoint: { ip, location: { country: 'BR' } },
    });
    const asff = toAsff(event, { account: '111122223333', region: 'eu-west-1' });
    expect(asff.Network).toEqual({ Direction: 'IN', SourceIpV4: ip });
    expect(asff.ProductFields['eks-detect/actor/user']).toBe('system:serviceaccount:shop:web');
    // The person who minted the token remains among the evidence.
    expect(JSON.stringify(finding.evidence)).toMatch(/"user":"(?:alice|bob)"/);
  });
});

describe('evidence of a threshold of distinct values', () => {
  it('shows different values, however often one comes back', async () => {
    const asked = (resource: string, seconds: number) =>
      audit({
        verb: 'list',
        by: human('mallory'),
        resource,
        namespace: 'default',
        code: 403,
        at: new Date(Date.UTC(2026, 2, 2, 10, 0, seconds)).toISOString(),
      });
    const kinds = [
      'pods',
      'secrets',
      'services',
      'endpoints',
      'events',
      'nodes',
      'jobs.batch',
      'leases',
      'roles',
      'limits',
      'quotas',
    ];
    const again = Array.from({ length: 10 }, (_, index) => asked('pods', index));
    const { evidence } = await findingOf(deniedBurst, [
      ...again,
      ...kinds.map((kind, index) => asked(kind, 20 + index)),
    ]);
    expect(evidence.map(({ object }) => object)).toEqual(['pods default', 'secrets default', 'services default']);
  });

  const { windowing } = ruleOf(minted);
  const piece = fc
    .record({ time: fc.nat(72), value: fc.nat(6), stage: fc.nat(2) })
    .map(({ time, value, stage }) => `${reference(time * HOUR, 'value', String(value))} 90×80 {"stage":"${stage}"}`);
  const pieces = fc.array(piece, { maxLength: 40 });

  it('is the same in whatever pieces it arrives', () => {
    fc.assert(
      fc.property(pieces, pieces, (some, others) => {
        const whole = bestEvidence(windowing, new Set([...some, ...others]));
        const inPieces = bestEvidence(
          windowing,
          new Set([...bestEvidence(windowing, some), ...bestEvidence(windowing, others)]),
        );
        expect(inPieces).toEqual(whole);
      }),
      { numRuns: 1_000 },
    );
  });
});
