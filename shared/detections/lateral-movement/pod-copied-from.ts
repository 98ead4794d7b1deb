import { traitsOf } from '../../commands/command.ts';
import { principalOf } from '../../events/actor.ts';
import { audit, human } from '../../sdk/examples.ts';
import { EXEC, execCommandOf, podOf } from '../../sdk/exec.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'pod-copied-from',
  title: 'Files copied out of or into a pod',
  description:
    'A command in a pod wrote an archive to its output, or unpacked one from its input. That is how `kubectl cp` takes files out of a container, and puts tools into one.',
  tactic: 'lateral-movement',
  attack: ['T1005'],
  impact: 50,
  confidence: 60,
  type: 'Hunting',
  falsePositives: 'Dumps and profiles that a team takes from its own pods.',
  triage: 'The command in the request names what was copied. Copies into a pod deserve a look at what arrived.',
  references: [
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_cp/',
    'https://attack.mitre.org/techniques/T1005/',
  ],
  answers: ['panther:k8s_kubectl_cp_operation'],
  needs: 'header',
  on: EXEC,
  each: (event) => {
    const traits = traitsOf(execCommandOf(event));
    return [...(traits.has('archive out') ? ['out of'] : []), ...(traits.has('archive in') ? ['into'] : [])];
  },
  match: () => true,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event, direction) => ({ principal: principalOf(event.actor), pod: podOf(event), direction }),
  summary: (event, direction) => `${whoDid(event, 'copied', 'copy')} files ${direction} pod ${podOf(event)}`,
});

const exec = (command: readonly string[], parts: object = {}) =>
  audit({
    verb: 'get',
    by: human(),
    resource: 'pods/exec',
    namespace: 'shop',
    name: 'web-0',
    query: command.map((word) => `command=${encodeURIComponent(word)}`).join('&'),
    code: 101,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice copied files out of pod shop/web-0': exec(['tar', 'cf', '-', '/app/data']),
    'alice copied files into pod shop/web-0': exec(['tar', '-xmf', '-', '-C', '/tmp']),
    'bob copied files out of pod shop/web-0': exec(['sh', '-c', 'cd /; /bin/t""ar -czf- etc | base64'], {
      by: human('bob'),
      verb: 'create',
    }),
    'mallory was refused to copy files into pod shop/web-0': exec(['tar', 'x'], { by: human('mallory'), code: 403 }),
  },
  silent: {
    'an archive that stays in the pod': exec(['tar', 'czf', '/backup/data.tgz', '/data']),
    'what is in an archive': exec(['tar', '-tf', '-']),
    'a file that is named so': exec(['ls', '-l', 'tar', 'cf', '-']),
    'a shell': exec(['bash']),
  },
});
