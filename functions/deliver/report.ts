/** What became of a batch of messages, for the log and the alarms. */
import { report } from '../metrics.ts';
import type { Imported } from './security-hub.ts';

/** Sentences of one batch that are logged; all are counted. */
const LOGGED = 5;

let isAbsenceLogged = false;

export const reportImports = ({ taken, failed, absent }: Imported, unreadable: ReadonlyMap<string, string>): void => {
  const problems = [...failed, ...unreadable].map(([message, reason]) => `Message ${message}: ${reason}`);
  report(
    { Imported: taken, Failed: failed.size, Unreadable: unreadable.size },
    {},
    problems.length === 0 ? {} : { problems: problems.slice(0, LOGGED) },
  );
  if (absent === undefined || isAbsenceLogged) return;
  isAbsenceLogged = true;
  console.log(
    `Security Hub takes no findings in this account and Region, so they are on the event bus only. Enable Security Hub, or set securityHub to false in the configuration. It said: ${absent}`,
  );
};
