/** The ways in which findings are written to standard output. */

import type { Finding } from '../../../shared/findings/finding.ts';
import { toAsff } from '../../../shared/outputs/asff/finding.ts';
import type { DetectionFinding } from '../../../shared/outputs/ocsf/event.ts';
import { toOcsf } from '../../../shared/outputs/ocsf/finding.ts';
import type { AnyDetection } from '../../../shared/sdk/detection.ts';
import { findingsTable } from './table.ts';
import { jsonLine, styleFor, type Terminal, widthOf } from './terminal.ts';

export const FORMATS = ['table', 'json', 'ocsf', 'asff'] as const;
export type Format = (typeof FORMATS)[number];

export const defaultFormat = ({ stdout }: Terminal): Format => (stdout.isTTY === true ? 'table' : 'json');

/** What the service's format demands and a file does not say; `--account` and `--region` do. */
const SOMEWHERE = { account: '000000000000', region: 'us-east-1' };

/** The text of all findings: a table, or one JSON object a line. */
export const written = (
  findings: readonly Finding[],
  format: Format,
  detections: readonly AnyDetection[],
  { stdout, env }: Terminal,
): string => {
  if (format === 'table') return findingsTable(findings, widthOf(stdout, env), styleFor(stdout, env));
  const lines = findings.map((finding) => {
    if (format === 'json') return finding;
    const event = ocsfOf(finding, detections);
    return format === 'ocsf' ? event : toAsff(event, receiverOf(finding));
  });
  return lines.map((line) => `${jsonLine(line)}\n`).join('');
};

/** As if it were told the moment it was last seen, so that the same log always gives the same event. */
const ocsfOf = (finding: Finding, detections: readonly AnyDetection[]): DetectionFinding => {
  const detection = detections.find(({ id }) => id === finding.detection) as AnyDetection;
  return toOcsf({ change: 'created', finding, reasons: [] }, detection, Date.parse(finding.lastSeen));
};

const receiverOf = ({ account, region }: Finding) => ({
  account: account ?? SOMEWHERE.account,
  region: region ?? SOMEWHERE.region,
});
