/** What became of a batch, for the log and the alarms. */
import { report } from '../aws/metrics.ts';
import type { Merged, Scanned } from './pipeline.ts';

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** A rule that throws is a defect; the first few are logged with their rule, and all are counted. */
const FAULTS_LOGGED = 5;

export const reportBatch = (
  { origin, result }: Pick<Scanned, 'origin' | 'result'>,
  { written, overflowed }: Merged,
): void => {
  const { sighted, tally, earliest, faults } = result;
  const { events, rejected, truncated, suppressed } = tally;
  report(
    {
      Events: events,
      Rejected: sum(rejected),
      Truncated: truncated,
      Sightings: sighted,
      Suppressed: sum(suppressed),
      Overflowed: overflowed,
      Written: written,
      Faults: sum(tally.faults),
      ...(Number.isFinite(earliest) && { AgeMilliseconds: Math.max(0, Date.now() - earliest) }),
    },
    { Cluster: origin.cluster },
    {
      rejected,
      suppressed,
      faults: faults
        .slice(0, FAULTS_LOGGED)
        .map(({ rule, error }) => `${rule.detection.id}: ${String(error).slice(0, 200)}`),
    },
  );
};
