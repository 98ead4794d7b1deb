/**
 * Custom resources that start pods, machines or virtual machines, or apply what they carry, with the rights of their controller. Each with
 * its API group. Sources: the documentation of each project.
 */
export const ACTING_KINDS: Readonly<Record<string, string>> = {
  applications: 'argoproj.io',
  applicationsets: 'argoproj.io',
  clusterworkflowtemplates: 'argoproj.io',
  cronworkflows: 'argoproj.io',
  workflows: 'argoproj.io',
  workflowtemplates: 'argoproj.io',
  ec2nodeclasses: 'karpenter.k8s.aws', // userData runs as root on each new node
  nodepools: 'karpenter.sh',
  nodeclasses: 'eks.amazonaws.com',
  gitrepositories: 'source.toolkit.fluxcd.io',
  helmreleases: 'helm.toolkit.fluxcd.io',
  kustomizations: 'kustomize.toolkit.fluxcd.io',
  helmcharts: 'helm.cattle.io',
  clustertasks: 'tekton.dev',
  pipelineruns: 'tekton.dev',
  taskruns: 'tekton.dev',
  clusterpolicies: 'kyverno.io', // generate and mutate write anything
  objects: 'kubernetes.crossplane.io',
  rayclusters: 'ray.io',
  rayjobs: 'ray.io',
  sparkapplications: 'sparkoperator.k8s.io',
  virtualmachines: 'kubevirt.io',
  virtualmachineinstances: 'kubevirt.io',
};
