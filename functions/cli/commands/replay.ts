/** `eks-detect replay`: the path from log to finding, over files. */

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createEngine } from '../../../shared/engine/engine.ts';
import type { Geolocator } from '../../../shared/events/event.ts';
import { createMemoryStore } from '../../../shared/findings/memory-store.ts';
import { type EventLogGroup, logSourceOf } from '../../../shared/logs/log-source.ts';
import { SEVERITIES, type Severity } from '../../../shared/sdk/detection.ts';
import { located } from '../../aws/geoip.ts';
import { readArguments } from '../arguments.ts';
import { fileSource, type Source } from '../input/input.ts';
import { type LogsClient, logGroupSource } from '../input/log-group.ts';
import { defaultFormat, FORMATS, written } from '../output/formats.ts';
import { createProgress } from '../output/progress.ts';
import { learnedLines, summaryLines } from '../output/summary.ts';
import { shown, type Terminal } from '../output/terminal.ts';
import { chosenRules, durationOf, oneOf, readConfig, severityNamed, timeOf } from '../settings.ts';
import { study } from '../study.ts';
import { UsageError } from '../usage-error.ts';

/** What the outside lends to a command. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly locate: Geolocator;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Made when it is needed: most calls read files, and the client takes a while to load. */
  readonly logsClient: () => Promise<LogsClient>;
  readonly tablesClient: () => Promise<Pick<DynamoDBClient, 'send'>>;
}

/** Options of every command that reads records. */
export const INPUT_OPTIONS = {
  cluster: { type: 'string' },
  account: { type: 'string' },
  region: { type: 'string' },
  config: { type: 'string' },
  detections: { type: 'string', multiple: true, default: [] as string[] },
  quiet: { type: 'boolean', short: 'q', default: false },
} as const;

const OPTIONS = {
  ...INPUT_OPTIONS,
  format: { type: 'string' },
  'fail-on': { type: 'string' },
  baseline: { type: 'string', multiple: true, default: [] as string[] },
  learn: { type: 'string', default: '0s' },
  'log-group': { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
} as const;

/** The cluster of records that don't say which one they come from. */
export const UNNAMED = 'unnamed';

export const replay = async (args: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { terminal, locate } = surroundings;
  const { values, positionals } = readArguments('replay', args, OPTIONS);
  const format = values.format === undefined ? defaultFormat(terminal) : oneOf('--format', values.format, FORMATS);
  const failOn = values['fail-on'] === undefined ? undefined : severityNamed(values['fail-on']);
  const learn = durationOf('--learn', values.learn);
  const config = await readConfig(values.config);
  const stretch = { logGroup: values['log-group'], since: values.since, until: values.until };
  const sources =
    stretch.logGroup === undefined
      ? filesOf(positionals, stretch, terminal)
      : [await logGroup(stretch.logGroup, positionals, stretch, config.eventLogGroups, surroundings)];
  const progress = createProgress(terminal, values.quiet);
  const store = createMemoryStore();
  const engine = createEngine(chosenRules(config, values.detections));
  const { cluster = UNNAMED, account: owner, region } = values;
  const origin = { cluster, ...filled({ account: owner, region }), locate };
  const bench = {
    engine,
    config,
    store,
    origin,
    progress: progress.show,
  };

  const baselines = values.baseline.map((file) => fileSource(file, terminal.stdin));
  const learned = baselines.length === 0 ? undefined : await study(baselines, { ...bench, learns: true });
  const account = await study(sources, { ...bench, known: store.known, learns: false });
  progress.clear();
  const findings = store.findings(learn).map((finding) => located(finding, locate));

  terminal.stdout.write(
    written(
      findings,
      format,
      engine.rules.map(({ detection }) => detection),
      terminal,
    ),
  );
  const unreadable = [...(learned?.unreadable ?? []), ...account.unreadable];
  const notes = [
    ...(learned === undefined ? [] : learnedLines(learned)),
    ...summaryLines(findings, account),
    ...(learned?.doubtful ?? []),
    ...account.doubtful,
  ];
  const saysNothing = values.quiet || (unreadable.length > 0 && account.records === 0);
  for (const line of saysNothing ? unreadable : [...notes, ...unreadable]) terminal.stderr.write(`${shown(line)}\n`);
  if (unreadable.length > 0) return 2;
  return failOn !== undefined && findings.some(({ severity }) => reaches(severity, failOn)) ? 1 : 0;
};

const filled = (fields: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined));

interface Bounds {
  readonly since: string | undefined;
  readonly until: string | undefined;
}

const filesOf = (files: readonly string[], { since, until }: Bounds, terminal: Terminal): readonly Source[] => {
  if (since !== undefined || until !== undefined) throw new UsageError('--since and --until go with --log-group only.');
  return sourcesOf(files, terminal);
};

const logGroup = async (
  name: string,
  files: readonly string[],
  { since: from = '1h', until: to = '0s' }: Bounds,
  eventLogGroups: readonly EventLogGroup[],
  { now, logsClient }: Surroundings,
): Promise<Source> => {
  if (files.length > 0) throw new UsageError('Name either files or --log-group, not both.');
  const since = timeOf('--since', from, now);
  const until = timeOf('--until', to, now);
  if (since >= until) throw new UsageError('--since must be before --until.');
  const pattern = logSourceOf(eventLogGroups, name)?.filterPattern;
  return logGroupSource({ logGroup: name, since, until, pattern }, await logsClient());
};

export const sourcesOf = (files: readonly string[], { stdin }: Terminal): readonly Source[] => {
  if (files.length === 0) throw new UsageError('Name the files to read, or - for standard input.');
  if (files.filter((file) => file === '-').length > 1)
    throw new UsageError('Standard input (-) can be read only once.');
  return files.map((file) => fileSource(file, stdin));
};

const reaches = (severity: Severity, least: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
