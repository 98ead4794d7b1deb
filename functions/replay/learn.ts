/** `eks-detect learn`: history read from CloudWatch Logs becomes the baselines of a deployed stack. */
import { clusterOfLogGroup } from '../../shared/config.ts';
import { createEngine } from '../../shared/engine.ts';
import type { Rule } from '../../shared/rule.ts';
import { DAY } from '../../shared/state.ts';
import { createMemoryStore, type Delta, type Store } from '../../shared/store.ts';
import { createStore } from '../detect/store.ts';
import { BASELINES_TABLE } from '../environment.ts';
import { readArguments } from './arguments.ts';
import { isControlPlaneGroup, logGroupSource } from './log-group.ts';
import { createProgress } from './progress.ts';
import { Refusal } from './refusal.ts';
import type { Surroundings } from './replay.ts';
import { chosenRules, positiveNumber, readConfig } from './settings.ts';
import { study } from './study.ts';
import { counted, learnedLines } from './summary.ts';
import { jsonLine, shown } from './terminal.ts';

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
    throw new Refusal('learn reads one log group: --log-group /aws/eks/<cluster>/cluster.');
  }
  const days = positiveNumber('--days', values.days);
  const config = await readConfig(values.config);
  const cluster = values.cluster ?? clusterOfLogGroup(config, logGroup);
  if (cluster === undefined) {
    throw new Refusal(
      `The log group ${shown(logGroup)} does not say which cluster it is from. Name it with --cluster.`,
    );
  }
  const rules = chosenRules(config, []).filter(({ grid }) => grid.kind === 'first-seen');
  const dry = createMemoryStore();
  const store = values['dry-run']
    ? dry
    : await deployedStore(values.table ?? terminal.env[BASELINES_TABLE], surroundings);
  const pattern = isControlPlaneGroup(logGroup) ? patternOf(rules) : undefined;
  const source = logGroupSource(
    { logGroup, since: now - days * DAY, until: now, pattern },
    await surroundings.logsClient(),
  );

  const progress = createProgress(terminal, values.quiet);
  const bench = {
    engine: createEngine(rules),
    config,
    store: counting(store),
    origin: { cluster, locate },
    learns: true,
  };
  const account = await study([source], { ...bench, progress: progress.show });
  progress.clear();
  for (const sentence of account.unreadable) terminal.stderr.write(`${shown(sentence)}\n`);
  // A history that was read in part is merged all the same; what is missing can be learned by another call.
  if (account.unreadable.length > 0) return 2;
  await bench.store.begin(cluster, 0);

  for (const { subject } of values['dry-run'] ? dry.cases() : []) {
    const seen = [...subject.learned].map((day) => new Date(day * DAY).toISOString().slice(0, 10)).sort();
    terminal.stdout.write(
      `${jsonLine({ detection: subject.detection, cluster, entities: subject.entities, days: seen })}\n`,
    );
  }
  if (!values.quiet) {
    const merged = values['dry-run'] ? dry.cases().length : bench.store.merged();
    const did = values['dry-run'] ? 'would be learned; nothing was written' : `learned for ${cluster}`;
    for (const line of [...learnedLines(account), `${counted(merged, 'baseline')} ${did}.`]) {
      terminal.stderr.write(`${shown(line)}\n`);
    }
  }
  return 0;
};

/** Counts the cases that were touched, each once. */
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
    throw new Refusal(
      `Name the baselines table with --table or in ${BASELINES_TABLE}: it is the stack's output BaselinesTable. --dry-run needs none.`,
    );
  }
  // Only first-seen cases are learned, and those live in the baselines table.
  return createStore({ client: await tablesClient(), findingsTable: table, baselinesTable: table });
};

/** Longest filter pattern that CloudWatch Logs takes. */
const LONGEST_PATTERN = 1_024;

/**
 * What the rules could learn from, so that CloudWatch Logs sorts out the rest: most of a log is leases and reads. A rule that takes
 * any verb takes everything.
 */
export const patternOf = (rules: readonly Rule[]): string => {
  const audit = rules.filter(({ detection }) => detection.needs !== 'event');
  const verbs = any(
    '$.verb',
    audit.map(({ detection }) => detection.on.verbs),
  );
  const resources = any(
    '$.objectRef.resource',
    audit.map(({ detection }) => detection.on.resources?.map((name) => name.split('/', 1)[0] as string)),
  );
  const parts = ['$.apiVersion = "audit.k8s.io/*"', verbs, resources].filter((part) => part !== '');
  const pattern = `{ ${parts.map((part) => `(${part})`).join(' && ')} }`;
  return pattern.length <= LONGEST_PATTERN ? pattern : '"audit.k8s.io"';
};

const any = (field: string, lists: readonly (readonly string[] | undefined)[]): string => {
  if (lists.some((list) => list === undefined)) return '';
  const values = [...new Set(lists.flatMap((list) => list ?? []))].sort();
  return values.map((value) => `${field} = "${value}"`).join(' || ');
};
