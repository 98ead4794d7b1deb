import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Phrases that a reader has to translate, and what to write instead. */
const BANNED: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bwas refused to\b/i, '`was denied` and the verb in -ing'],
  [/\bunless told\b/i, '`by default`'],
  [/\bwhoever\b/i, 'the caller, the owner, or who else it is'],
  [/\bbehind (?:it|them|the)\b/i, '`after`'],
  [/\bstands? (?:in|at|beside|behind) /i, '`is` and the place'],
  [/\b(?:is|are) told\b/i, '`is reported`, or who says it to whom'],
  [/\btold of\b/i, '`reported`'],
  [/\bby whose\b/i, 'two sentences'],
  [/\b(?:vouch|betray|dress(?:ed|es)? up)/i, 'the plain verb'],
];

const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

const FILES = [
  ...['shared', 'functions', 'infra', 'docs'].flatMap((folder) => filesIn(folder, '.ts')),
  ...['docs', 'shared'].flatMap((folder) => filesIn(folder, '.md')),
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
];

describe('what we write', () => {
  it.each(BANNED)('never says %s', (phrase, instead) => {
    const found = FILES.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, index) => (phrase.test(line) ? [`${file}:${index + 1} ${line.trim().slice(0, 160)}`] : [])),
    );
    expect(found, `write ${instead} instead`).toEqual([]);
  });
});
