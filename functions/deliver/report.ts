/** What became of a batch of messages, for the log and the alarms. */
import { report } from '../aws/metrics.ts';
import type { Imported } from './security-hub.ts';

/** Sentences of one batch that are logged; all are counted. */
const LOGGED = 5;

/** Once a container is enough: the metric counts the findings. */
let isOffLogged = false;

export const reportImports = (
  { taken, failed, off, offReason }: Imported,
  unreadable: ReadonlyMap<string, string>,
): void => {
  const problems = [...failed, ...unreadable].map(([message, reason]) => `Message ${message}: ${reason}`);
  report(
    { Imported: taken, Failed: failed.size, Unreadable: unreadable.size, SecurityHubOff: off },
    {},
    problems.length === 0 ? {} : { problems: problems.slice(0, LOGGED) },
  );
  if (offReason === undefined || isOffLogged) return;
  isOffLogged = true;
  console.log(
    `Security Hub CSPM takes no findings in this account and Region, so they are on the event bus only. Enable it, or set securityHub to false in the configuration. It said: ${offReason}`,
  );
};
