/** The ways in which findings are written to standard output. */
import type { Finding } from '../../shared/finding.ts';
import { findingsTable } from './table.ts';
import { jsonLine, styleFor, type Terminal, widthOf } from './terminal.ts';

export const FORMATS = ['table', 'json', 'ocsf', 'asff'] as const;
export type Format = (typeof FORMATS)[number];

export const defaultFormat = ({ stdout }: Terminal): Format => (stdout.isTTY === true ? 'table' : 'json');

/** The text of all findings: a table, or one JSON object a line. */
export const written = (findings: readonly Finding[], format: Format, { stdout, env }: Terminal): string =>
  format === 'table'
    ? findingsTable(findings, widthOf(stdout, env), styleFor(stdout, env))
    : findings.map((finding) => `${jsonLine(finding)}\n`).join('');
