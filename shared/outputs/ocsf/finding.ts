/** A finding as an OCSF 1.6.0 Detection Finding: what the bus carries, and what Security Hub's format is made from. */

import { type Change, leastOf } from '../../findings/changes.ts';
import type { Finding } from '../../findings/finding.ts';
import { type AnyDetection, SEVERITIES, type Severity, severityOf } from '../../sdk/detection.ts';
import { TACTICS, TECHNIQUES } from '../../sdk/mitre-attack.ts';
import { VERSION } from '../version.ts';
import type { Attack, DetectionFinding, FindingInfo, Metadata, ResourceDetails } from './event.ts';
import { accountOf, evidenceArtifacts, filled, isAddress, observablesOf } from './evidence.ts';
import { limitedSize } from './size.ts';

/** Names this software in events and findings. */
export const PRODUCT = { name: 'eks-detect', vendor_name: 'eks-detect', version: VERSION } as const;

const ACTIVITIES = {
  created: { id: 1, name: 'Create' },
  updated: { id: 2, name: 'Update' },
  closed: { id: 3, name: 'Close' },
} as const;

const CLASS = 2004;

const SEVERITY_NAMES = ['Informational', 'Low', 'Medium', 'High', 'Critical'] as const;
const RISK_NAMES = ['Info', 'Low', 'Medium', 'High', 'Critical'] as const;

/** Confidence from which a level begins, 0 to 100. */
const HIGH_CONFIDENCE = 70;
const MEDIUM_CONFIDENCE = 40;

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/**
 * Makes the event of a change.
 *
 * @param detection the one that the finding is of: what it explains is part of the event
 * @param time when this is published, in milliseconds since the epoch. A later event about the same finding needs a later time, since
 *   receivers keep the latest
 */
export const toOcsf = (
  { change, finding, reasons }: Change,
  detection: AnyDetection,
  time: number,
): DetectionFinding => {
  const activity = ACTIVITIES[change];
  const evidences = finding.evidence.map((piece) => evidenceArtifacts(piece, finding.source));
  return limitedSize({
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: 2,
    category_name: 'Findings',
    class_uid: CLASS,
    class_name: 'Detection Finding',
    type_uid: CLASS * 100 + activity.id,
    type_name: `Detection Finding: ${activity.name}`,
    time,
    start_time: Date.parse(finding.firstSeen),
    end_time: Date.parse(finding.lastSeen),
    message: finding.summary,
    count: leastOf(finding.count),
    severity_id: rank(finding.severity) + 1,
    severity: SEVERITY_NAMES[rank(finding.severity)] as string,
    ...(change === 'closed' ? { status_id: 6 as const, status: 'Deleted' } : { status_id: 1 as const, status: 'New' }),
    is_alert: change !== 'closed' && finding.type !== 'Hunting',
    ...confidence(finding.confidence),
    ...impact(finding.impact),
    risk_level_id: rank(finding.severity),
    risk_level: RISK_NAMES[rank(finding.severity)] as string,
    risk_score: finding.risk,
    finding_info: findingInfo(finding, detection, time),
    evidences,
    resources: [clusterResource(finding), ...entityResources(finding)],
    observables: observablesOf(evidences),
    remediation: { desc: detection.triage, references: detection.references },
    cloud: {
      provider: 'AWS',
      ...placeOf(finding),
      ...(finding.account && { account: accountOf(finding.account) }),
    },
    metadata: metadataOf(finding, detection),
    unmapped: {
      cluster: finding.cluster,
      entities: finding.entities,
      count: String(finding.count),
      changes: reasons,
      drilldown: finding.drilldown,
      actor_drilldown: finding.actorDrilldown,
      false_positives: detection.falsePositives,
    },
  });
};

const confidence = (score: number) => {
  const [id, name] =
    score >= HIGH_CONFIDENCE ? [3, 'High'] : score >= MEDIUM_CONFIDENCE ? [2, 'Medium'] : ([1, 'Low'] as const);
  return { confidence_id: id, confidence: name, confidence_score: score } as const;
};

/** Impact has the levels of severity, without the lowest. */
const impact = (score: number) => {
  const level = Math.max(1, rank(severityOf(score)));
  return { impact_id: level, impact: SEVERITY_NAMES[level] as string, impact_score: score };
};

const findingInfo = (finding: Finding, detection: AnyDetection, time: number): FindingInfo => ({
  uid: finding.id,
  title: finding.title,
  desc: detection.description,
  types: [finding.type],
  created_time: Date.parse(finding.created),
  modified_time: time,
  first_seen_time: Date.parse(finding.firstSeen),
  last_seen_time: Date.parse(finding.lastSeen),
  data_sources: dataSources(detection),
  analytic: {
    uid: detection.id,
    name: detection.title,
    type_id: 1,
    type: 'Rule',
    category: TACTICS[detection.tactic].name,
    version: String(finding.version),
  },
  related_analytics: detection.related.map((uid) => ({ uid, type_id: 1, type: 'Rule' })),
  attacks: attacksOf(detection),
  tags: [{ name: 'stories', values: finding.stories }],
  traits: Object.entries(finding.observed).map(([name, values]) => ({ name, values })),
});

const dataSources = (detection: AnyDetection): readonly string[] => [
  ...(detection.audit.length > 0 ? ['Kubernetes audit log'] : []),
  ...(detection['kubernetes-event'] === undefined ? [] : ['Kubernetes Events']),
];

const ATTACK = 'https://attack.mitre.org';

const attacksOf = (detection: AnyDetection): readonly Attack[] => {
  const { id, name } = TACTICS[detection.tactic];
  const tactic = { uid: id, name, src_url: `${ATTACK}/tactics/${id}/` };
  if (detection.techniques.length === 0) return [{ tactic }];
  return detection.techniques.map((technique) => {
    const [parent = technique, sub] = technique.split('.');
    return {
      tactic,
      technique: techniqueOf(parent),
      ...(sub !== undefined && { sub_technique: techniqueOf(technique) }),
    };
  });
};

const techniqueOf = (id: string) => ({
  uid: id,
  ...filled({ name: TECHNIQUES[id]?.name }),
  src_url: `${ATTACK}/techniques/${id.replace('.', '/')}/`,
});

/** Partitions by what the names of their Regions begin with. Source: `partitions.json` of the AWS SDKs. */
const PARTITIONS = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'eusc-': 'aws-eusc',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'eu-isoe-': 'aws-iso-e',
  'us-isof-': 'aws-iso-f',
} as const;

/** The partition that a Region is in, for code that does not run there. CloudFormation gives a deployed function its own. */
export const partitionOf = (region: string): string =>
  Object.entries(PARTITIONS).find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';

const placeOf = ({ region, partition }: Finding) =>
  region === undefined ? {} : { region, cloud_partition: partition ?? partitionOf(region) };

/** Undefined for a log that does not tell its account and Region. */
const clusterArn = ({ cluster, account, region, partition }: Finding): string | undefined =>
  account && region ? `arn:${partition ?? partitionOf(region)}:eks:${region}:${account}:cluster/${cluster}` : undefined;

const ROLES = { actor: { role_id: 2, role: 'Actor' }, affected: { role_id: 3, role: 'Affected' } } as const;

/** Resource type of a cluster, as CloudFormation names it. */
const CLUSTER_TYPE = 'AWS::EKS::Cluster';

const clusterResource = (finding: Finding): ResourceDetails => ({
  name: finding.cluster,
  type: CLUSTER_TYPE,
  ...filled({ uid: clusterArn(finding) }),
  ...placeOf(finding),
  ...ROLES.affected,
});

/** The ARN of the cluster that an event is about, where it is known. */
export const clusterArnOf = ({ resources }: DetectionFinding): string | undefined =>
  resources.find(({ type }) => type === CLUSTER_TYPE)?.uid;

/** Entities that act; all others are acted upon. */
const ACTORS = new Set(['actor', 'principal', 'serviceAccount', 'sourceAddress', 'user']);

const entityResources = ({ entities }: Finding): readonly ResourceDetails[] =>
  Object.entries(entities).map(([type, name]) => ({
    name,
    type,
    ...(name.startsWith('arn:') && { uid: name }),
    ...(type !== 'namespace' && !isAddress(name) && filled({ namespace: entities['namespace'] })),
    ...(ACTORS.has(type) ? ROLES.actor : ROLES.affected),
  }));

const metadataOf = (finding: Finding, detection: AnyDetection): Metadata => ({
  version: '1.6.0',
  product: PRODUCT,
  profiles: ['cloud'],
  log_provider: 'Amazon EKS',
  log_name: detection.audit.length === 0 ? 'events' : 'audit',
  ...filled({ tenant_uid: finding.account }),
});
