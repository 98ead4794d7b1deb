/** `eks-detect learn`: history read from CloudWatch Logs becomes the baselines of a deployed stack. */

import type { Delta, Store } from '../../../shared/aggregates/store.ts';
import { createEngine } from '../../../shared/engine/engine.ts';
import { createMemoryStore } from '../../../shared/findings/memory-store.ts';
import { logSourceOf } from '../../../shared/logs/log-source.ts';
import { DAY } from '../../../shared/primitives/time.ts';
import { createStore } from '../../aws/dynamodb-store.ts';
import { BASELINES_TABLE } from '../../aws/environment.ts';
import { readArguments } from '../arguments.ts';
import { logGroupSource, ownerOf } from '../input/log-group.ts';
import { counted } from '../output/counts.ts';
import { createProgress } from '../output/progress.ts';
import { learnedLines } from '../output/summary.ts';
import { jsonLine, shown } from '../output/terminal.ts';
import { chosenRules, positiveNumber, readConfig } from '../settings.ts';
import { study } from '../study.ts';
import { UsageError } from '../usage-error.ts';
import type { Surroundings } from './replay.ts';

const OPTIONS = {
  'log-group': { type: 'string' },
  days: { type: 'string', default: '30' },
  cluster: { type: 'string' },
  table: { type: 'string' },
  config: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
} as const;

export const learn = async (args: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { terminal, locate, now } = surroundings;
  const { values, positionals } = readArguments('learn', args, OPTIONS);
  const logGroup = values['log-group'];
  if (logGroup === undefined || positionals.length > 0) {
    throw new UsageError('learn reads one log group: --log-group /aws/eks/<cluster>/cluster.');
  }
  const days = positiveNumber('--days', values.days);
  const config = await readConfig(values.config);
  const known = logSourceOf(config.eventLogGroups, logGroup);
  const cluster = values.cluster ?? known?.cluster;
  if (cluster === undefined) {
    throw new UsageError(
      `The log group ${shown(logGroup)} does not say which cluster it is from. Name it with --cluster.`,
    );
  }
  const rules = chosenRules(config, []).filter(({ windowing }) => windowing.kind === 'first-seen');
  const dry = createMemoryStore();
  const store = values['dry-run']
    ? dry
    : await deployedStore(values.table ?? terminal.env[BASELINES_TABLE], surroundings);
  const client = await surroundings.logsClient();
  const source = logGroupSource(
    { logGroup, since: now - days * DAY, until: now, pattern: known?.filterPattern },
    client,
  );
  const owner = await ownerOf(logGroup, client);

  const progress = createProgress(terminal, values.quiet);
  const bench = {
    engine: createEngine(rules),
    config,
    store: counting(store),
    origin: { cluster, ...owner, locate },
    learns: true,
  };
  const account = await study([source], { ...bench, progress: progress.show });
  progress.clear();
  for (const sentence of account.unreadable) terminal.stderr.write(`${shown(sentence)}\n`);
  // A history that was read in part is merged all the same; what is missing can be learned by another call.
  if (account.unreadable.length > 0) return 2;
  await bench.store.noteCluster(bench.origin, 0);

  for (const { subject } of values['dry-run'] ? dry.aggregates() : []) {
    const seen = [...subject.learned].map((day) => new Date(day * DAY).toISOString().slice(0, 10)).sort();
    terminal.stdout.write(
      `${jsonLine({ detection: subject.detection, cluster, entities: subject.entities, days: seen })}\n`,
    );
  }
  if (!values.quiet) {
    const merged = values['dry-run'] ? dry.aggregates().length : bench.store.merged();
    const did = values['dry-run'] ? 'would be learned; nothing was written' : `learned for ${cluster}`;
    for (const line of [...learnedLines(account), `${counted(merged, 'baseline')} ${did}.`]) {
      terminal.stderr.write(`${shown(line)}\n`);
    }
  }
  return 0;
};

/** Counts the aggregates that were touched, each once. */
const counting = (store: Store): Store & { readonly merged: () => number } => {
  const ids = new Set<string>();
  return {
    ...store,
    merge: (deltas: readonly Delta[]) => {
      for (const { addition } of deltas) ids.add(addition.id);
      return store.merge(deltas);
    },
    merged: () => ids.size,
  };
};

const deployedStore = async (table: string | undefined, { tablesClient }: Surroundings): Promise<Store> => {
  if (table === undefined || table === '') {
    throw new UsageError(
      `Name the baselines table with --table or in ${BASELINES_TABLE}: it is the stack's output BaselinesTable. --dry-run needs none.`,
    );
  }
  // Only first-seen aggregates are learned, and those live in the baselines table.
  return createStore({ client: await tablesClient(), findingsTable: table, baselinesTable: table });
};
