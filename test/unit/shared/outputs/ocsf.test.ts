import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DETECTIONS } from '../../../../shared/detections/index.ts';
import type { Finding } from '../../../../shared/findings/finding.ts';
import { PRODUCT, toOcsf } from '../../../../shared/outputs/ocsf/finding.ts';
import { GREATEST_SIZE, limitedSize, sizeOf } from '../../../../shared/outputs/ocsf/size.ts';
import type { AnyDetection } from '../../../../shared/sdk/detection.ts';
import { goldenEvents, PUBLISHED, SEED_IDS, seedFindings } from '../../../support/golden-events.ts';
import { largestFinding } from '../../../support/largest-finding.ts';
import { ocsfValidator } from '../../../support/ocsf-schema.ts';

const golden = await goldenEvents();
const samples = await seedFindings();
const anyDetection = DETECTIONS[0] as AnyDetection;

const validateOurs = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('docs/finding.schema.json', 'utf8')) as object,
);
const problemsOfOurs = (event: unknown): readonly string[] =>
  validateOurs(event)
    ? []
    : (validateOurs.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

/** The schema's own definition files: `git clone --branch 1.6.0 https://github.com/ocsf/ocsf-schema`. Not part of this repository. */
const problemsOfOcsf = ocsfValidator(process.env['OCSF_SCHEMA'] ?? '../shared/corpora/ocsf-1.6.0');

const told = (detection: AnyDetection, finding: Finding) =>
  (['created', 'updated', 'closed'] as const).map((change) =>
    toOcsf({ change, finding, reasons: change === 'updated' ? ['count reached 10'] : [] }, detection, PUBLISHED),
  );

const every = [
  ...samples.flatMap(([detection, , finding]) => told(detection, finding)),
  ...DETECTIONS.flatMap((detection) => told(detection, largestFinding(detection))),
];

describe('the golden events', () => {
  it.each(SEED_IDS)('%s is what a consumer was promised', async (id) => {
    // After a change that is meant: npm test -- test/unit/shared/outputs/ocsf.test.ts test/unit/shared/outputs/asff.test.ts -u
    await expect(`${JSON.stringify(golden.get(id), null, 2)}\n`).toMatchFileSnapshot(
      `../../../golden/${id}.event.json`,
    );
  });
});

describe('every event', () => {
  it('validates against the committed schema', () => {
    expect(every.flatMap(problemsOfOurs)).toEqual([]);
  });

  it.skipIf(problemsOfOcsf === undefined)('validates against the definition files of OCSF 1.6.0', () => {
    expect(every.flatMap((event) => problemsOfOcsf?.(event) ?? [])).toEqual([]);
  });

  it('is below the size that the bus takes', () => {
    expect(Math.max(...every.map(sizeOf))).toBeLessThanOrEqual(GREATEST_SIZE);
  });
});

describe('the committed schema', () => {
  const event = golden.get('pod-host-network')?.detail;

  it.each([
    ['an unknown attribute', { ...event, colour: 'red' }],
    ['a severity that does not exist', { ...event, severity_id: 9 }],
    ['a missing finding', { ...event, finding_info: undefined }],
    ['evidence that tells no time', { ...event, evidences: [{ data: {} }] }],
  ])('refuses %s', (_what, wrong) => {
    expect(problemsOfOurs(JSON.parse(JSON.stringify(wrong)))).not.toEqual([]);
  });

  it.skipIf(problemsOfOcsf === undefined)('is held against definition files that refuse the same and more', () => {
    const wrongs = [
      { ...event, colour: 'red' },
      { ...event, severity_id: 9 },
      { ...event, severity: 'Low' },
      { ...event, time: '2026-03-02' },
      { ...event, osint: [] },
      { ...event, evidences: [{ src_endpoint: { location: {} } }] },
      { ...event, observables: [{ name: 'a', type_id: 28 }] },
      { ...event, cloud: undefined },
      { ...event, finding_info: { uid: 'a', attacks: [{}] } },
    ];
    expect(wrongs.filter((wrong) => problemsOfOcsf?.(JSON.parse(JSON.stringify(wrong)))?.length === 0)).toEqual([]);
  });
});

describe('a finding as OCSF', () => {
  const finding = samples[0]?.[2] as Finding;
  const [created, updated, closed] = told(samples[0]?.[0] as AnyDetection, finding);

  it('names its product and version as package.json does', () => {
    const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string; version: string };
    expect(PRODUCT).toMatchObject({ name, version });
  });

  it('tells creation, update and closing apart', () => {
    expect([created, updated, closed].map((event) => [event?.activity_id, event?.type_uid, event?.status])).toEqual([
      [1, 200401, 'New'],
      [2, 200402, 'New'],
      [3, 200403, 'Deleted'],
    ]);
    expect(updated?.unmapped.changes).toEqual(['count reached 10']);
    expect([created, closed].map((event) => event?.is_alert)).toEqual([true, false]);
  });

  it('shows where a source is', () => {
    expect(golden.get('access-scanning')?.detail.evidences[0]?.src_endpoint).toEqual({
      ip: '203.0.113.66',
      location: { country: 'NL', city: 'Amsterdam' },
    });
  });

  it('joins to CloudTrail by session and key', () => {
    const [evidence] = golden.get('pod-host-network')?.detail.evidences ?? [];
    expect(evidence?.actor?.session).toEqual({
      uid: 'alice@example.com',
      issuer: 'arn:aws:iam::111122223333:role/team-alice',
      credential_uid: 'ASIAIOSFODNN7EXAMPLE',
    });
  });

  it('has no user where the API server learned no name', () => {
    expect(golden.get('access-scanning')?.detail.evidences.every(({ actor }) => actor === undefined)).toBe(true);
  });

  it('says the least that a capped count can be, and that it is capped', () => {
    const [event] = told(anyDetection, { ...finding, count: '1000+' });
    expect([event?.count, event?.unmapped.count]).toEqual([1000, '1000+']);
  });

  it('takes a record whose address is none', () => {
    const [piece] = finding.evidence;
    const strange = { ...finding, evidence: [{ ...piece, address: 'not an address' }] } as Finding;
    const [event] = told(anyDetection, strange);
    expect(event?.evidences[0]?.src_endpoint).toEqual({ name: 'not an address' });
    expect(event?.observables.filter(({ type_id }) => type_id === 2)).toEqual([]);
  });
});

describe('an event that is too large', () => {
  const largest = told(anyDetection, largestFinding(anyDetection))[0] as NonNullable<ReturnType<typeof told>[0]>;

  it('says so, and keeps its evidence longest', () => {
    expect(largest.metadata.is_truncated).toBe(true);
    expect(largest.metadata.untruncated_size).toBeGreaterThan(GREATEST_SIZE);
    expect(largest.evidences.length).toBeGreaterThan(1);
  });

  it('is cut to whatever size is asked for, down to one piece of evidence', () => {
    const least = sizeOf(limitedSize(largest, 0));
    fc.assert(
      fc.property(fc.integer({ min: least, max: GREATEST_SIZE }), (greatest) => {
        const event = limitedSize(largest, greatest);
        expect(sizeOf(event)).toBeLessThanOrEqual(greatest);
        expect(event.evidences.length).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
    expect(least).toBeLessThan(GREATEST_SIZE / 3);
  });
});
