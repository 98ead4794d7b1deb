/** `npm run new -- <tactic>/<id>`: makes a detection's file, which fails its test until it is filled in. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { TACTICS } from '../../shared/sdk/mitre-attack.ts';

const [file = ''] = process.argv.slice(2);
const [tactic = '', id = ''] = file.split('/');

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

if (!Object.hasOwn(TACTICS, tactic) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
  fail(
    `"${file}" is no <tactic>/<id>. Use a tactic of ${Object.keys(TACTICS).join(', ')} and an id in kebab-case, for instance: npm run new -- persistence/cron-job-changed`,
  );
}
const path = `shared/detections/${file}.ts`;
if (existsSync(path)) fail(`${path} exists already. Choose another id, or edit the file.`);

const text = `import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, mallory } from '../../sdk/examples.ts';
import { inNamespace, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: '${id}',
  title: 'TODO: what happened, in a few words, with the term that people search for',
  description: 'TODO: what it means, and why it matters.',
  tactic: '${tactic}',
  techniques: ['TODO: T1234'],
  impact: 50,
  confidence: 50,
  denied: { confidence: 30 },
  type: 'TTP',
  falsePositives: 'TODO: who does this for good reasons.',
  triage: 'TODO: what to look at first, and how to contain it.',
  references: ['TODO: https://…'],
  related: [],
  audit: { level: 'metadata', verbs: ['create'], resources: ['pods'] },
  find: ({ object }) => object.name === 'TODO' && { name: object.name },
  entities: ({ name }, { object }) => ({ pod: \`\${object.namespace}/\${name}\` }),
  summary: ({ name }, event) => said(event, 'create', \`pod \${name}\${inNamespace(event.object.namespace)}\`),
});

export const examples = () => ({
  fires: {
    'TODO: the summary': call(alice, 'create pods shop/TODO'),
    'TODO: the summary of a denied attempt': call(mallory, 'create pods shop/TODO', { code: 403 }),
  },
  silent: {
    'TODO: the nearest benign thing': call(alice, 'create pods shop/web'),
    'TODO: an evasion that must not work, turned around': call(alice, 'list pods shop/'),
  },
});
`;
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, text);
console.log(`wrote ${path}. Fill it in, then: npm run docs && npm test -- test/catalogue -t ${id}`);
