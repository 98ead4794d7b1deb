import { traitsOf } from '../../commands/command.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { bob, exec, mallory } from '../../sdk/examples.ts';
import { EXEC, execCommandOf, podOf } from '../../sdk/exec.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'pod-copied-from',
  title: 'Files copied out of or into a pod (kubectl cp)',
  description:
    'A command in a pod wrote an archive to its output, or unpacked one from its input, as `kubectl cp` does. Attackers take files out of a container in this way, or put tools into it.',
  tactic: 'lateral-movement',
  techniques: ['T1570'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  falsePositives: 'Dumps and profiles that a team takes from its own pods.',
  triage:
    'Look at the command in the request, which names what was copied. After a copy out of the pod, rotate the secrets in these files. After a copy into it, look at the new files, then delete the pod: kubectl -n <namespace> delete pod <name>.',
  references: [
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_cp/',
    'https://attack.mitre.org/techniques/T1570/',
  ],
  related: ['panther:k8s_kubectl_cp_operation'],
  audit: { level: 'metadata', ...EXEC },
  // One command may do both.
  find: (event) => {
    const traits = traitsOf(execCommandOf(event));
    return [...(traits.has('archive out') ? ['out of'] : []), ...(traits.has('archive in') ? ['into'] : [])];
  },
  entities: (direction, event) => ({ pod: podOf(event), direction }),
  summary: (direction, event) => said(event, 'copy', `files ${direction} pod ${podOf(event)}`),
});

export const examples = () => ({
  fires: {
    'alice copied files out of pod shop/web-0': exec('tar cf - /app/data'),
    'alice copied files into pod shop/web-0': exec('tar -xmf - -C /tmp'),
    'bob copied files out of pod shop/web-0': exec(['sh', '-c', 'cd /; /bin/t""ar -czf- etc | base64'], {
      by: bob,
      verb: 'create',
    }),
    'mallory was denied copying files into pod shop/web-0': exec('tar x', { by: mallory, code: 403 }),
  },
  silent: {
    'an archive that stays in the pod': exec('tar czf /backup/data.tgz /data'),
    'the list of an archive': exec('tar -tf -'),
    'a file that is named so': exec('ls -l tar cf -'),
    'a shell': exec('bash'),
  },
});
