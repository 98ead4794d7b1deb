/** Log groups and their subscription filters. */
import {
  type CloudWatchLogsClient,
  DeleteSubscriptionFilterCommand,
  DescribeSubscriptionFiltersCommand,
  PutSubscriptionFilterCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';

export interface Filter {
  readonly name: string;
  readonly pattern: string;
  /** ARN of the function that matching records go to. */
  readonly destination: string;
}

/** What is done with log groups. A log group that does not exist has no filters, and removing what is not there succeeds. */
export interface LogGroups {
  /** Names that begin with a prefix. */
  readonly named: (prefix: string) => Promise<readonly string[]>;
  readonly filters: (group: string) => Promise<readonly Filter[]>;
  /** Adds a filter, or replaces the one of its name. False when CloudWatch Logs allows no more filters on the group. */
  readonly put: (group: string, filter: Filter) => Promise<boolean>;
  readonly remove: (group: string, name: string) => Promise<void>;
}

/**
 * @param client repeats calls that are throttled
 * @param single never repeats a call. The SDK takes `LimitExceededException` for throttling, and would ask a full group for a
 *   filter again and again
 */
export const createLogGroups = (client: CloudWatchLogsClient, single: CloudWatchLogsClient): LogGroups => ({
  named: async (logGroupNamePrefix) => {
    const names: string[] = [];
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
      names.push(...logGroups.flatMap(({ logGroupName }) => logGroupName ?? []));
    }
    return names;
  },

  filters: async (logGroupName) => {
    const answer = await unless('ResourceNotFoundException', () =>
      client.send(new DescribeSubscriptionFiltersCommand({ logGroupName })),
    );
    return (answer?.subscriptionFilters ?? []).map(({ filterName = '', filterPattern = '', destinationArn = '' }) => ({
      name: filterName,
      pattern: filterPattern,
      destination: destinationArn,
    }));
  },

  put: async (logGroupName, { name, pattern, destination }) => {
    const command = new PutSubscriptionFilterCommand({
      logGroupName,
      filterName: name,
      filterPattern: pattern,
      destinationArn: destination,
    });
    const answer = await unless(FULL, () =>
      single.send(command).catch((error: Error) => {
        if (error.name === FULL) throw error;
        return client.send(command);
      }),
    );
    return answer !== undefined;
  },

  remove: async (logGroupName, filterName) => {
    await unless('ResourceNotFoundException', () =>
      client.send(new DeleteSubscriptionFilterCommand({ logGroupName, filterName })),
    );
  },
});

/** What PutSubscriptionFilter answers when a group has as many filters as it takes. Source: its API reference. */
const FULL = 'LimitExceededException';

/** Undefined when AWS answers with the named error. */
const unless = async <T>(name: string, call: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await call();
  } catch (error) {
    if ((error as Error).name === name) return undefined;
    throw error;
  }
};
