/** `eks-detect explain`: for each event, which detections fired and why the others did not. */

import { type Aggregate, aggregateName } from '../../../shared/aggregates/aggregate.ts';
import { createEngine, type Engine, type Sighting } from '../../../shared/engine/engine.ts';
import { createSuppressor } from '../../../shared/engine/suppression.ts';
import { nameOf } from '../../../shared/events/actor.ts';
import { objectName } from '../../../shared/events/audit-fields.ts';
import type { Event, Origin } from '../../../shared/events/event.ts';
import { parseRecord, type Rejected } from '../../../shared/events/parse.ts';
import { createMemoryStore, type MemoryStore } from '../../../shared/findings/memory-store.ts';
import { groupBy } from '../../../shared/primitives/group-by.ts';
import { DAY } from '../../../shared/primitives/time.ts';
import { readArguments } from '../arguments.ts';
import { fileSource, type Source } from '../input/input.ts';
import type { Found } from '../input/records.ts';
import { plainTime } from '../output/table.ts';
import { shown, styleFor, widthOf } from '../output/terminal.ts';
import { wrapped } from '../output/width.ts';
import { chosenRules, positiveNumber, readConfig } from '../settings.ts';
import { createOrigins, study } from '../study.ts';
import { INPUT_OPTIONS, type Surroundings, sourcesOf, UNNAMED } from './replay.ts';
import { type Counter, createCounter, doubts, notSelected } from './verdict.ts';

const OPTIONS = {
  ...INPUT_OPTIONS,
  all: { type: 'boolean', default: false },
  limit: { type: 'string', default: '20' },
  baseline: { type: 'string', multiple: true, default: [] as string[] },
} as const;

export const explain = async (args: readonly string[], { terminal, locate }: Surroundings): Promise<number> => {
  const { values, positionals } = readArguments('explain', args, OPTIONS);
  const limit = positiveNumber('--limit', values.limit);
  const config = await readConfig(values.config);
  const engine = createEngine(chosenRules(config, values.detections));
  const origin: Origin = { cluster: values.cluster ?? UNNAMED, locate };
  const originFor = createOrigins(config, origin);
  const sources = sourcesOf(positionals, terminal);
  const store = createMemoryStore();
  const baselines = values.baseline.map((file) => fileSource(file, terminal.stdin));
  await study(baselines, { engine, config, store, origin, learns: true, progress: () => {} });

  const suppressor = createSuppressor(config.suppress);
  const counter = createCounter(knownSince(store));
  const showsAll = values.all || values.detections.length > 0;
  const style = styleFor(terminal.stdout, terminal.env);
  const width = widthOf(terminal.stdout, terminal.env);
  let explained = 0;
  for await (const { found, source } of firstOf(sources, limit)) {
    explained++;
    const event = 'rejected' in found ? undefined : parseRecord(found.message, originFor(found.from), found);
    const lines =
      event === undefined || event.source === 'rejected'
        ? [`rejected: ${'rejected' in found ? found.rejected : (event as Rejected).reason}`]
        : verdicts(event, engine, suppressor, counter, showsAll);
    const title = `${shown(source)} ${explained}: ${event === undefined || event.source === 'rejected' ? 'no event' : titleOf(event)}`;
    const text = lines.flatMap((line) =>
      wrapped(shown(line), width - 4, 6).map((part, index) => `${index === 0 ? '  ' : '    '}${part}`),
    );
    terminal.stdout.write(
      `${wrapped(title, width, 3)
        .map((line) => style('bold', line))
        .join('\n')}\n${text.join('\n')}\n\n`,
    );
  }
  if (explained === limit && !values.quiet)
    terminal.stderr.write(`Stopped after ${limit} events; --limit explains more.\n`);
  return 0;
};

async function* firstOf(
  sources: readonly Source[],
  limit: number,
): AsyncGenerator<{ readonly found: Found; readonly source: string }> {
  let left = limit;
  for (const source of sources) {
    for await (const batch of source.batches()) {
      for (const found of batch) {
        if (left-- <= 0) return;
        yield { found, source: source.name };
      }
    }
  }
}

const titleOf = (event: Event): string => {
  const time = `${plainTime(new Date(event.time).toISOString())} UTC`;
  if (event.source === 'kubernetes-event') {
    const { kind, namespace, name } = event.involved;
    return shown(`Kubernetes Event ${event.reason} about ${kind.toLowerCase()} ${namespace}/${name}, ${time}`);
  }
  const code = event.code === 0 ? event.outcome : `${event.outcome} (${event.code})`;
  return shown(`${nameOf(event.actor, event.impersonated)} ${event.verb} ${objectName(event)}: ${code}, ${time}`);
};

const verdicts = (
  event: Event,
  engine: Engine,
  suppressor: ReturnType<typeof createSuppressor>,
  counter: Counter,
  showsAll: boolean,
): readonly string[] => {
  const { sightings, faults } = engine.detect(event);
  const matched = sightings.map((sighting) => matchLine(sighting, suppressor, counter));
  const failed = faults.map(({ rule, error }) => `failed: ${rule.detection.id}, which is a defect: ${String(error)}`);
  const others = engine.rules.filter(
    (rule) => ![...sightings, ...faults].some((one) => one.rule.detection === rule.detection),
  );
  const saidNo = others.filter((rule) => notSelected(rule, event) === undefined);
  const mismatches = others.flatMap((rule) => notSelected(rule, event)?.mismatch ?? []);
  if (showsAll) {
    const reasons = others.map(
      (rule) =>
        `no: ${rule.detection.id} ${notSelected(rule, event)?.because ?? `looked at it and did not match${doubts(rule, event)}`}`,
    );
    return [...matched, ...failed, ...reasons];
  }
  const names = saidNo.map((rule) => `${rule.detection.id}${doubts(rule, event)}`);
  const counts = [...groupBy(mismatches, (mismatch) => mismatch)].map(
    ([mismatch, group]) => `${group.length} by ${mismatch}`,
  );
  return [
    ...matched,
    ...failed,
    ...(names.length === 0 ? [] : [`no: looked at it and did not match: ${names.join(', ')}`]),
    ...(counts.length === 0 ? [] : [`not about such events: ${counts.join(', ')} (--all says more)`]),
  ];
};

const matchLine = (sighting: Sighting, suppressor: ReturnType<typeof createSuppressor>, counter: Counter): string => {
  const { id } = sighting.rule.detection;
  const suppression = suppressor(sighting);
  if (suppression !== undefined) return `suppressed: ${id} matched; ${suppression.reason}`;
  const { opens, because } = counter.count(sighting);
  return `${opens ? 'fired' : 'counted'}: ${id}: ${sighting.summary} (${because})`;
};

/** What a baseline knows of the entities of a sighting, within the look-back. */
const knownSince = (store: MemoryStore) => {
  const learned = new Map<string, Aggregate>(store.aggregates().map(({ subject }) => [subject.id, subject]));
  return ({ rule, event, entities }: Sighting): number | undefined => {
    const { cluster, account = '', region = '' } = event.origin;
    const { id } = aggregateName({ detection: rule.detection.id, cluster, account, region, entities, period: 0 });
    const today = Math.floor(event.time / DAY);
    const days = [...(learned.get(id)?.learned ?? [])].filter(
      (day) => day <= today && today - day <= rule.windowing.lookback,
    );
    return days.length === 0 ? undefined : Math.max(...days) * DAY;
  };
};
