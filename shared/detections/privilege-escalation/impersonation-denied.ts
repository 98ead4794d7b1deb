import { defineDetection } from '../../sdk/detection.ts';
import { alice, type Caller, call, human, mallory, node, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

/**
 * How the API server says no to an impersonation. It quotes all that a client chose, so no client can write this sentence. Constrained
 * impersonation asks for verbs such as `impersonate-on:user-info:list` first, and then names what was to be listed, but not by whom.
 * Source: `endpoints/filters/impersonation` of k8s.io/apiserver.
 */
const SAYS_NO =
  /^(?:([a-z]+)s\b\S*(?: "((?:[^"\\]|\\.)*)")? is )?forbidden: User "(?:[^"\\]|\\.)*" cannot impersonate(-on)?[ :](?:[^"]*"[^"]*" in API group "[^"]*" in the namespace "([^"]*)")?/;

const deniedIdentity = (message: string): string | undefined => {
  const [sentence, kind = 'identity', name = '(unnamed)', isOn, namespace] = SAYS_NO.exec(message) ?? [];
  if (sentence === undefined) return undefined;
  if (isOn !== undefined) return 'somebody';
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
};

export default defineDetection({
  id: 'impersonation-denied',
  title: 'Impersonation denied (kubectl --as, Impersonate-User)',
  description:
    'Somebody tried to act as another user, group or service account, and RBAC denied it. The record shows the request that was meant, but names nobody who was impersonated; only the message does. An attacker tries this first with stolen credentials, since one success may give all rights.',
  tactic: 'privilege-escalation',
  techniques: ['T1548.005'],
  impact: 60,
  confidence: 60,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'A colleague who tries kubectl --as without the right; an authentication proxy or GitOps controller whose role lacks a name, such as a new attribute of tokens.',
  triage:
    'Read in the messages which names were tried, and whether one succeeded later: look for the principal with impersonatedUser. Then see whether it may impersonate anybody: kubectl auth can-i impersonate users --as <user>. Revoke the credentials when nobody can explain it.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation',
    'https://attack.mitre.org/techniques/T1548/005/',
  ],
  related: [],
  // No node, controller or component of the control plane impersonates anybody, so nobody is left out.
  audit: { level: 'metadata', outcomes: ['denied'], dryRun: true },
  find: ({ message }) => deniedIdentity(message),
  summary: (whom, event) => said(event, 'impersonate', whom),
});

const NO_GROUP = 'in API group ""';
const AUTHENTICATION = 'in API group "authentication.k8s.io" at the cluster scope';

const refused = (by: Caller, message: string, line = 'list pods shop/', parts = {}) =>
  call(by, line, { code: 403, message, level: 'Request', ...parts });
const cannot = (what: string, resource: string, where = `${NO_GROUP} at the cluster scope`, verb = 'impersonate') =>
  `${what} is forbidden: User "me" cannot ${verb} resource "${resource}" ${where}`;
const toBe = (user: string) => cannot(`users "${user}"`, 'users');

export const examples = () => ({
  fires: {
    'mallory was denied impersonating user system:admin': refused(mallory, toBe('system:admin')),
    'alice was denied impersonating group system:masters': refused(
      alice,
      cannot('groups "system:masters"', 'groups'),
      'create clusterrolebindings.rbac.authorization.k8s.io root',
    ),
    'mallory was denied impersonating serviceaccount kube-system/aws-node': refused(
      mallory,
      cannot('serviceaccounts "aws-node"', 'serviceaccounts', `${NO_GROUP} in the namespace "kube-system"`),
    ),
    'service account shop/api was denied impersonating userextra view': refused(
      serviceAccount('shop', 'api'),
      cannot('userextras.authentication.k8s.io "view"', 'userextras/scopes', AUTHENTICATION),
    ),
    'node ip-10-0-1-17 was denied impersonating user bob': refused(node('ip-10-0-1-17'), toBe('bob')),
    'alice was denied impersonating user a \\"b': refused(alice, toBe('a \\"b'), 'create pods shop/web', {
      query: 'dryRun=All',
    }),
    'mallory was denied impersonating user eve': refused(
      mallory,
      cannot('users.authentication.k8s.io "eve"', 'users', AUTHENTICATION, 'impersonate:user-info'),
    ),
    'mallory was denied impersonating somebody': refused(
      mallory,
      cannot('pods', 'pods', `${NO_GROUP} in the namespace "shop"`, 'impersonate-on:user-info:list'),
    ),
    'alice was denied impersonating somebody': refused(
      alice,
      'forbidden: User "me" cannot impersonate-on:user-info:get path "/metrics"',
      'get',
      { uri: '/metrics', level: 'Metadata' },
    ),
    'mallory was denied impersonating group (unnamed)': refused(mallory, cannot('groups', 'groups')),
  },
  silent: {
    'any other denied request': refused(alice, cannot('pods', 'pods', NO_GROUP, 'list')),
    'the impersonated user lacks the right': refused(alice, cannot('pods', 'pods', NO_GROUP, 'list'), 'list pods', {
      impersonated: { username: 'bob', groups: ['system:authenticated'] },
    }),
    'a success': call(alice, 'list pods', { impersonated: { username: 'bob', groups: [] } }),
    'a user whose name reads so': refused(
      human('me" cannot impersonate'),
      'pods is forbidden: User "me\\" cannot impersonate " cannot list resource "pods" in API group ""',
    ),
    'an object whose name reads so': refused(
      alice,
      'pods "x\\" is forbidden: User \\"u\\" cannot impersonate resource" is forbidden: User "me" cannot get resource "pods"',
    ),
    'an admission webhook that says so': refused(alice, `admission webhook "x" denied the request: ${toBe('bob')}`),
  },
});
