/** `eks-detect replay`: the path from log to finding, over files. */
import { SEVERITIES, type Severity } from '../../shared/detection.ts';
import { createEngine } from '../../shared/engine.ts';
import type { Locator } from '../../shared/event.ts';
import type { Finding } from '../../shared/finding.ts';
import { createMemoryStore } from '../../shared/store.ts';
import { readArguments } from './arguments.ts';
import { defaultFormat, FORMATS, written } from './formats.ts';
import { fileSource, type Source } from './input.ts';
import { createProgress } from './progress.ts';
import { Refusal } from './refusal.ts';
import { chosenRules, durationOf, oneOf, readConfig, severityNamed } from './settings.ts';
import { study } from './study.ts';
import { learnedLines, summaryLines } from './summary.ts';
import { shown, type Terminal } from './terminal.ts';

/** What the outside lends to a command. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly locate?: Locator | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Options of every command that reads records. */
export const INPUT_OPTIONS = {
  cluster: { type: 'string' },
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
} as const;

/** Stands for the cluster of records that don't say which one they come from. */
export const UNNAMED = 'unnamed';

export const replay = async (args: readonly string[], { terminal, locate }: Surroundings): Promise<number> => {
  const { values, positionals } = readArguments('replay', args, OPTIONS);
  const format = values.format === undefined ? defaultFormat(terminal) : oneOf('--format', values.format, FORMATS);
  const failOn = values['fail-on'] === undefined ? undefined : severityNamed(values['fail-on']);
  const learn = durationOf('--learn', values.learn);
  const config = await readConfig(values.config);
  const sources = sourcesOf(positionals, terminal);
  const progress = createProgress(terminal, values.quiet);
  const store = createMemoryStore();
  const bench = {
    engine: createEngine(chosenRules(config, values.detections)),
    config,
    store,
    cluster: values.cluster ?? UNNAMED,
    locate,
    progress: progress.show,
  };

  const baselines = values.baseline.map((file) => fileSource(file, terminal.stdin));
  const learned = baselines.length === 0 ? undefined : await study(baselines, { ...bench, learns: true });
  const account = await study(sources, { ...bench, learns: false });
  progress.clear();
  const findings = store.findings(learn).map((finding) => placed(finding, locate));

  terminal.stdout.write(written(findings, format, terminal));
  const unreadable = [...(learned?.unreadable ?? []), ...account.unreadable];
  const notes = [...(learned === undefined ? [] : learnedLines(learned)), ...summaryLines(findings, account)];
  for (const line of values.quiet ? unreadable : [...notes, ...unreadable]) terminal.stderr.write(`${shown(line)}\n`);
  if (unreadable.length > 0) return 2;
  return failOn !== undefined && findings.some(({ severity }) => reaches(severity, failOn)) ? 1 : 0;
};

export const sourcesOf = (files: readonly string[], { stdin }: Terminal): readonly Source[] => {
  if (files.length === 0) throw new Refusal('Name the files to read, or - for standard input.');
  if (files.filter((file) => file === '-').length > 1) throw new Refusal('Standard input (-) can be read only once.');
  return files.map((file) => fileSource(file, stdin));
};

const reaches = (severity: Severity, least: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);

/** Where the address of a finding is, for what is written out. */
const placed = (finding: Finding, locate: Locator | undefined): Finding =>
  finding.source === null ? finding : { ...finding, source: { ...finding.source, ...locate?.(finding.source.ip) } };
