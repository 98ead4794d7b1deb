import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** A folder of shared/ imports only from itself and from folders before it. */
const SHARED = [
  'primitives',
  'kubernetes',
  'logs',
  'commands',
  'events',
  'eks',
  'indicators',
  'sdk',
  'detections',
  'sigma',
  'engine',
  'aggregates',
  'findings',
  'incidents',
  'outputs',
  'config',
];

/** What a detection may import. The generated index of detections is no detection. */
const OF_DETECTIONS = ['sdk', 'events', 'eks', 'indicators', 'kubernetes', 'commands', 'primitives'];

interface Import {
  readonly file: string;
  readonly target: string;
}

/** Imports of the project's own files, of types too, as paths below `root`. */
const importsIn = (root: string): readonly Import[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']+)';/gm)].map(
        ([, specifier]) => ({ file, target: normalize(join(dirname(file), specifier as string)) }),
      ),
    );

const folderOf = (path: string): string => path.split('/')[0] as string;

const shown = (imports: readonly Import[]): readonly string[] =>
  imports.map(({ file, target }) => `${file} → ${target}`);

describe('folders of shared/', () => {
  const imports = importsIn('shared');

  it('are all in the order', () => {
    const folders = readdirSync('shared');
    expect(folders.filter((folder) => !SHARED.includes(folder))).toEqual([]);
    expect(imports.length).toBeGreaterThan(500);
  });

  it('import only from themselves and from folders before them', () => {
    const against = imports.filter(
      ({ file, target }) => SHARED.indexOf(folderOf(target)) > SHARED.indexOf(folderOf(file)),
    );
    expect(shown(against)).toEqual([]);
  });

  it('give detections what is made for them, and nothing of the engine or of each other', () => {
    const others = imports.filter(
      ({ file, target }) =>
        folderOf(file) === 'detections' && file !== 'detections/index.ts' && !OF_DETECTIONS.includes(folderOf(target)),
    );
    expect(shown(others)).toEqual([]);
  });
});

describe('functions', () => {
  it('import nothing of each other, but all of functions/aws', () => {
    const between = importsIn('functions').filter(
      ({ file, target }) => !target.startsWith('../') && ![folderOf(file), 'aws'].includes(folderOf(target)),
    );
    expect(shown(between)).toEqual([]);
  });
});
