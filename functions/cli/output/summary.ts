/** What a run did, in a few lines for a person. */

import type { Finding } from '../../../shared/findings/finding.ts';
import { SEVERITIES } from '../../../shared/sdk/detection.ts';
import type { Account } from '../study.ts';
import { byFrequency, counted, number } from './counts.ts';
import { plainTime } from './table.ts';
import { shown } from './terminal.ts';

const bySeverity = (findings: readonly Finding[]): string => {
  const counts = [...SEVERITIES].reverse().map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? '' : `${number(count)} ${severity}`;
  });
  const listed = counts.filter((text) => text !== '').join(', ');
  return listed === '' ? '' : ` (${listed})`;
};

const span = ({ first, last }: Account): string =>
  first === undefined || last === undefined
    ? ''
    : `, from ${plainTime(new Date(first).toISOString())} to ${plainTime(new Date(last).toISOString())} UTC`;

/** `987 records read: 981 events, 3 not JSON, 2 not an event, 1 empty.` The parts add up to the whole. */
export const accountLine = (account: Account): string => {
  const parts = [counted(account.events, 'event'), byFrequency(account.rejected)]
    .filter((part) => part !== '')
    .join(', ');
  return `${counted(account.records, 'record')} read: ${parts}${span(account)}.`;
};

const notes = (account: Account): readonly string[] => [
  ...(account.truncated > 0
    ? [`${counted(account.truncated, 'event')} had been cut short; what was left of them was judged without a body.`]
    : []),
  ...[...account.suppressed].map(([reason, count]) => `${counted(count, 'sighting')} suppressed: ${shown(reason)}`),
  ...[...account.faults].map(
    ([id, count]) => `The detection ${id} failed on ${counted(count, 'event')}, which is a defect. Please report it.`,
  ),
];

export const summaryLines = (findings: readonly Finding[], account: Account): readonly string[] => [
  `${counted(findings.length, 'finding')}${bySeverity(findings)}.`,
  accountLine(account),
  ...notes(account),
];

export const learnedLines = (account: Account): readonly string[] => [
  `Learned from ${accountLine(account).replace(' read:', ':')}`,
  ...notes(account),
];
