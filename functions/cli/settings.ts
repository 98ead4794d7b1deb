/** What a call is asked to use: the configuration file, the detections, the cluster, the severity to fail on. */
import { readFile } from 'node:fs/promises';
import { type Config, DEFAULT_CONFIG, rulesOf } from '../../shared/config/config.ts';
import { ConfigError } from '../../shared/config/mistakes.ts';
import { parseConfig } from '../../shared/config/schema.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import type { Rule } from '../../shared/engine/rule.ts';
import { didYouMean } from '../../shared/primitives/did-you-mean.ts';
import { at, parseJson } from '../../shared/primitives/json.ts';
import { DURATION_FORM, parseDuration } from '../../shared/primitives/time.ts';
import { SEVERITIES, type Severity } from '../../shared/sdk/detection.ts';
import { shown } from './output/terminal.ts';
import { UsageError } from './usage-error.ts';

/** Key under which cdk.json holds the configuration; a file with nothing else is taken as it is. */
const CONTEXT_KEY = 'eks-detect';

export const readConfig = async (file: string | undefined): Promise<Config> => {
  if (file === undefined) return DEFAULT_CONFIG;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      error.code === 'ENOENT'
        ? `The configuration ${shown(file)} does not exist.`
        : `The configuration ${shown(file)} can't be read: ${shown(error.message)}`,
    );
  });
  const written = parseJson(text.replace(/^\ufeff/, ''));
  if (written === undefined) throw new UsageError(`The configuration ${shown(file)} is not JSON.`);
  try {
    return parseConfig(at(written, 'context', CONTEXT_KEY) ?? at(written, CONTEXT_KEY) ?? written, DETECTIONS);
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`${shown(file)}: ${error.message}`);
    throw error;
  }
};

/** The rules of a run: those that are enabled, or exactly those that are named. */
export const chosenRules = (config: Config, named: readonly string[]): readonly Rule[] => {
  const ids = named.flatMap((list) => list.split(',')).map((id) => id.trim());
  if (ids.length === 0) return rulesOf(DETECTIONS, config);
  const known = DETECTIONS.map(({ id }) => id);
  for (const id of ids) {
    if (known.includes(id)) continue;
    const meant = didYouMean(id, known) || ' `eks-detect list` shows all there are.';
    throw new UsageError(`There is no detection "${shown(id)}".${meant}`);
  }
  const wanted = DETECTIONS.filter(({ id }) => ids.includes(id));
  const enabled = Object.fromEntries(ids.map((id) => [id, { ...config.detections[id], enabled: true }]));
  return rulesOf(wanted, { ...config, detections: { ...config.detections, ...enabled } });
};

export const severityNamed = (text: string): Severity => {
  const found = SEVERITIES.find((severity) => severity === text.toLowerCase());
  if (found !== undefined) return found;
  throw new UsageError(
    `--fail-on takes a severity: ${SEVERITIES.join(', ')}. "${shown(text)}" is none.${didYouMean(text, SEVERITIES)}`,
  );
};

export const oneOf = <T extends string>(option: string, text: string, choices: readonly T[]): T => {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UsageError(`${option} takes ${choices.join(', ')}. "${shown(text)}" is none.${didYouMean(text, choices)}`);
};

export const durationOf = (option: string, text: string): number => {
  const duration = parseDuration(text);
  if (duration === undefined) throw new UsageError(`${option} takes ${DURATION_FORM}. "${shown(text)}" is none.`);
  return duration;
};

/** A point in time: ISO 8601, or how long ago. Milliseconds since the epoch. */
export const timeOf = (option: string, text: string, now: number): number => {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new UsageError(
    `${option} takes a time such as 2026-03-02T10:00:00Z, or how long ago, such as 3h. "${shown(text)}" is neither.`,
  );
};

export const positiveNumber = (option: string, text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`${option} takes a whole number above 0. "${shown(text)}" is none.`);
};
