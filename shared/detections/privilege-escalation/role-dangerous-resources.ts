import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { dangerousGrantsOf } from '../../sdk/dangerous-grants.ts';
import { component, human, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { nameOfRole, requestedRole } from '../../sdk/rbac.ts';
import { element, writeRole } from '../../sdk/rbac-examples.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';

const grantsIn = (event: AuditEvent): readonly string[] => {
  const role = requestedRole(event);
  return role === undefined ? [] : dangerousGrantsOf(role);
};

export default defineDetection({
  id: 'role-dangerous-resources',
  title: 'Role that leads to credentials or into pods',
  description:
    'A role grants, in one rule element, something that leads further than it looks: reading secrets, exec and attach, ephemeral containers, the node proxy, minting tokens, approving certificates, writing webhooks.',
  tactic: 'privilege-escalation',
  attack: ['T1098.006'],
  impact: 60,
  confidence: 60,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Operators that keep certificates or passwords read secrets everywhere, and metrics agents use the node proxy. Installing one raises this once, at low severity.',
  triage: 'See who is bound to the role and whether a namespaced role, or a list of names, would do.',
  references: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks'],
  answers: [
    'falco:ClusterRole With Pod Exec Created',
    'falco:ClusterRole With Write Privileges Created',
    'panther:k8s_role_pod_exec',
    'elastic:persistence_sensitive_role_creation_or_modification',
    'panther:k8s_role_node_proxy_permissions',
    'defender:K8S_HighPrivilegesRole',
  ],
  needs: 'body',
  on: ROLE_WRITES,
  match: (event) => !event.dryRun && grantsIn(event).length > 0,
  weight: (event) => {
    const doubt = event.outcome === 'denied' ? 20 : 0;
    const isSmall = event.object.resource === 'roles' && event.object.namespace !== 'kube-system';
    return isSmall ? { impact: 40, confidence: 50 - doubt } : { confidence: 60 - doubt };
  },
  entities: (event) => {
    const role = requestedRole(event);
    return { role: role === undefined ? '' : nameOfRole(role), principal: principalOf(event.actor) };
  },
  summary: (event) => {
    const role = requestedRole(event);
    return `${whoDid(event, 'granted', 'grant')} ${listed(grantsIn(event))} to ${role === undefined ? 'a role' : nameOfRole(role)}`;
  },
});

export const examples = () => ({
  fires: {
    'alice granted exec to clusterrole reader': writeRole(human(), [element(['get'], ['pods', 'pods/exec'])]),
    'bob granted secrets to clusterrole reader': writeRole(human('bob'), [element(['watch'], ['*'], ['*'])]),
    // Requests that name no object have the name "".
    'oscar granted secrets to clusterrole reader': writeRole(human('oscar'), [
      { ...element(['list', 'watch'], ['secrets']), resourceNames: [''] },
    ]),
    'carol granted exec to clusterrole reader': writeRole(human('carol'), [element(['*'], ['*/exec'])]),
    'dave granted node proxy to clusterrole reader': writeRole(human('dave'), [element(['get'], ['nodes/proxy'])]),
    'deploy-pipeline granted secrets to role team/agent': writeRole(pipeline(), [element(['list'], ['secrets'])], {
      namespace: 'team',
      name: 'agent',
    }),
    'mallory was refused to grant service account tokens to clusterrole reader': writeRole(
      human('mallory'),
      [element(['create'], ['serviceaccounts/token'])],
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'the verb in one element and the resource in another': writeRole(human(), [
      element(['get'], ['pods']),
      element(['create'], ['secrets', 'pods/log']),
    ]),
    'one secret by its name': writeRole(human(), [{ ...element(['get'], ['secrets']), resourceNames: ['own-cert'] }]),
    'no secret has an empty name': writeRole(human(), [{ ...element(['get'], ['secrets']), resourceNames: [''] }]),
    'a resource of the same name in another group': writeRole(human(), [
      element(['get'], ['secrets'], ['example.com']),
    ]),
    'an asterisk after the slash stands for nothing': writeRole(human(), [element(['create'], ['pods/*'])]),
    'the API server writes its own roles when it starts': writeRole(
      component('apiserver'),
      [element(['get'], ['secrets'])],
      { name: 'edit' },
    ),
  },
});
