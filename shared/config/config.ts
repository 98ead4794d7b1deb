/** The configuration after it was checked: what the functions are bundled with. Reading and checking it is config-schema.ts. */
import { isEnabled, type Override, type Rule, ruleOf } from '../engine/rule.ts';
import type { Suppression } from '../engine/suppression.ts';
import { type EventLogGroup, logSourceOf } from '../logs/log-source.ts';
import { globTest } from '../primitives/glob.ts';
import { DAY } from '../primitives/time.ts';
import type { AnyDetection } from '../sdk/detection.ts';

export interface Config {
  /** Cluster names or patterns with `*`. A cluster is protected when it is included and not excluded. */
  readonly clusters: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  readonly eventLogGroups: readonly EventLogGroup[];
  /** Learning period in milliseconds: what first-seen detections see this soon after a cluster is first heard of is normal. */
  readonly learn: number;
  readonly detections: Readonly<Record<string, Override>>;
  readonly suppress: readonly Suppression[];
  /** Import findings into Security Hub CSPM. Where it is not enabled, findings are on the bus all the same. */
  readonly securityHub: boolean;
}

export const DEFAULT_CONFIG: Config = {
  clusters: { include: ['*'], exclude: [] },
  eventLogGroups: [],
  learn: 7 * DAY,
  detections: {},
  suppress: [],
  securityHub: true,
};

/** The rules that a configuration leaves switched on. */
export const rulesOf = (detections: readonly AnyDetection[], config: Config): readonly Rule[] =>
  detections
    .filter((detection) => isEnabled(detection, config.detections[detection.id]))
    .map((detection) => ruleOf(detection, config.detections[detection.id]));

export const isProtected = (config: Config, cluster: string): boolean => {
  const matches = (patterns: readonly string[]) => patterns.some((pattern) => globTest(pattern)(cluster));
  return matches(config.clusters.include) && !matches(config.clusters.exclude);
};

/** The cluster that writes a log group: by EKS's own naming, or by the configuration. Undefined for any other group. */
export const clusterOfLogGroup = (config: Config, logGroup: string): string | undefined =>
  logSourceOf(config.eventLogGroups, logGroup)?.cluster;
