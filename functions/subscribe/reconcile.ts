/** Makes subscription filters what the configuration says: exactly one on every log group that is protected, none of ours elsewhere. */
import { type Config, isProtected } from '../../shared/config/config.ts';
import { CLUSTER_LOG_GROUP_PREFIX, clusterNamedBy, logSourceOf } from '../../shared/logs/log-source.ts';
import type { Clusters } from './clusters.ts';
import type { Filter, LogGroups } from './log-groups.ts';

/** The one filter that is ours. A log group takes few filters, so there is never a second; filters of other names are not touched. */
export const FILTER_NAME = 'eks-detect';

/** Something that is not protected, and a sentence on why and what to do. */
export interface Gap {
  readonly subject: string;
  readonly kind: 'filters taken' | 'no audit log' | 'failed';
  readonly problem: string;
}

export interface Outcome {
  /** Log groups that have our filter now, those among them where it had to be written, and those from which it was removed. */
  readonly subscribed: readonly string[];
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly gaps: readonly Gap[];
}

export interface Environment {
  readonly config: Config;
  readonly groups: LogGroups;
  readonly clusters: Clusters;
  /** ARN of the function that records go to. */
  readonly destination: string;
}

const NOTHING: Outcome = { subscribed: [], written: [], removed: [], gaps: [] };

/** Every log group of a cluster, and those that the configuration names. One that fails is reported, and delays no other. */
export const reconcile = async (environment: Environment): Promise<Outcome> => {
  const { names, gaps } = await clusterGroups(environment);
  const configured = environment.config.eventLogGroups.map(({ logGroup }) => logGroup);
  return join([
    { ...NOTHING, gaps },
    ...(await each([...new Set([...names, ...configured])], (group) => reconcileGroup(environment, group))),
    await findUnaudited(environment),
  ]);
};

/** Our filter on one group: written if it is missing or differs, removed if the group's cluster is left out. */
export const reconcileGroup = ({ config, groups, destination }: Environment, group: string): Promise<Outcome> =>
  guarded(group, async () => {
    const filters = await groups.filters(group);
    const own = filters.find(({ name }) => name === FILTER_NAME);
    const wanted = wantedFilter(config, group, destination);
    if (wanted === undefined) return own === undefined ? NOTHING : await removeOwn(groups, group);
    if (own?.pattern === wanted.pattern && own.destination === wanted.destination) {
      return { ...NOTHING, subscribed: [group] };
    }
    // How many filters a group takes is CloudWatch Logs' own affair: AWS's documents disagree, and the number has grown.
    if (!(await groups.put(group, wanted))) return { ...NOTHING, gaps: [filtersTaken(group, filters)] };
    return { ...NOTHING, subscribed: [group], written: [group] };
  });

/** Removes our filter from every group of a cluster, or from one group. */
export const withdraw = async (environment: Environment, group?: string): Promise<Outcome> => {
  const found = group === undefined ? await clusterGroups(environment) : { names: [group], gaps: [] };
  const outcomes = await each(found.names, (name) =>
    guarded(name, async () => {
      const filters = await environment.groups.filters(name);
      return filters.some((filter) => filter.name === FILTER_NAME)
        ? await removeOwn(environment.groups, name)
        : NOTHING;
    }),
  );
  return join([{ ...NOTHING, gaps: found.gaps }, ...outcomes]);
};

const removeOwn = async (groups: LogGroups, group: string): Promise<Outcome> => {
  await groups.remove(group, FILTER_NAME);
  return { ...NOTHING, removed: [group] };
};

const wantedFilter = (config: Config, group: string, destination: string): Filter | undefined => {
  const source = logSourceOf(config.eventLogGroups, group);
  if (source === undefined || !isProtected(config, source.cluster)) return undefined;
  return { name: FILTER_NAME, pattern: source.filterPattern, destination };
};

const clusterGroups = async ({ groups }: Environment): Promise<{ names: readonly string[]; gaps: readonly Gap[] }> => {
  try {
    const names = await groups.named(CLUSTER_LOG_GROUP_PREFIX);
    return { names: names.filter((name) => clusterNamedBy(name) !== undefined), gaps: [] };
  } catch (error) {
    return { names: [], gaps: [failed(`${CLUSTER_LOG_GROUP_PREFIX}*`, error)] };
  }
};

/** Clusters that are to be protected and do not log audit events, which no filter can make up for. */
const findUnaudited = ({ config, clusters }: Environment): Promise<Outcome> =>
  guarded('eks:ListClusters', async () => {
    const names = (await clusters.names()).filter((name) => isProtected(config, name));
    return join(
      await each(names, (name) =>
        guarded(name, async () => ((await clusters.audits(name)) ? NOTHING : { ...NOTHING, gaps: [noAuditLog(name)] })),
      ),
    );
  });

const filtersTaken = (group: string, filters: readonly Filter[]): Gap => ({
  subject: group,
  kind: 'filters taken',
  problem:
    `CloudWatch Logs allows no more subscription filters on ${group}. All are taken, by ${quoted(filters)}. ` +
    'Remove one, or let one destination feed two of its consumers.',
});

const quoted = (filters: readonly Filter[]): string => filters.map(({ name }) => `"${name}"`).join(', ');

const noAuditLog = (cluster: string): Gap => ({
  subject: cluster,
  kind: 'no audit log',
  problem:
    `The cluster ${cluster} does not log audit events. Switch them on: aws eks update-cluster-config --name ${cluster} ` +
    `--logging '{"clusterLogging":[{"types":["audit"],"enabled":true}]}', or exclude the cluster in cdk.json.`,
});

const failed = (subject: string, error: unknown): Gap => ({
  subject,
  kind: 'failed',
  problem: `${subject} was left as it was, and will be tried again in 15 minutes: ${String(error)}`,
});

const guarded = async (subject: string, task: () => Promise<Outcome>): Promise<Outcome> => {
  try {
    return await task();
  } catch (error) {
    return { ...NOTHING, gaps: [failed(subject, error)] };
  }
};

/** One after the other: CloudWatch Logs allows few of these calls a second. */
const each = async (
  names: readonly string[],
  task: (name: string) => Promise<Outcome>,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const name of names) outcomes.push(await task(name));
  return outcomes;
};

const join = (outcomes: readonly Outcome[]): Outcome => ({
  subscribed: outcomes.flatMap(({ subscribed }) => subscribed),
  written: outcomes.flatMap(({ written }) => written),
  removed: outcomes.flatMap(({ removed }) => removed),
  gaps: outcomes.flatMap(({ gaps }) => gaps),
});
