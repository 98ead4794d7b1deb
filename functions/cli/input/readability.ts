/** Whether a source held what replay reads: a run over the wrong file must not look like a run that found nothing. */

import { byFrequency, number } from '../output/counts.ts';
import { shown } from '../output/terminal.ts';
import type { Source } from './input.ts';
import { seemsToBe } from './stranger.ts';

/** What became of the records of one source. */
export interface Share {
  readonly records: number;
  readonly events: number;
  readonly rejected: ReadonlyMap<string, number>;
}

/** At most one sentence: why the source counts as unreadable, what is doubtful about it, or that there was nothing in it. */
export interface Judgement {
  readonly unreadable?: string;
  readonly doubtful?: string;
}

/** Part of the records that may be no events before a reader should know: a control plane writes more than audit events. */
const MOST_REFUSED = 0.5;

export const judged = ({ name: source, beginning }: Source, { records, events, rejected }: Share): Judgement => {
  const name = shown(source);
  const strange = records - events - (rejected.get('empty') ?? 0);
  // The answer of a log group may be empty, or hold what another component wrote.
  if (beginning === undefined) {
    return strange > 0 && events === 0
      ? { doubtful: `Nothing in ${name} is an audit event or a Kubernetes Event (${byFrequency(rejected)}).` }
      : {};
  }
  if (records === 0) return { doubtful: `${nameAtStart(name)} is empty.` };
  if (events === 0 && strange === 0) return { doubtful: `${nameAtStart(name)} holds no records.` };
  if (events === 0) {
    const { what, remedy } = seemsToBe(beginning());
    return {
      unreadable: `Nothing in ${name} is an audit event or a Kubernetes Event (${byFrequency(rejected)}). It seems to be ${what}. ${remedy}`,
    };
  }
  if (strange / (strange + events) <= MOST_REFUSED) return {};
  return {
    doubtful: `Of ${name}, ${number(strange)} of ${number(records)} records could not be read (${byFrequency(rejected)}), so findings may be missing.`,
  };
};

const nameAtStart = (name: string): string => (name === 'standard input' ? 'Standard input' : name);
