/** A log group of CloudWatch Logs as a source of records. */
import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { clusterLogGroup } from '../../../shared/logs/log-source.ts';
import { shown } from '../output/terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { Source } from './input.ts';
import { type Found, recordsOf } from './records.ts';

export type LogsClient = Pick<CloudWatchLogsClient, 'send'>;

export interface Stretch {
  readonly logGroup: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  /** A filter pattern of CloudWatch Logs. Default: everything. */
  readonly pattern?: string | undefined;
}

export const logGroupSource = (stretch: Stretch, client: LogsClient): Source => ({
  name: stretch.logGroup,
  batches: () => pages(stretch, client),
});

async function* pages(
  { logGroup, since, until, pattern }: Stretch,
  client: LogsClient,
): AsyncGenerator<readonly Found[]> {
  let token: string | undefined;
  do {
    const answer: FilterLogEventsCommandOutput = await client
      .send(
        new FilterLogEventsCommand({
          logGroupName: logGroup,
          startTime: since,
          endTime: until,
          ...(pattern !== undefined && { filterPattern: pattern }),
          ...(token !== undefined && { nextToken: token }),
        }),
      )
      .catch((error: Error) => {
        throw new UsageError(whyUnusable(logGroup, error));
      });
    yield (answer.events ?? []).flatMap((event) => {
      const from = { logGroup, ...(event.logStreamName !== undefined && { logStream: event.logStreamName }) };
      return recordsOf(event.message ?? '').map(
        (found): Found =>
          'rejected' in found
            ? found
            : {
                ...found,
                ...(event.eventId !== undefined && { id: event.eventId }),
                ...(event.timestamp !== undefined && { timestamp: event.timestamp }),
                from: { ...found.from, ...from },
              },
      );
    });
    token = answer.nextToken;
  } while (token !== undefined);
}

/**
 * The account and Region of a log group, which tell clusters of one name apart.
 *
 * @throws UsageError when the log group is not there or may not be described
 */
export const ownerOf = async (
  logGroup: string,
  client: LogsClient,
): Promise<{ readonly account: string; readonly region: string }> => {
  const { logGroups = [] } = await client
    .send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroup }))
    .catch((error: Error) => {
      throw new UsageError(whyUnusable(logGroup, error));
    });
  const arn = logGroups.find(({ logGroupName }) => logGroupName === logGroup)?.arn ?? '';
  const [, , , region = '', account = ''] = arn.split(':');
  if (account === '')
    throw new UsageError(`The log group ${shown(logGroup)} does not exist in this account and Region.`);
  return { account, region };
};

const CREDENTIALS = [
  'CredentialsProviderError',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'ExpiredToken',
];

const whyUnusable = (logGroup: string, error: Error): string => {
  const name = `The log group ${shown(logGroup)}`;
  if (error.name === 'ResourceNotFoundException') {
    return `${name} does not exist in this account and Region. Check AWS_PROFILE and AWS_REGION; the group of a cluster is ${clusterLogGroup('<cluster>')} and exists once audit logging is on.`;
  }
  if (error.name === 'AccessDeniedException')
    return `${name} may not be read by you: allow logs:FilterLogEvents on it.`;
  if (CREDENTIALS.includes(error.name)) {
    return `AWS does not accept your credentials (${error.name}). Sign in, or set AWS_PROFILE.`;
  }
  return `${name} can't be read: ${shown(error.message)} (${error.name})`;
};
