/** Runs every 15 minutes, and by CloudFormation on every deployment and on deletion: log groups in, subscription filters out. */
import { setTimeout as wait } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EKSClient } from '@aws-sdk/client-eks';
import { bundledConfig } from '../aws/bundled-config.ts';
import { DETECT_FUNCTION, required } from '../aws/environment.ts';
import { report } from '../aws/metrics.ts';
import { createClusters } from './clusters.ts';
import { createLogGroups } from './log-groups.ts';
import { type Environment, type Gap, type Outcome, reconcile, reconcileGroup, withdraw } from './reconcile.ts';
import { isStackEvent, type StackEvent, succeed } from './stack-event.ts';

export interface Handling {
  readonly environment: Environment;
  readonly answer: (event: StackEvent) => Promise<void>;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** IAM and Lambda take some seconds until what was just deployed is allowed everywhere. */
const SETTLING = { tries: 3, pause: 10_000 };

/** Long enough for a scheduled run that began before the stack's deletion to end. */
const LAST_RUN = 15_000;

export const handle = async (handling: Handling, event: unknown): Promise<void> => {
  if (!isStackEvent(event)) {
    tell(await reconcile(handling.environment));
    return;
  }
  try {
    await (event.RequestType === 'Delete' ? remove(handling, groupOf(event)) : deploy(handling, groupOf(event)));
  } catch (error) {
    report({ SubscribeFaults: 1 }, {}, { error: String(error) });
  } finally {
    await handling.answer(event);
  }
};

/** A resource for one log group names it; the one without a name stands for all clusters. */
const groupOf = ({ ResourceProperties: { LogGroup } }: StackEvent): string | undefined =>
  typeof LogGroup === 'string' ? LogGroup : undefined;

const deploy = async ({ environment, pause }: Handling, group: string | undefined): Promise<void> => {
  const run = () => (group === undefined ? reconcile(environment) : reconcileGroup(environment, group));
  let outcome = await run();
  for (let tries = 1; tries < SETTLING.tries && outcome.gaps.some(isFailure); tries++) {
    await pause(SETTLING.pause);
    outcome = await run();
  }
  tell(outcome);
};

/** Twice, as a scheduled run that is still under way may put a filter back. */
const remove = async ({ environment, pause }: Handling, group: string | undefined): Promise<void> => {
  tell(await withdraw(environment, group));
  await pause(LAST_RUN);
  tell(await withdraw(environment, group));
};

const isFailure = ({ kind }: Gap): boolean => kind === 'failed';

/** One line for the metrics, and one for each gap, so that nothing is cut off however many there are. */
const tell = ({ subscribed, written, removed, gaps }: Outcome): void => {
  const count = (kind: Gap['kind']) => gaps.filter((gap) => gap.kind === kind).length;
  report(
    {
      Subscribed: subscribed.length,
      Unprotected: gaps.length,
      FiltersTaken: count('filters taken'),
      NoAuditLog: count('no audit log'),
      SubscribeFailures: count('failed'),
    },
    {},
    { written, removed },
  );
  for (const gap of gaps) report({}, {}, { ...gap });
};

/** Built at the first use, so that a test can import the handler without an environment. */
let deployed: Handling | undefined;

/** Calls are throttled to a few a second, so the SDK may try more often than it does by itself. */
const RETRIES = { maxAttempts: 6 };

export const handler = async (event: unknown): Promise<void> => {
  deployed ??= {
    environment: {
      config: bundledConfig(),
      groups: createLogGroups(new CloudWatchLogsClient(RETRIES), new CloudWatchLogsClient({ maxAttempts: 1 })),
      clusters: createClusters(new EKSClient(RETRIES)),
      destination: required(DETECT_FUNCTION),
    },
    answer: (answered) => succeed(answered),
    pause: wait,
  };
  await handle(deployed, event);
};
