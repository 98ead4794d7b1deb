/** What EKS knows of clusters, which their log groups cannot tell: one that logs nothing has no log group at all. */
import { DescribeClusterCommand, type EKSClient, paginateListClusters } from '@aws-sdk/client-eks';

export interface Clusters {
  /** Names of all clusters of the account and Region. */
  readonly names: () => Promise<readonly string[]>;
  /** Whether a cluster logs audit events. */
  readonly audits: (cluster: string) => Promise<boolean>;
}

export const createClusters = (client: EKSClient): Clusters => ({
  names: async () => {
    const names: string[] = [];
    for await (const { clusters = [] } of paginateListClusters({ client }, {})) names.push(...clusters);
    return names;
  },

  audits: async (name) => {
    const { cluster } = await client.send(new DescribeClusterCommand({ name }));
    const logging = cluster?.logging?.clusterLogging ?? [];
    return logging.some(({ enabled, types = [] }) => enabled === true && types.includes('audit'));
  },
});
