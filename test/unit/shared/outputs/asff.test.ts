import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import { DETECTIONS } from '../../../../shared/detections/index.ts';
import type { Finding } from '../../../../shared/findings/finding.ts';
import { toAsff } from '../../../../shared/outputs/asff/finding.ts';
import { cut } from '../../../../shared/outputs/asff/limits.ts';
import type { AsffFinding } from '../../../../shared/outputs/asff/security-finding.ts';
import { toOcsf } from '../../../../shared/outputs/ocsf/finding.ts';
import type { AnyDetection } from '../../../../shared/sdk/detection.ts';
import { ACCOUNT, goldenEvents, PUBLISHED, REGION, SEED_IDS, seedFindings } from '../../../support/golden-events.ts';
import { largestFinding } from '../../../support/largest-finding.ts';

/** Bytes of one finding. Source: Security Hub partner guide, "Guidelines for using the BatchImportFindings API". */
const GREATEST_FINDING = 240_000;

const RECEIVER = { account: ACCOUNT, region: REGION };
const samples = await seedFindings();
const golden = await goldenEvents();

const asffOf = (
  detection: AnyDetection,
  finding: Finding,
  time = PUBLISHED,
  change: 'created' | 'closed' = 'created',
) => toAsff(toOcsf({ change, finding, reasons: [] }, detection, time), RECEIVER);

/** The service's own type: this line compiles only while what we make is what the client takes. */
const taken = (finding: AsffFinding): AwsSecurityFinding => finding;

/** Longest texts, in characters, by path. Source: the length constraints of the API reference, which the client's types repeat. */
const LONGEST: Readonly<Record<string, number>> = {
  Id: 512,
  ProductArn: 2048,
  ProductName: 128,
  CompanyName: 128,
  GeneratorId: 512,
  Title: 256,
  Description: 1024,
  'Remediation.Recommendation.Text': 512,
  'FindingProviderFields.Severity.Original': 64,
  'Resources.Type': 256,
  'Resources.Id': 512,
  'Resources.Region': 16,
};

const TIMES = ['CreatedAt', 'UpdatedAt', 'FirstObservedAt', 'LastObservedAt'] as const;

/** Namespaces and categories of the taxonomy that findings may name. Source: Security Hub user guide, "Types taxonomy for ASFF". */
const TYPES = [
  ...[
    'Initial Access',
    'Execution',
    'Persistence',
    'Privilege Escalation',
    'Defense Evasion',
    'Credential Access',
    'Discovery',
    'Lateral Movement',
    'Collection',
  ].map((tactic) => `TTPs/${tactic}`),
  'Effects',
  'Effects/Data Destruction',
  'Effects/Denial of Service',
  'Effects/Resource Consumption',
  'Unusual Behaviors/Container',
  'Unusual Behaviors/IP address',
  'Unusual Behaviors/User',
];

const at = (value: unknown, path: string): readonly unknown[] =>
  path
    .split('.')
    .reduce<readonly unknown[]>(
      (values, key) => values.flatMap((one) => (one as Record<string, unknown>)[key] ?? []),
      [value],
    );

/** One sentence for each limit of the service that a finding breaks. */
const problemsOf = (finding: AsffFinding): readonly string[] => {
  const problems: string[] = [];
  const holds = (condition: boolean, sentence: string) => {
    if (!condition) problems.push(sentence);
  };
  for (const [path, longest] of Object.entries(LONGEST)) {
    const texts = at(finding, path);
    holds(texts.length > 0, `${path} is missing`);
    for (const text of texts) {
      holds(typeof text === 'string' && text.length >= 1, `${path} is empty`);
      holds(String(text).length <= longest, `${path} is longer than ${longest}`);
    }
  }
  for (const name of TIMES) {
    holds(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(finding[name]), `${name} is no ISO 8601 time`);
  }
  const { ProductFields: fields, Resources: resources, FindingProviderFields: provided } = finding;
  holds(Object.keys(fields).length <= 50, 'more than 50 product fields');
  for (const [key, value] of Object.entries(fields)) {
    holds(key.length <= 128 && !key.startsWith('aws/'), `product field ${key} has a bad name`);
    holds(value.length >= 1 && value.length <= 2048, `product field ${key} is empty or too long`);
  }
  holds(resources.length >= 1 && resources.length <= 32, 'not 1 to 32 resources');
  for (const { Details = {} } of resources) {
    for (const text of Object.values(Details).flatMap((details) => Object.values(details ?? {}))) {
      holds(text.length >= 1 && text.length <= 1024, 'a resource detail is empty or too long');
    }
  }
  holds(/^\d{12}$/.test(finding.AwsAccountId), 'AwsAccountId is no account');
  holds(provided.Types.length >= 1 && provided.Types.length <= 50, 'not 1 to 50 types');
  for (const type of provided.Types) holds(TYPES.includes(type), `${type} is not in the taxonomy`);
  for (const own of ['Severity', 'Types', 'Confidence', 'Criticality', 'Workflow', 'Note', 'VerificationState']) {
    holds(!(own in finding), `${own} belongs to whoever works on the finding`);
  }
  holds(Buffer.byteLength(JSON.stringify(finding)) <= GREATEST_FINDING, 'larger than 240 KB');
  return problems;
};

describe('the golden findings', () => {
  it.each(SEED_IDS)('%s is what Security Hub was promised', async (id) => {
    const finding = toAsff(golden.get(id)?.detail as never, RECEIVER);
    // After a change that is meant: npm test -- test/unit/shared/outputs/ocsf.test.ts test/unit/shared/outputs/asff.test.ts -u
    await expect(`${JSON.stringify(taken(finding), null, 2)}\n`).toMatchFileSnapshot(`../../../golden/${id}.asff.json`);
  });
});

describe('every finding keeps the limits of the service', () => {
  it.each(samples.map(([detection, summary, finding]) => [summary, detection, finding] as const))(
    '%s',
    (_summary, detection, finding) => {
      expect(problemsOf(asffOf(detection, finding))).toEqual([]);
    },
  );

  it.each(DETECTIONS.map((detection) => [detection.id, detection] as const))('%s at its largest', (_id, detection) => {
    expect(problemsOf(asffOf(detection, largestFinding(detection)))).toEqual([]);
  });

  it('and would be told where it did not', () => {
    const [detection, , finding] = samples[0] as (typeof samples)[0];
    const broken = { ...asffOf(detection, finding), Title: 'x'.repeat(257), Severity: {}, ProductFields: { '': '' } };
    expect(problemsOf(broken)).toHaveLength(3);
  });
});

describe('a finding in Security Hub', () => {
  const of = (id: string) => toAsff(golden.get(id)?.detail as never, RECEIVER);
  const [detection, , finding] = samples[0] as (typeof samples)[0];

  it('keeps its id and its time of creation when late events move its beginning', () => {
    const before = asffOf(detection, finding);
    const after = asffOf(detection, { ...finding, firstSeen: '2026-03-02T00:10:00.000Z' }, PUBLISHED + 60_000);
    expect([after.Id, after.CreatedAt]).toEqual([before.Id, before.CreatedAt]);
    expect(after.FirstObservedAt < before.FirstObservedAt).toBe(true);
    expect(after.UpdatedAt > before.UpdatedAt).toBe(true);
  });

  it('is archived when it is closed', () => {
    expect(asffOf(detection, finding, PUBLISHED, 'closed').RecordState).toBe('ARCHIVED');
  });

  it('is about the cluster, the container, and the role and key that acted', () => {
    expect(of('scanner-image-pulled').Resources.map(({ Type }) => Type)).toEqual([
      'AwsEksCluster',
      'Container',
      'Other',
      'AwsIamRole',
      'AwsIamAccessKey',
    ]);
  });

  it('names each resource once, however many records name it', () => {
    const twice = { ...finding, evidence: [...finding.evidence, ...finding.evidence] };
    expect(asffOf(detection, twice).Resources).toEqual(asffOf(detection, finding).Resources);
  });

  it('has the types of its tactic and of what is unusual', () => {
    expect(of('access-scanning').FindingProviderFields.Types).toEqual([
      'TTPs/Discovery',
      'Unusual Behaviors/IP address',
    ]);
    expect(of('pod-host-network').FindingProviderFields.Types).toEqual(['TTPs/Privilege Escalation']);
  });

  it('goes to the partition of its Region', () => {
    const event = golden.get('access-scanning')?.detail as never;
    expect(toAsff(event, { account: ACCOUNT, region: 'cn-north-1' }).ProductArn).toBe(
      `arn:aws-cn:securityhub:cn-north-1:${ACCOUNT}:product/${ACCOUNT}/default`,
    );
  });

  it.each([
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['us-west-2', 'aws'],
    ['ap-southeast-5', 'aws'],
  ])('of %s is in %s, by all of its ARNs', (region, partition) => {
    const event = toOcsf({ change: 'created', finding: { ...finding, region }, reasons: [] }, detection, 0);
    const asff = toAsff(event, { account: ACCOUNT, region });
    expect([event.cloud.cloud_partition, asff.ProductArn.split(':')[1]]).toEqual([partition, partition]);
    expect(asff.Resources[0]?.Id).toMatch(new RegExp(`^arn:${partition}:eks:${region}:`));
    const named = ['aws', 'aws-cn', 'aws-us-gov'].includes(partition) ? [partition] : [undefined];
    expect([...new Set(asff.Resources.map(({ Partition }) => Partition))]).toEqual(named);
  });

  it('takes the partition that a deployment names, in a Region that nobody has heard of', () => {
    const located = { ...finding, region: 'xx-new-1', partition: 'aws-xx' };
    const event = toOcsf({ change: 'created', finding: located, reasons: [] }, detection, 0);
    const asff = toAsff(event, { account: ACCOUNT, region: 'xx-new-1', partition: 'aws-xx' });
    expect([event.cloud.cloud_partition, asff.ProductArn.split(':')[1]]).toEqual(['aws-xx', 'aws-xx']);
    expect(asff.Resources[0]?.Id).toMatch(/^arn:aws-xx:eks:xx-new-1:/);
  });

  it('comes from a log that does not tell its account, too', () => {
    const { account: _account, region: _region, ...bare } = finding;
    const [cluster] = asffOf(detection, bare).Resources;
    expect(cluster).toMatchObject({ Type: 'Other', Details: { Other: { cluster: 'prod' } } });
  });

  it('takes a service-account token for no access key', () => {
    const [host] = samples.filter(([{ id }]) => id === 'pod-host-network');
    const [hostDetection, , hostFinding] = host as (typeof samples)[0];
    const [piece] = hostFinding.evidence;
    const actor = { user: 'system:serviceaccount:a:b', groups: [], credentialId: 'JTI=4d0b2f6a' };
    const byToken = { ...hostFinding, evidence: [{ ...piece, actor }] } as Finding;
    expect(asffOf(hostDetection, byToken).Resources.map(({ Type }) => Type)).not.toContain('AwsIamAccessKey');
  });
});

describe('cutting a text', () => {
  it('never leaves half a character', () => {
    expect(cut('ab😀cd', 4)).toBe('ab…');
    expect(cut('abcd', 4)).toBe('abcd');
  });
});
