import { dangerousGrantsOf } from '../../sdk/dangerous-grants.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  bob,
  carol,
  component,
  DENIED_BY_ADMISSION,
  dave,
  element,
  mallory,
  oscar,
  pipeline,
  writeRole,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { nameOfRole, requestedRole } from '../../sdk/rbac.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';

export default defineDetection({
  id: 'role-dangerous-resources',
  title: 'RBAC role with access to secrets, exec or tokens',
  description:
    'A role grants access that leads to more: it reads secrets, enters pods by exec, attach or ephemeral containers, uses the node proxy, mints service account tokens, approves certificates (CSR), or writes admission webhooks.',
  tactic: 'privilege-escalation',
  techniques: ['T1098.006'],
  impact: 60,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Operators that keep certificates or passwords read secrets everywhere, and metrics agents use the node proxy. Installing one raises this once, at low severity.',
  triage:
    'Find out who is bound to the role: kubectl get clusterrolebindings,rolebindings -A -o wide | grep <role>. If it is not planned, delete the bindings first. Otherwise limit it to a namespace or by resourceNames.',
  references: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks'],
  related: [
    'falco:ClusterRole With Pod Exec Created',
    'panther:k8s_role_pod_exec',
    'elastic:persistence_sensitive_role_creation_or_modification',
    'panther:k8s_role_node_proxy_permissions',
    'defender:K8S_HighPrivilegesRole',
  ],
  audit: ROLE_WRITES,
  find: (event) => {
    const role = requestedRole(event);
    const grants = role === undefined ? [] : dangerousGrantsOf(role);
    return role !== undefined && grants.length > 0 && { role, grants };
  },
  weight: ({ role }, { outcome }) => {
    const isSmall = role.kind === 'role' && role.namespace !== 'kube-system';
    return isSmall ? { impact: 40, confidence: outcome === 'denied' ? 30 : 50 } : {};
  },
  entities: ({ role }) => ({ role: nameOfRole(role) }),
  summary: ({ role, grants }, event) => said(event, 'grant', `${nameOfRole(role)} access to ${listed(grants)}`),
});

export const examples = () => ({
  fires: {
    'alice granted clusterrole reader access to exec': writeRole(alice, [element(['get'], ['pods', 'pods/exec'])]),
    'bob granted clusterrole reader access to secrets': writeRole(bob, [element(['watch'], ['*'], ['*'])]),
    // Requests that name no object have the name "".
    'oscar granted clusterrole reader access to secrets': writeRole(oscar, [
      { ...element(['list', 'watch'], ['secrets']), resourceNames: [''] },
    ]),
    'carol granted clusterrole reader access to exec': writeRole(carol, [element(['*'], ['*/exec'])]),
    'dave granted clusterrole reader access to node proxy': writeRole(dave, [element(['get'], ['nodes/proxy'])]),
    'deploy-pipeline granted role team/agent access to secrets': writeRole(
      pipeline(),
      [element(['list'], ['secrets'])],
      { namespace: 'team', name: 'agent' },
    ),
    'mallory was denied granting clusterrole reader access to service account tokens': writeRole(
      mallory,
      [element(['create'], ['serviceaccounts/token'])],
      DENIED_BY_ADMISSION,
    ),
  },
  silent: {
    'the verb in one element and the resource in another': writeRole(alice, [
      element(['get'], ['pods']),
      element(['create'], ['secrets', 'pods/log']),
    ]),
    'one secret by its name': writeRole(alice, [{ ...element(['get'], ['secrets']), resourceNames: ['own-cert'] }]),
    'no secret has an empty name': writeRole(alice, [{ ...element(['get'], ['secrets']), resourceNames: [''] }]),
    'a resource of the same name in another group': writeRole(alice, [element(['get'], ['secrets'], ['example.com'])]),
    'an asterisk after the slash covers no subresource': writeRole(alice, [element(['create'], ['pods/*'])]),
    'the API server writes its own roles when it starts': writeRole(
      component('apiserver'),
      [element(['get'], ['secrets'])],
      { name: 'edit' },
    ),
  },
});
