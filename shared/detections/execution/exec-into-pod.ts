import { programOf } from '../../commands/command.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, erin, exec, mallory } from '../../sdk/examples.ts';
import { execCommandOf, podOf, replicasOf } from '../../sdk/exec.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'exec-into-pod',
  title: 'Command run in a pod (kubectl exec)',
  description:
    'Somebody ran a command or opened a shell in a running container. It acts with the rights, secrets and network of that pod, and leaves no trace in its image.',
  tactic: 'execution',
  techniques: ['T1609'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  falsePositives: 'Debugging by the team that owns the pod.',
  triage:
    'Read the command in the request. If the team that owns the pod did not run it, delete the pod: kubectl -n <namespace> delete pod <name>.',
  references: [
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
    'https://attack.mitre.org/techniques/T1609/',
  ],
  related: [
    'falco:Attach/Exec Pod',
    'panther:k8s_exec_into_pod',
    'elastic:execution_user_exec_to_pod',
    'sigma:kubernetes_audit_exec_into_container',
    'datadog:User Exec into a Pod',
    'sumo:Kubernetes User Exec into a Pod',
    'guardduty:Execution:Kubernetes/AnomalousBehavior.ExecInPod',
  ],
  // A WebSocket client sends GET, an SPDY client POST: the verb says nothing.
  audit: { level: 'metadata', resources: ['pods/exec'] },
  entities: (_found, event) => ({ pod: replicasOf(event) }),
  summary: (_found, event) => {
    const program = programOf(execCommandOf(event)) || 'a command';
    return said(event, 'run', `${program} in pod ${podOf(event)}`);
  },
});

export const examples = () => ({
  fires: {
    'alice ran bash in pod shop/web-0': [exec('/bin/bash', { stage: 'ResponseStarted' }), exec('/bin/bash')],
    'bob ran sh in pod shop/web-0': exec('sh -c id', { by: bob, verb: 'create' }),
    'alice ran sh in pod shop/web-6b9f8c4d7f-lm2zq': ['7c5ddbdf54-x2x4k', '6b9f8c4d7f-lm2zq'].map((replica) =>
      exec('sh', { name: `web-${replica}` }),
    ),
    'mallory was denied running bash in pod shop/web-0': exec('bash', { by: mallory, code: 403 }),
    'erin as alice ran bash in pod shop/web-0': exec('bash', { by: erin, impersonated: { username: 'alice' } }),
  },
  silent: {
    'a pod that is read': call(alice, 'get pods shop/web-0'),
    'a pod that is named exec': exec('sh', { resource: 'pods', name: 'exec', code: 200 }),
    'a container that is not there': exec('sh', { code: 400 }),
    'the exec of another API': exec('sh', { resource: 'pods.metrics.k8s.io' }),
  },
});
