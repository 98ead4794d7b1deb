/** Writes every file that is made from the detections; `--check` says which are stale instead, and exits with 1. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { generatedFiles } from './generated-files.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const stale = (await generatedFiles()).filter(
  ({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
);
for (const { path, text } of stale) {
  if (values.check) console.error(`${path} is stale: run \`npm run docs\` and commit what it writes.`);
  else {
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
}
if (values.check && stale.length > 0) process.exitCode = 1;
