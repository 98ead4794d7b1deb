/** Custom resources by which policy engines and sensors guard a cluster, as `<resource>.<group>`. */

/** Kinds of this group come from templates, so their names may be any. */
export const CONSTRAINTS = 'constraints.gatekeeper.sh';

/** What denies, repairs or reports. Sources: the documentation of Kyverno, Gatekeeper and Tetragon. */
export const SECURITY_POLICIES: readonly string[] = [
  'clusterpolicies.kyverno.io',
  'policies.kyverno.io',
  'imagevalidatingpolicies.policies.kyverno.io',
  'mutatingpolicies.policies.kyverno.io',
  'namespacedimagevalidatingpolicies.policies.kyverno.io',
  'namespacedmutatingpolicies.policies.kyverno.io',
  'namespacedvalidatingpolicies.policies.kyverno.io',
  'validatingpolicies.policies.kyverno.io',
  'constrainttemplates.templates.gatekeeper.sh',
  'tracingpolicies.cilium.io',
  'tracingpoliciesnamespaced.cilium.io',
];

/** What takes objects out of the policies. */
export const POLICY_EXCEPTIONS: readonly string[] = [
  'configs.config.gatekeeper.sh',
  'policyexceptions.kyverno.io',
  'policyexceptions.policies.kyverno.io',
];

/** Network policies that are custom resources, so that deleting their definition deletes them all. */
export const NETWORK_POLICIES: readonly string[] = [
  'ciliumclusterwidenetworkpolicies.cilium.io',
  'ciliumnetworkpolicies.cilium.io',
  'globalnetworkpolicies.crd.projectcalico.org',
  'networkpolicies.crd.projectcalico.org',
];
