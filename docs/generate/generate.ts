/** Writes every generated file; `--check` says which are stale instead, and exits with 1. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type GeneratedFile, indexFile } from './detection-index.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const refresh = ({ path, text }: GeneratedFile): void => {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  if (values.check) {
    console.error(`${path} is stale: run \`npm run docs\` and commit what it writes.`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
};

refresh(indexFile());
// The others are made from what the index lists, so it has to be written before they are imported.
const { generatedFiles } = await import('./generated-files.ts');
for (const file of await generatedFiles()) refresh(file);
