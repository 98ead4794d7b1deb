import { dangerousGrantsOf, WORKLOAD_CREATION } from '../../sdk/dangerous-grants.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, component, deniedRules, rule, writeRole, writeRules } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { listed } from '../../sdk/pod-requests.ts';
import { isSmall, nameOfRole, requestedRole } from '../../sdk/rbac.ts';
import { ROLE_WRITES } from '../../sdk/rbac-requests.ts';

export default defineDetection({
  id: 'role-dangerous-resources',
  title: 'RBAC role with access to secrets, exec, tokens or workload creation',
  description:
    'A role grants access that leads to more: it reads secrets, enters pods by exec, attach or ephemeral containers, uses the node proxy, mints service account tokens, approves certificates (CSR), writes admission webhooks, creates workloads or persistent volumes, or changes the labels of namespaces.',
  tactic: 'privilege-escalation',
  techniques: ['T1098.006'],
  impact: 60,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'Operators that keep certificates or passwords in secrets, metrics agents that use the node proxy.',
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
    const grants = role ? dangerousGrantsOf(role) : [];
    return role && grants.length > 0 && { role, grants };
  },
  weight: ({ role, grants }, { outcome }) => {
    if (isSmall(role)) return { impact: 40, confidence: outcome === 'denied' ? 30 : 50 };
    return grants.every((what) => what === WORKLOAD_CREATION) ? { impact: 50, confidence: 40 } : {};
  },
  entities: ({ role }) => ({ role: nameOfRole(role) }),
  summary: ({ role, grants }, event) => said(event, 'grant', `${nameOfRole(role)} access to ${listed(grants)}`),
});

export const examples = () => ({
  fires: {
    'alice granted clusterrole reader access to exec': writeRules(alice, 'get pods,pods/exec'),
    'alice granted clusterrole reader access to secrets': writeRules(alice, 'watch * *'),
    // Requests that name no object have the name "".
    'bob granted clusterrole reader access to secrets': writeRole(bob, [rule('list,watch secrets', '')]),
    'bob granted clusterrole reader access to exec': writeRules(bob, '* */exec'),
    'bob granted clusterrole reader access to workload creation': writeRules(bob, 'patch deployments apps'),
    'bob granted clusterrole reader access to persistent volume creation': writeRules(bob, 'create persistentvolumes'),
    'bob granted clusterrole reader access to namespace labels': writeRules(bob, 'patch namespaces'),
    'bob granted clusterrole reader access to node proxy': writeRules(bob, 'get nodes/proxy'),
    'bob granted role team/reader access to secrets': writeRole(bob, [rule('list secrets')], { namespace: 'team' }),
    'mallory was denied granting clusterrole reader access to service account tokens':
      deniedRules('create serviceaccounts/token'),
  },
  silent: {
    'the verb and the resource in two elements': writeRules(alice, 'get pods', 'create secrets,pods/log'),
    'one secret by its name': writeRole(alice, [rule('get secrets', 'own-cert')]),
    'no secret has an empty name': writeRole(alice, [rule('get secrets', '')]),
    'the workloads of a group of its own': writeRules(alice, 'create jobs example.com'),
    'a resource of the same name in another group': writeRules(alice, 'get secrets example.com'),
    'an asterisk after the slash covers no subresource': writeRules(alice, 'create pods/*'),
    'the API server writes its own roles': writeRules(component('apiserver'), 'get secrets'),
  },
});
