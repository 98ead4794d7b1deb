import { programOf } from '../../commands/command.ts';
import { principalOf } from '../../events/actor.ts';
import { audit, human } from '../../sdk/examples.ts';
import { execCommandOf, podOf } from '../../sdk/exec.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'exec-into-pod',
  title: 'Command run in a pod',
  description:
    'Somebody ran a command or opened a shell in a running container. It acts with the rights, secrets and network of that pod, and leaves no trace in its image.',
  tactic: 'execution',
  attack: ['T1609'],
  impact: 50,
  confidence: 60,
  type: 'Hunting',
  falsePositives: 'Debugging by the team that owns the pod.',
  triage: 'The command stands in the request; the drill-down shows what else the person did in that hour.',
  references: [
    'https://attack.mitre.org/techniques/T1609/',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  ],
  answers: [
    'falco:Attach/Exec Pod',
    'panther:k8s_exec_into_pod',
    'elastic:execution_user_exec_to_pod',
    'sigma:kubernetes_audit_exec_into_container',
    'datadog:User Exec into a Pod',
    'sumo:Kubernetes User Exec into a Pod',
    'guardduty:Execution:Kubernetes/AnomalousBehavior.ExecInPod',
  ],
  needs: 'header',
  // A WebSocket client sends GET, an SPDY client POST: the verb says nothing.
  on: { resources: ['pods/exec'], outcomes: ['succeeded', 'denied'] },
  match: () => true,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({ principal: principalOf(event.actor), pod: podOf(event) }),
  summary: (event) => {
    const program = programOf(execCommandOf(event)) || 'a command';
    return `${whoDid(event, 'ran', 'run')} ${program} in pod ${podOf(event)}`;
  },
});

const exec = (parts: object = {}) =>
  audit({
    verb: 'get',
    by: human(),
    resource: 'pods/exec',
    namespace: 'shop',
    name: 'web-0',
    query: 'command=%2Fbin%2Fbash&container=web&stdin=true&tty=true',
    code: 101,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice ran bash in pod shop/web-0': [
      exec({ stage: 'ResponseStarted', auditId: 'a' }),
      exec({ stage: 'ResponseComplete', auditId: 'a' }),
    ],
    'bob ran sh in pod shop/web-0': exec({
      by: human('bob'),
      verb: 'create',
      query: 'container=web&container=web&command=sh&command=-c&command=id',
    }),
    'mallory was refused to run bash in pod shop/web-0': exec({ by: human('mallory'), code: 403 }),
    'eve as alice ran bash in pod shop/web-0': exec({ by: human('eve'), impersonated: { username: 'alice' } }),
  },
  silent: {
    'a pod that is read': exec({ resource: 'pods', query: '', code: 200 }),
    'a pod that is named exec': exec({ resource: 'pods', name: 'exec', query: 'command=sh', code: 200 }),
    'a container that is not there': exec({ code: 400 }),
    'the exec of another API': exec({ resource: 'pods.metrics.k8s.io', query: '' }),
  },
});
