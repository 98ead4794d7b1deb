/**
 * The event on the bus: the part of an OCSF 1.6.0 Detection Finding (class 2004) that eks-detect fills.
 * Source: https://schema.ocsf.io/1.6.0/classes/detection_finding. All times are milliseconds since the epoch.
 */

/** How EventBridge rules find the events. */
export const EVENT_SOURCE = 'eks-detect';
export const DETAIL_TYPE = 'Detection Finding';

export interface DetectionFinding {
  /** 1 create, 2 update, 3 close. */
  readonly activity_id: 1 | 2 | 3;
  readonly activity_name: string;
  readonly category_uid: 2;
  readonly category_name: 'Findings';
  readonly class_uid: 2004;
  readonly class_name: 'Detection Finding';
  readonly type_uid: number;
  readonly type_name: string;
  /** When the change was published. */
  readonly time: number;
  readonly start_time: number;
  readonly end_time: number;
  /** One line that says who did what. */
  readonly message: string;
  readonly count: number;
  readonly severity_id: number;
  readonly severity: string;
  /** 1 new, 6 deleted (closed: late data took its ground away). */
  readonly status_id: 1 | 6;
  readonly status: string;
  readonly is_alert: boolean;
  readonly confidence_id: number;
  readonly confidence: string;
  readonly confidence_score: number;
  readonly impact_id: number;
  readonly impact: string;
  readonly impact_score: number;
  readonly risk_level_id: number;
  readonly risk_level: string;
  readonly risk_score: number;
  readonly finding_info: FindingInfo;
  readonly evidences: readonly EvidenceArtifacts[];
  readonly resources: readonly ResourceDetails[];
  readonly observables: readonly Observable[];
  readonly remediation: { readonly desc: string; readonly references: readonly string[] };
  readonly cloud: {
    readonly provider: 'AWS';
    readonly cloud_partition?: string;
    readonly region?: string;
    readonly account?: Account;
  };
  readonly metadata: Metadata;
  readonly unmapped: Unmapped;
}

export interface FindingInfo {
  readonly uid: string;
  readonly title: string;
  readonly desc: string;
  readonly types: readonly string[];
  /** Never changes; see Finding's `created`. */
  readonly created_time: number;
  readonly modified_time: number;
  readonly first_seen_time: number;
  readonly last_seen_time: number;
  readonly data_sources: readonly string[];
  /** The detection. `uid` is its id, `version` grows when the same events would give other findings. */
  readonly analytic: {
    readonly uid: string;
    readonly name: string;
    readonly type_id: number;
    readonly type: string;
    readonly category: string;
    readonly version: string;
  };
  /** Rules of other systems that the detection replaces. */
  readonly related_analytics: readonly { readonly uid: string; readonly type_id: number; readonly type: string }[];
  readonly attacks: readonly Attack[];
  readonly tags: readonly Values[];
  /** Distinct values among the events, by kind. */
  readonly traits: readonly Values[];
}

export interface Values {
  readonly name: string;
  readonly values: readonly string[];
}

export interface Attack {
  readonly tactic: Named;
  readonly technique?: Named;
  readonly sub_technique?: Named;
}

interface Named {
  readonly uid: string;
  readonly name?: string;
  readonly src_url: string;
}

export interface Account {
  readonly uid: string;
  readonly type_id: 10;
  readonly type: 'AWS Account';
}

export interface User {
  readonly name?: string;
  readonly uid?: string;
  readonly type_id?: number;
  readonly type?: string;
  readonly account?: Account;
  readonly groups?: readonly { readonly name: string }[];
}

/** One record of the finding. */
export interface EvidenceArtifacts {
  readonly uid?: string;
  readonly actor?: {
    readonly user: User;
    readonly session?: { readonly uid?: string; readonly issuer?: string; readonly credential_uid?: string };
  };
  /** Whom the actor acted as, when the request was made in another's name. */
  readonly user?: User;
  readonly src_endpoint?: {
    readonly ip?: string;
    readonly name?: string;
    readonly location?: { readonly country?: string; readonly city?: string };
  };
  readonly api?: {
    readonly operation: string;
    readonly service: { readonly name: string };
    readonly request?: { readonly uid: string };
    readonly response?: { readonly code: number; readonly error?: string; readonly error_message?: string };
  };
  readonly http_request?: {
    readonly url?: { readonly path: string; readonly query_string?: string };
    readonly user_agent?: string;
  };
  readonly resources?: readonly { readonly name: string; readonly type: string }[];
  /** What OCSF has no attribute for. `time` is ISO 8601. */
  readonly data: Readonly<Record<string, string | boolean>>;
}

export interface ResourceDetails {
  readonly name: string;
  readonly type: string;
  readonly uid?: string;
  readonly namespace?: string;
  readonly region?: string;
  readonly cloud_partition?: string;
  readonly role_id: number;
  readonly role: string;
}

export interface Observable {
  readonly name: string;
  readonly type_id: number;
  readonly type: string;
  readonly value: string;
}

export interface Metadata {
  readonly version: '1.6.0';
  readonly product: { readonly name: string; readonly vendor_name: string; readonly version: string };
  readonly profiles: readonly string[];
  readonly log_provider: string;
  readonly log_name: string;
  readonly tenant_uid?: string;
  /** True when parts were left out to keep the event below its greatest size. */
  readonly is_truncated?: true;
  /** Bytes before that. */
  readonly untruncated_size?: number;
}

/** What OCSF has no attribute for. `entities` is a map, because EventBridge can't match the value of one named list entry. */
export interface Unmapped {
  readonly cluster: string;
  readonly entities: Readonly<Record<string, string>>;
  /** As a person reads it: `7`, or `1000+` where counting stopped. */
  readonly count: string;
  /** What changed, for an update. */
  readonly changes: readonly string[];
  /** CloudWatch Logs Insights queries: the finding's events, and the actor's last 7 days. */
  readonly drilldown: string;
  readonly actor_drilldown: string;
  readonly false_positives: string;
}
