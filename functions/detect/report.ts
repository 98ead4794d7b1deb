/** What became of a batch, for the log and the alarms. */
import type { Pass } from '../../shared/engine/scan.ts';
import type { Origin } from '../../shared/events/event.ts';
import { report } from '../aws/metrics.ts';

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** A rule that throws is a defect; the first few are logged with their rule, and all are counted. */
const FAULTS_LOGGED = 5;

export const reportPass = (
  { cluster }: Origin,
  { sighted, tally, earliest, faults }: Pass,
  { written, crowded }: { readonly written: number; readonly crowded: number },
): void => {
  const { events, refused, truncated, suppressed } = tally;
  report(
    {
      Events: events,
      Refused: sum(refused),
      Truncated: truncated,
      Sightings: sighted,
      Suppressed: sum(suppressed),
      Crowded: crowded,
      Written: written,
      Faults: sum(tally.faults),
      ...(Number.isFinite(earliest) && { AgeMilliseconds: Math.max(0, Date.now() - earliest) }),
    },
    { Cluster: cluster },
    {
      refused,
      suppressed,
      faults: faults
        .slice(0, FAULTS_LOGGED)
        .map(({ rule, error }) => `${rule.detection.id}: ${String(error).slice(0, 200)}`),
    },
  );
};
