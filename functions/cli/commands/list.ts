/** `eks-detect list`: the detections there are. */

import { DETECTIONS } from '../../../shared/detections/index.ts';
import { isEnabled, ruleOf } from '../../../shared/engine/rule.ts';
import { readArguments } from '../arguments.ts';
import { COLOURS, cutTo, rows } from '../output/table.ts';
import { jsonLine, styleFor, type Terminal, widthOf } from '../output/terminal.ts';
import { oneOf, readConfig } from '../settings.ts';
import { UsageError } from '../usage-error.ts';

export const list = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const { values, positionals } = readArguments('list', args, {
    format: { type: 'string' },
    config: { type: 'string' },
  });
  if (positionals.length > 0) throw new UsageError('list takes no files. See `eks-detect list --help`.');
  const format = oneOf('--format', values.format ?? (terminal.stdout.isTTY === true ? 'table' : 'json'), [
    'table',
    'json',
  ]);
  const config = await readConfig(values.config);
  const listed = DETECTIONS.map((detection) => {
    const override = config.detections[detection.id];
    const { severity, risk, impact, confidence } = ruleOf(detection, override);
    const { id, title, tactic, techniques, type, stories } = detection;
    const enabled = isEnabled(detection, override);
    return { id, title, tactic, techniques, severity, risk, impact, confidence, type, stories, enabled };
  });
  terminal.stdout.write(
    format === 'json' ? listed.map((entry) => `${jsonLine(entry)}\n`).join('') : table(listed, terminal),
  );
  return 0;
};

interface Listed {
  readonly id: string;
  readonly title: string;
  readonly tactic: string;
  readonly severity: keyof typeof COLOURS;
  readonly risk: number;
  readonly enabled: boolean;
}

/** Columns beside the ids from which on there is room for titles, and for tactics too. */
const WITH_TITLE = 58;
const WITH_TACTIC = 90;

const table = (listed: readonly Listed[], { stdout, env }: Terminal): string => {
  const width = widthOf(stdout, env);
  const style = styleFor(stdout, env);
  const longest = Math.max(...listed.map(({ id }) => id.length));
  const columns = [
    { head: 'ID', width: longest, cell: ({ id }: Listed) => id },
    { head: 'SEVERITY', width: 13, cell: ({ severity }: Listed) => ({ text: severity, format: COLOURS[severity] }) },
    { head: 'RISK', width: 4, cell: ({ risk }: Listed) => String(risk) },
    { head: 'ON', width: 3, cell: ({ enabled }: Listed) => (enabled ? 'yes' : 'no') },
    ...(width >= WITH_TACTIC + longest ? [{ head: 'TACTIC', width: 20, cell: ({ tactic }: Listed) => tactic }] : []),
    ...(width >= WITH_TITLE + longest ? [{ head: 'TITLE', cell: ({ title }: Listed) => title }] : []),
  ];
  const taken = columns.reduce((sum, column) => sum + ('width' in column ? column.width : 0) + 2, 0);
  const cells = listed.map((entry) =>
    columns.map((column) => {
      const text = column.cell(entry);
      return [typeof text === 'string' ? cutTo(text, column.head === 'TITLE' ? width - taken : longest) : text];
    }),
  );
  return `${rows(columns, cells, width, style).join('\n')}\n`;
};
