import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../docs/generate/generated-files.ts';

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';|^import '([^']+)';/gm)].map(
    (match) => (match[1] ?? match[2]) as string,
  );

const resolved = (file: string, specifier: string): string =>
  specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;

const GENERATED_FILES = await generatedFiles();
const GENERATED = new Set(GENERATED_FILES.map(({ path }) => path));

const SOURCES = ['functions', 'infra', 'shared'].flatMap(filesIn);

/** Lines of a file of ours. Tests may hold more cases than that. */
const LONGEST_FILE = 250;

/** What is pure in Node: computation without a clock, an environment or the outside. */
const PURE = new Set(['node:crypto', 'node:net', 'node:zlib', 'node:buffer']);

/** What checks a configuration, at synth and in the terminal. */
const SCHEMAS = new Set(['shared/config/schema.ts', 'shared/config/conditions.ts', 'shared/config/mistakes.ts']);

describe.each(filesIn('shared'))('%s is pure', (file) => {
  it('imports nothing from outside', () => {
    const outside = importsOf(file)
      .map((specifier) => resolved(file, specifier))
      .filter((target) => !target.startsWith('shared/') && !PURE.has(target));
    expect(outside).toEqual(SCHEMAS.has(file) ? ['zod'] : []);
  });

  it('reads no clock, environment, chance or network', () => {
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(code).not.toMatch(
      /\bDate\.now\b|\bnew Date\(\)|\bprocess\.|\bMath\.random\b|\bperformance\.|\bfetch\(|\bsetTimeout\(/,
    );
  });
});

describe('the whole', () => {
  it('has no import that goes against the flow', () => {
    const against = SOURCES.flatMap((file) =>
      importsOf(file)
        .map((specifier) => resolved(file, specifier))
        .filter(
          (target) => file.startsWith('functions/') && (target.startsWith('infra/') || target.startsWith('aws-cdk')),
        )
        .map((target) => `${file} → ${target}`),
    );
    expect(against).toEqual([]);
  });

  it('keeps what is heavy out of what a Lambda loads', () => {
    const heavy = SOURCES.filter((file) => file.startsWith('functions/') && !file.startsWith('functions/cli/')).flatMap(
      (file) =>
        importsOf(file)
          .filter((specifier) => specifier === 'zod' || /config\/(?:schema|conditions|mistakes)\.ts$/.test(specifier))
          .map((specifier) => `${file} → ${specifier}`),
    );
    expect(heavy).toEqual([]);
  });

  it('has no cycle of imports that run', () => {
    const graph = new Map(SOURCES.map((file) => [file, runningImports(file)]));
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of graph.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('has no drawer and no overlong file', () => {
    expect(SOURCES.filter((file) => /(?:^|\/)(?:utils?|helpers?|types|misc|common)\.ts$/.test(file))).toEqual([]);
    const long = [...SOURCES, ...filesIn('docs')].filter(
      (file) => readFileSync(file, 'utf8').trimEnd().split('\n').length > LONGEST_FILE && !GENERATED.has(file),
    );
    expect(long).toEqual([]);
  });

  it('has fresh generated files', () => {
    const stale = GENERATED_FILES.filter(({ path, text }) => readFileSync(path, 'utf8') !== text);
    expect(stale.map(({ path }) => path)).toEqual([]);
  });
});

/** Imports that remain when types are gone. */
const runningImports = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)(?! type)\b([^;]*?)from '([^']+)';/gm)]
    .filter(([, names = '']) => !/^\s*\{(?:\s*type\s+\w+(?:\s+as\s+\w+)?\s*,?)+\}\s*$/.test(names))
    .map(([, , specifier = '']) => resolved(file, specifier))
    .filter((target) => target.endsWith('.ts'));
