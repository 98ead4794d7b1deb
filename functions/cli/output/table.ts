/** Findings as a person reads them on a terminal: columns where there is room, cards where there is not. */

import type { Finding, Source } from '../../../shared/findings/finding.ts';
import type { Severity } from '../../../shared/sdk/detection.ts';
import { type Style, shown } from './terminal.ts';
import { cut, padded, widthOfText, wrapped } from './width.ts';

type Format = Parameters<Style>[0];

export const COLOURS: Readonly<Record<Severity, Format>> = {
  critical: ['bold', 'white', 'bgRed'],
  high: ['bold', 'red'],
  medium: 'yellow',
  low: 'cyan',
  informational: 'dim',
};

export interface Column {
  readonly head: string;
  /** Columns of the terminal; the one without gets what the others leave. */
  readonly width?: number;
}

const GAP = '  ';

/** A paragraph of a cell: text, or text with a style. */
type Paragraph = string | { readonly text: string; readonly format: Format };

/** Columns from which on a line gets tiresome to read. */
const WIDEST = 90;

/** Most lines of one cell. */
const LINES = 4;

/** Rows of cells under their headings; each cell is a list of paragraphs, wrapped to its column. Rows with several lines are set apart. */
export const rows = (
  columns: readonly Column[],
  cells: readonly (readonly (readonly Paragraph[])[])[],
  width: number,
  style: Style,
): readonly string[] => {
  const fixed = columns.reduce((sum, column) => sum + (column.width ?? 0), 0) + GAP.length * (columns.length - 1);
  const widths = columns.map((column) => column.width ?? Math.min(WIDEST, Math.max(20, width - fixed)));
  const head = columns.map((column, index) => padded(column.head, widths[index] as number)).join(GAP);
  const blocks = cells.map((row) => {
    const wrappedCells = row.map((paragraphs, index) =>
      paragraphs.flatMap((paragraph) => {
        const { text, format } = typeof paragraph === 'string' ? { text: paragraph } : paragraph;
        const lines = wrapped(text, widths[index] as number, LINES);
        return lines.map((line) => ({ line, shown: format === undefined ? line : style(format, line) }));
      }),
    );
    const height = Math.max(...wrappedCells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      columns
        .map((_column, index) => {
          const cell = wrappedCells[index]?.[line] ?? { line: '', shown: '' };
          return cell.shown + ' '.repeat(Math.max(0, (widths[index] as number) - widthOfText(cell.line)));
        })
        .join(GAP)
        .trimEnd(),
    );
  });
  const isTall = blocks.some((block) => block.length > 1);
  return [style('dim', head.trimEnd()), ...blocks.flatMap((block) => (isTall ? [...block, ''] : block))];
};

/** Columns from which on the table has columns of its own. */
const WIDE_ENOUGH = 110;

export const findingsTable = (findings: readonly Finding[], width: number, style: Style): string => {
  if (findings.length === 0) return '';
  const lines = width >= WIDE_ENOUGH ? columned(findings, width, style) : cards(findings, width, style);
  return `${lines.join('\n').trimEnd()}\n`;
};

const columned = (findings: readonly Finding[], width: number, style: Style): readonly string[] => {
  const clusters = new Set(findings.map(({ cluster }) => cluster));
  const columns: readonly Column[] = [
    { head: 'SEVERITY', width: 13 },
    { head: 'FINDING' },
    { head: 'WHO', width: width >= 150 ? 28 : 20 },
    { head: 'FROM', width: width >= 150 ? 24 : 18 },
    { head: 'COUNT', width: 5 },
    { head: 'FIRST, LAST (UTC)', width: 19 },
  ];
  const cells = findings.map((finding): readonly (readonly Paragraph[])[] => [
    [{ text: finding.severity, format: COLOURS[finding.severity] }],
    [
      { text: shown(finding.title), format: 'bold' },
      sentence(finding),
      ...(clusters.size > 1 ? [`cluster ${shown(finding.cluster)}`] : []),
    ],
    [whoOf(finding)],
    [...fromOf(finding.source)],
    [String(finding.count)],
    timesOf(finding),
  ]);
  return rows(columns, cells, width, style);
};

const cards = (findings: readonly Finding[], width: number, style: Style): readonly string[] =>
  findings.flatMap((finding) => {
    const label = finding.severity.toUpperCase();
    const title = wrapped(shown(finding.title), width - widthOfText(label) - GAP.length, 2);
    const details = [whoOf(finding), ...fromOf(finding.source), `${finding.count}×`].join(' · ');
    return [
      style(COLOURS[finding.severity], label) + GAP + style('bold', title[0] ?? ''),
      ...title.slice(1).map((line) => ' '.repeat(label.length) + GAP + style('bold', line)),
      ...wrapped(sentence(finding), width - 2, LINES).map((line) => `  ${line}`),
      ...wrapped(details, width - 2, LINES).map((line) => `  ${line}`),
      ...wrapped(`${timesOf(finding).join(' ')} UTC, ${shown(finding.cluster)}`, width - 2, 2).map(
        (line) => `  ${style('dim', line)}`,
      ),
      '',
    ];
  });

const sentence = (finding: Finding): string => shown(finding.summary);

/** Who acted, as somebody would say it; a 401 names nobody. */
export const whoOf = ({ actor }: Finding): string => {
  if (actor === null) return '–';
  const name = actor.serviceAccount === undefined ? actor.user : `service account ${actor.serviceAccount}`;
  const session = actor.sessionName !== undefined && actor.sessionName !== actor.user ? ` (${actor.sessionName})` : '';
  const as = actor.impersonated === undefined ? '' : ` as ${actor.impersonated.user}`;
  return shown(`${name || 'nobody'}${session}${as}`);
};

export const fromOf = (source: Source | null): readonly string[] => {
  if (source === null) return [];
  const place = [source.city, source.country].filter(Boolean).join(', ');
  return place === '' ? [shown(source.ip)] : [shown(source.ip), shown(place)];
};

/** `2026-03-02 10:15:02` and what of the end differs from it. */
const timesOf = ({ firstSeen, lastSeen }: Finding): readonly string[] => {
  const [first, last] = [plainTime(firstSeen), plainTime(lastSeen)];
  if (first === last) return [first];
  return [first, first.slice(0, 10) === last.slice(0, 10) ? `to ${last.slice(11)}` : `to ${last}`];
};

export const plainTime = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

export const cutTo = (text: string, width: number): string => cut(shown(text), width);
