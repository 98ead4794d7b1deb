/** Every regular expression that the functions run takes time in proportion to the text. Exits with 1 where one does not. */
import { readdirSync } from 'node:fs';
import { complaintsAbout } from './verdicts.ts';

const files = ['functions', 'shared'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);
const complaints = await complaintsAbout(files);
for (const complaint of complaints) console.error(complaint);
// The checker's own process would keep this one alive.
process.exit(complaints.length > 0 ? 1 : 0);
