/** What arrives at detect: the batches as CloudWatch Logs sends them, and what may be wrong with them. */
import { createChance } from './chance.ts';
import type { Chaos } from './chaos.ts';
import { cutIntoBatches, withDeadly } from './recorded-batches.ts';

/** An invocation of detect that waits for its turn. */
export interface Waiting {
  readonly data: string;
  attempts: number;
}

/** No gzip. */
const POISON = 'bm8gZ3ppcA==';

/** The batches, some of them twice, some cut another way, some with a record that ends detect, some that are none. */
export const waitingOf = (
  seed: number,
  chaos: Chaos,
): { readonly waiting: Waiting[]; readonly deadly: ReadonlySet<string> } => {
  const { chance } = chaos;
  const deadly = new Set<string>();
  const batches = cutIntoBatches(createChance(seed % 7)).map((data) => {
    if (!chaos.strikes('batch with a deadly record', 0.02)) return data;
    const id = `deadly${deadly.size}`;
    deadly.add(id);
    return withDeadly(data, id, chance);
  });
  const again = chaos.strikes('batch split', 0.5) ? cutIntoBatches(createChance(seed)) : [];
  const all = batches.map((data): Waiting => ({ data, attempts: 0 }));
  const insert = (data: string) => all.splice(chance.below(all.length), 0, { data, attempts: 0 });
  for (const data of [...batches, ...again]) if (chaos.strikes('batch duplicated', 0.05)) insert(data);
  if (chaos.strikes('poison payload', 0.2)) {
    deadly.add(POISON);
    insert(POISON);
  }
  return { waiting: all, deadly };
};
