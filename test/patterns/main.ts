/**
 * Every regular expression that the functions run takes time in proportion to the text. Exits with 1 where one does not. Without
 * arguments it looks at all of their sources; `--project` names the configuration that the given files belong to.
 */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { complaintsAbout } from './verdicts.ts';

const { values, positionals } = parseArgs({
  options: { project: { type: 'string', default: 'tsconfig.json' } },
  allowPositionals: true,
});

const sources = (): readonly string[] =>
  ['functions', 'shared'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  );

const complaints = await complaintsAbout(positionals.length > 0 ? positionals : sources(), values.project);
for (const complaint of complaints) console.error(complaint);
// The checker's own process would keep this one alive.
process.exit(complaints.length > 0 ? 1 : 0);
