/** Roles whose rules are written as lines, for the examples beside the detections. */
import type { JsonObject } from '../primitives/json.ts';
import { type Caller, mallory } from './caller-examples.ts';
import { element, writeRole } from './rbac-examples.ts';
import { DENIED_BY_ADMISSION } from './request-examples.ts';

/**
 * One element of a role's rules: `rule('list,watch secrets')`, `rule('* widgets example.com')`.
 *
 * @param line verbs, resources and API groups; the core group by default
 * @param resourceNames what the element is limited to; everything by default
 */
export const rule = (line: string, ...resourceNames: readonly string[]): JsonObject => {
  const [verbs = [], resources = [], apiGroups] = line.split(' ').map((words) => words.split(','));
  return { ...element(verbs, resources, apiGroups), ...(resourceNames.length > 0 && { resourceNames }) };
};

const rules = (lines: readonly string[]): readonly JsonObject[] => lines.map((line) => rule(line));

/** Somebody writes the ClusterRole `reader`, with one element for each line. */
export const writeRules = (by: Caller, ...lines: readonly string[]): JsonObject => writeRole(by, rules(lines));

/** Admission denies mallory the ClusterRole `reader`. */
export const deniedRules = (...lines: readonly string[]): JsonObject =>
  writeRole(mallory, rules(lines), DENIED_BY_ADMISSION);
