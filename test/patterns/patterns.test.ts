import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'patterns-'));
const configuration = join(folder, 'tsconfig.json');

beforeAll(() => {
  const compilerOptions = { target: 'es2023', module: 'nodenext', strict: true, types: [], noEmit: true };
  writeFileSync(configuration, JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the check says about source files. */
const checked = (
  sources: Readonly<Record<string, string>>,
): { readonly status: number | null; readonly said: string } => {
  const files = Object.entries(sources).map(([name, text]) => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, text);
    return file;
  });
  const run = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'test/patterns/main.ts', '--project', configuration, ...files],
    { encoding: 'utf8' },
  );
  for (const file of files) rmSync(file);
  return { status: run.status, said: run.stderr };
};

const SLOW = '/(?:a+)+$/';

describe('the check of regular expressions', () => {
  it('is content with patterns that take linear time, built ones too', () => {
    const { status, said } = checked({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what is checked
      fine: "export const WORD = 'a';\nexport const BUILT = [new RegExp(`^${WORD}+$`), /a\\/[/*]b/g, 4 / 2 / 1];",
    });
    expect(said).toBe('');
    expect(status).toBe(0);
  }, 60_000);

  it('finds a slow one wherever it stands', () => {
    const { status, said } = checked({
      places: [
        `const deep = \`a${'${'}'b'.replace(${SLOW}, 'c')}\`;`,
        `class Thing { static field = ${SLOW}; method(given = ${SLOW}) { return given; } }`,
        `const table = { [String(${SLOW})]: () => ${SLOW} };`,
        `export default 4 / (deep.split(${SLOW}).length / 2);`,
        'export { Thing, table };',
        `// ${SLOW}`,
        `const built = new RegExp('(?:a+)+$');`,
        'export { built };',
      ].join('\n'),
    });
    const lines = said
      .trim()
      .split('\n')
      .map((line) => /places\.ts:(\d+):\d+: \S+ takes time/.exec(line)?.[1]);
    expect(lines.toSorted()).toEqual(['1', '2', '2', '3', '3', '4', '7']);
    expect(status).toBe(1);
  }, 60_000);

  it('refuses what it can not follow or judge', () => {
    const { status, said } = checked(Object.fromEntries(REFUSED.map(([name, source]) => [name, source])));
    const lines = said.trim().split('\n');
    for (const [name, , reason] of REFUSED)
      expect(lines.filter((line) => line.includes(`${name}.ts:`)).join('\n'), name).toContain(reason);
    expect(status).toBe(1);
  }, 60_000);
});

const REFUSED: readonly (readonly [name: string, source: string, reason: string])[] = [
  ['input', 'export const of = (text: string) => new RegExp(text);', 'not built while the module loads'],
  ['alias', 'const R = RegExp;\nexport const a = new R("a");', 'a pattern may come from'],
  ['call', 'export const a = RegExp("a");', 'a pattern may come from'],
  ['property', 'export const a = new globalThis.RegExp("a");', 'a pattern may come from'],
  ['computed', "export const a = globalThis['RegExp'];", 'a pattern may come from'],
  ['another', 'export const a = /a/.constructor;', 'a pattern may come from'],
  ['evaluated', "export const a: unknown = eval('/a/');", 'a pattern may come from'],
  ['text', 'export const a = (text: string, by: string) => text.match(by);', 'may make a pattern of a text'],
  ['undecided', 'export const a = /(?<!(a+)+)\\1b/v;', "can't be judged"],
];
