/**
 * The bus event as a finding in the AWS Security Finding Format, for BatchImportFindings. Made from the event and nothing else, so
 * that whatever Security Hub shows, every other consumer of the bus can show too.
 */

import type { DetectionFinding } from '../ocsf/event.ts';
import { PRODUCT, partitionOf } from '../ocsf/finding.ts';
import { cut, LONGEST, MOST } from './limits.ts';
import { asffResources } from './resources.ts';
import type { AsffFinding, Receiver } from './security-finding.ts';
import { asffTypes } from './taxonomy.ts';

const LABELS = ['INFORMATIONAL', 'INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

const isoTime = (time: number): string => new Date(time).toISOString();

/**
 * Severity, types and confidence are in FindingProviderFields only: at the top level they belong to the person who works on the finding.
 * `CreatedAt` is the beginning of the finding's period, the one time of a finding that late events can't move.
 */
export const toAsff = (event: DetectionFinding, receiver: Receiver): AsffFinding => {
  const { finding_info: info, unmapped, remediation } = event;
  const { account, region, partition = partitionOf(region) } = receiver;
  const url = remediation.references[0];
  return {
    SchemaVersion: '2018-10-08',
    Id: `${PRODUCT.name}/${region}/${account}/${info.uid}`,
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: PRODUCT.name,
    CompanyName: PRODUCT.vendor_name,
    GeneratorId: `${PRODUCT.name}/${info.analytic.uid}`,
    AwsAccountId: account,
    CreatedAt: isoTime(info.created_time),
    UpdatedAt: isoTime(event.time),
    FirstObservedAt: isoTime(info.first_seen_time),
    LastObservedAt: isoTime(info.last_seen_time),
    Title: cut(`${info.title} (cluster ${unmapped.cluster})`, LONGEST.title),
    Description: cut(`${event.message}. Seen ${timesOf(unmapped.count)}. ${info.desc}`, LONGEST.description),
    Remediation: {
      Recommendation: { Text: cut(remediation.desc, LONGEST.recommendation), ...(url !== undefined && { Url: url }) },
    },
    ProductFields: productFields(event),
    Resources: asffResources(event, receiver),
    FindingProviderFields: {
      Confidence: event.confidence_score,
      Severity: {
        Label: LABELS[event.severity_id] ?? 'INFORMATIONAL',
        Original: `${event.severity} (risk ${event.risk_score})`,
      },
      Types: asffTypes(event),
    },
    ...networkOf(event),
    RecordState: event.activity_id === 3 ? 'ARCHIVED' : 'ACTIVE',
  };
};

const timesOf = (count: string): string => (count === '1' ? 'once' : `${count} times`);

/** What a person wants beside the finding, and what an automation filters by. Values that repeat are joined. */
const productFields = (event: DetectionFinding): Record<string, string> => {
  const { finding_info: info, unmapped } = event;
  const [first] = event.evidences;
  const entities = Object.entries(unmapped.entities).map(([name, value]) => [`entity/${name}`, value] as const);
  const observed = info.traits.map(({ name, values }) => [`observed/${name}`, values.join(', ')] as const);
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['cluster', unmapped.cluster],
    ['count', unmapped.count],
    ['risk', String(event.risk_score)],
    ['impact', String(event.impact_score)],
    ['type', info.types.join(', ')],
    ['techniques', info.attacks.map(techniqueOf).join(', ')],
    ['changes', unmapped.changes.join('; ')],
    ['actor/user', first?.actor?.user.name],
    ['actor/session', first?.actor?.session?.uid],
    ['source/ip', first?.src_endpoint?.ip],
    ['source/country', first?.src_endpoint?.location?.country],
    ['source/city', first?.src_endpoint?.location?.city],
    ['drilldown', unmapped.drilldown],
    ['actor-drilldown', unmapped.actor_drilldown],
    ['false-positives', unmapped.false_positives],
    ...entities,
    ...observed,
  ];
  const kept = fields.flatMap(([key, value]) =>
    value ? [[cut(`${PRODUCT.name}/${key}`, LONGEST.fieldKey), cut(value, LONGEST.fieldValue)]] : [],
  );
  return Object.fromEntries(kept.slice(0, MOST.fields));
};

const techniqueOf = ({ technique, sub_technique }: DetectionFinding['finding_info']['attacks'][number]): string =>
  (sub_technique ?? technique)?.uid ?? '';

const networkOf = ({ evidences }: DetectionFinding): Pick<AsffFinding, 'Network'> => {
  const ip = evidences[0]?.src_endpoint?.ip;
  if (ip === undefined) return {};
  return { Network: { Direction: 'IN', ...(ip.includes(':') ? { SourceIpV6: ip } : { SourceIpV4: ip }) } };
};
