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

const text = `import { nameOf } from '../../../actor.ts';
import { defineDetection } from '../../../detection.ts';
import { audit, human } from '../../../examples.ts';

export default defineDetection({
  id: '${id}',
  title: 'TODO: what happened, in a few words',
  description: 'TODO: what it means, and why it matters.',
  tactic: '${tactic}',
  attack: ['TODO: T1234'],
  impact: 50,
  confidence: 50,
  type: 'TTP',
  falsePositives: 'TODO: who does this for good reasons.',
  triage: 'TODO: what to look at first.',
  references: ['TODO: https://…'],
  answers: [],
  needs: 'header',
  on: { verbs: ['create'], resources: ['pods'], outcomes: ['succeeded'] },
  match: () => false,
  entities: (event) => ({ user: event.actor.user, namespace: event.object.namespace }),
  summary: (event) => \`\${nameOf(event.actor, event.impersonated)} TODO in \${event.object.namespace}\`,
});

export const examples = () => ({
  fires: {
    'alice TODO in default': audit({ verb: 'create', by: human(), resource: 'pods', namespace: 'default', name: 'web' }),
  },
  silent: {
    'TODO: the nearest benign thing': audit({ verb: 'get', by: human(), resource: 'pods', namespace: 'default', name: 'web' }),
    'TODO: an evasion that must not work, turned around': audit({ verb: 'list', by: human(), resource: 'pods' }),
  },
});
`;
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, text);
console.log(`wrote ${path}. Fill it in, then: npm run docs && npm test -- test/catalogue/detections.test.ts`);
