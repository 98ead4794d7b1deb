/** What a log group is: which records it holds, of which cluster, and which of them a subscription filter selects. */

/** A log group that an agent ships Kubernetes Event objects to, and the cluster that they come from. */
export interface EventLogGroup {
  readonly logGroup: string;
  readonly cluster: string;
}

/** What the records of a log group are. */
export type RecordSource = 'audit' | 'kubernetes-event';

export interface LogSource {
  readonly source: RecordSource;
  readonly cluster: string;
  /** Filter pattern of CloudWatch Logs for the records that are read. */
  readonly filterPattern: string;
}

/** Every log group of EKS begins so. */
export const CLUSTER_LOG_GROUP_PREFIX = '/aws/eks/';

/** What EKS calls the log group of a cluster; `*` gives the pattern for those of all clusters. */
export const clusterLogGroup = (cluster: string): string => `${CLUSTER_LOG_GROUP_PREFIX}${cluster}/cluster`;

const CLUSTER_LOG_GROUP = /^\/aws\/eks\/([^/]+)\/cluster$/;

/** The cluster that EKS names a log group after. Undefined for any other group. */
export const clusterNamedBy = (logGroup: string): string | undefined => CLUSTER_LOG_GROUP.exec(logGroup)?.[1];

/**
 * The records that are read of each source. Both patterns are terms and no JSON patterns, so that they also select what is cut short or
 * wrapped into something else.
 */
export const FILTER_PATTERNS: Readonly<Record<RecordSource, string>> = {
  // The control plane's log group also holds what its components write for people.
  audit: '"audit.k8s.io"',
  // Kubernetes Events name what they are about in one of these fields: by their API version, or as OpenTelemetry takes them apart.
  'kubernetes-event': '?"involvedObject" ?"regarding" ?"k8s.object.kind"',
};

/**
 * What a log group is: by EKS's own naming, whatever the configuration says, else by the configuration. Undefined for any other group.
 *
 * @param eventLogGroups the configuration's groups of Kubernetes Events
 */
export const logSourceOf = (eventLogGroups: readonly EventLogGroup[], logGroup: string): LogSource | undefined => {
  const named = clusterNamedBy(logGroup);
  if (named !== undefined) return sourceOf('audit', named);
  const configured = eventLogGroups.find((group) => group.logGroup === logGroup);
  return configured && sourceOf('kubernetes-event', configured.cluster);
};

const sourceOf = (source: RecordSource, cluster: string): LogSource => ({
  source,
  cluster,
  filterPattern: FILTER_PATTERNS[source],
});
