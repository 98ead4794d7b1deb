/** Components that every EKS cluster has or may have, and names that are meant to be taken for theirs. */

/** The kind that each component has in kube-system; empty for those that EKS runs out of sight, so that none is genuine. */
const COMPONENTS: Readonly<Record<string, string>> = {
  'aws-node': 'daemonset',
  'cloud-controller-manager': '',
  coredns: 'deployment',
  'ebs-csi-controller': 'deployment',
  'ebs-csi-node': 'daemonset',
  'efs-csi-controller': 'deployment',
  'efs-csi-node': 'daemonset',
  'eks-node-monitoring-agent': 'daemonset',
  'eks-pod-identity-agent': 'daemonset',
  'kube-apiserver': '',
  'kube-controller-manager': '',
  'kube-dns': '',
  'kube-proxy': 'daemonset',
  'kube-scheduler': '',
  kubelet: '',
};

/** Digits that pass for letters, and separators that nobody misses. */
const squashed = (name: string): string =>
  name.replace(/[-.]/g, '').replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('3', 'e').replaceAll('5', 's');

const SQUASHED = new Map(Object.keys(COMPONENTS).map((name) => [squashed(name), name]));

/**
 * What Kubernetes puts behind a name: the hash of a template and five letters, five letters alone, an ordinal, a node's name, or `*`
 * for what is still to come. Generated letters are never vowels, so ordinary words are no such suffix.
 */
const GENERATED = /(?:-[bcdfghjklmnpqrstvwxz2456789]{5,10}){1,2}$|-\d{1,3}$|-\*$/;
const NODE_NAME = /-ip-\d/;

const withoutGenerated = (name: string): string => {
  const node = name.search(NODE_NAME);
  return node < 0 ? name.replace(GENERATED, '') : name.slice(0, node);
};

/** The component that a name is, or reads like; undefined for any other name. */
export const imitatedComponent = (name: string): string | undefined =>
  SQUASHED.get(squashed(name)) ?? SQUASHED.get(squashed(withoutGenerated(name)));

/** The workload that a component really is: right name, right kind, right namespace. */
export const isComponentItself = (workload: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): boolean =>
  workload.namespace === 'kube-system' &&
  Object.hasOwn(COMPONENTS, workload.name) &&
  COMPONENTS[workload.name] === workload.kind;
