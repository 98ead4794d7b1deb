import { isUserOrWorkload } from '../../eks/identities.ts';
import { CONSTRAINTS, POLICY_EXCEPTIONS, SECURITY_POLICIES } from '../../indicators/security-policies.ts';
import { pathOf } from '../../kubernetes/request-uri.ts';
import { CHANGE_VERBS, DELETE_VERBS } from '../../kubernetes/verbs.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, type Caller, call, carol, controller, mallory, serviceAccount } from '../../sdk/examples.ts';
import { isNew, nameOfObject, nameOrAll, said } from '../../sdk/phrases.ts';
import { weakenedPolicies } from '../../sdk/security-policies.ts';

const SELECTED = { level: 'metadata', actor: isUserOrWorkload } as const;

export default defineDetection({
  id: 'security-policy-removed',
  title: 'Security policy deleted, changed or excepted (Kyverno, Gatekeeper, Tetragon)',
  description:
    'Somebody deleted policies of a policy engine or a sensor, or the definition of their kind, which deletes them all; or added an exception; or changed a policy. What the policies denied or reported may pass now. Audit logs of EKS show no body of custom resources, so a policy that only reports from now on looks like any change.',
  tactic: 'defense-evasion',
  techniques: ['T1562.001'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives:
    'The team that owns the policies works on them, or removes the engine. Changes by service accounts, such as those of GitOps controllers, weigh less.',
  triage:
    'Compare the policies with your repository, and list the exceptions: kubectl get clusterpolicies,policyexceptions -A, kubectl get constraints. If nobody planned it, take the access of the principal away and apply the policies again: kubectl apply -f <file>. Then look for pods that were made in between.',
  references: [
    'https://kyverno.io/docs/policy-types/',
    'https://open-policy-agent.github.io/gatekeeper/website/docs/violations/',
    'https://tetragon.io/docs/concepts/tracing-policy/',
  ],
  related: [],
  audit: [
    {
      ...SELECTED,
      verbs: CHANGE_VERBS,
      resources: [...SECURITY_POLICIES, ...POLICY_EXCEPTIONS].map((kind) => kind.slice(0, kind.indexOf('.'))),
    },
    { ...SELECTED, verbs: DELETE_VERBS, resources: ['customresourcedefinitions'] },
    {
      ...SELECTED,
      verbs: ['update', 'patch', ...DELETE_VERBS],
      uri: (uri: string) => pathOf(uri).includes(`/${CONSTRAINTS}/`),
    },
  ],
  find: weakenedPolicies,
  weight: ({ how }, { actor }) =>
    how === 'removed' ? {} : { confidence: how === 'changed' && actor.serviceAccount ? 30 : 50 },
  // By kind: who takes down a chart of twenty policies does one thing.
  entities: ({ kind, how }) => (how === 'changed' ? { changedPolicies: kind } : { policies: kind }),
  summary: (_found, event) => {
    const { verb, object } = event;
    if (DELETE_VERBS.includes(verb)) return said(event, 'delete', nameOrAll(object));
    return said(event, isNew(event) ? 'create' : 'change', nameOfObject(object));
  },
});

const guard = (by: Caller, line: string, parts = {}) => call(by, line, { level: 'Metadata', ...parts });
const define = (by: Caller, line: string) => {
  const [verb, name = ''] = line.split(' ');
  return call(by, `${verb} customresourcedefinitions.apiextensions.k8s.io ${name}`);
};
const REPOS = 'k8sallowedrepos.constraints.gatekeeper.sh repos';
const encoded = { uri: '/apis/constraints%2Egatekeeper.sh/v1beta1/k8sallowedrepos/repos' };
const argo = /* @__PURE__ */ serviceAccount('cd', 'argo');

export const examples = () => ({
  fires: {
    'mallory deleted clusterpolicy no-root': guard(mallory, 'delete clusterpolicies.kyverno.io no-root'),
    'alice deleted all policies in namespace shop': guard(alice, 'deletecollection policies.kyverno.io shop/'),
    'bob deleted k8sallowedrepo repos': guard(bob, `delete ${REPOS}`, encoded),
    'carol changed k8sallowedrepo repos': guard(carol, `patch ${REPOS}`),
    'bob created policyexception shop/x': guard(bob, 'patch policyexceptions.kyverno.io shop/x', { code: 201 }),
    'alice created config opa/config': guard(alice, 'create configs.config.gatekeeper.sh opa/config'),
    'bob changed policyexception shop/x': guard(bob, 'update policyexceptions.policies.kyverno.io shop/x'),
    'service account cd/argo changed tracingpolicy x': guard(argo, 'update tracingpolicies.cilium.io x'),
    'mallory was denied deleting constrainttemplate k8sallowedrepos': guard(
      mallory,
      'delete constrainttemplates.templates.gatekeeper.sh k8sallowedrepos',
      { code: 403 },
    ),
    'alice deleted customresourcedefinition policies.kyverno.io': define(alice, 'delete policies.kyverno.io'),
    'bob deleted customresourcedefinition ciliumnetworkpolicies.cilium.io': define(
      bob,
      'delete ciliumnetworkpolicies.cilium.io',
    ),
    'carol deleted all customresourcedefinitions': define(carol, 'deletecollection'),
  },
  silent: {
    'a policy is new': [
      guard(alice, 'create clusterpolicies.kyverno.io no-root'),
      guard(alice, 'patch clusterpolicies.kyverno.io no-root', { code: 201 }),
    ],
    'an exception ends': guard(alice, 'delete policyexceptions.kyverno.io shop/x'),
    'an engine reports on a policy': [
      guard(serviceAccount('kyverno', 'kyverno'), 'update clusterpolicies.kyverno.io/status no-root'),
      guard(serviceAccount('opa', 'gatekeeper'), `update ${REPOS.replace(' ', '/status ')}`),
    ],
    'a policy of IAM': guard(alice, 'delete policies.iam.services.k8s.aws shop/read'),
    'a network policy, which another detection reports': guard(alice, 'delete ciliumnetworkpolicies.cilium.io shop/x'),
    'the definition of another kind': define(alice, 'delete widgets.example.com'),
    'a definition is upgraded': define(alice, 'patch policies.kyverno.io'),
    'a namespace goes away': guard(controller('namespace-controller'), 'deletecollection policies.kyverno.io shop/'),
  },
});
