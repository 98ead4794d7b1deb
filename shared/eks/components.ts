/** Components that every EKS cluster has or may have, and names that are meant to be taken for theirs. */

export interface Component {
  readonly name: string;
  readonly namespace: string;
  /** Undefined for what EKS runs out of sight, so that no object of the name is genuine. */
  readonly kind?: 'daemonset' | 'deployment';
  /** Its service account in that namespace, where it has one. */
  readonly serviceAccount?: string;
  /** Whether a workload of the name, or one that reads like it, is worth a finding when it is not the component. */
  readonly isImitated: boolean;
  /** Where name, kind and service account are written down. */
  readonly source: string;
}

const KUBERNETES = 'Kubernetes documentation, "Kubernetes Components"';
const ADD_ONS = 'Amazon EKS user guide, "AWS add-ons"';
const COMMUNITY = 'Amazon EKS user guide, "Community add-ons"';
const chart = (name: string): string => `${ADD_ONS}; Helm chart ${name}`;

const KUBE_SYSTEM: readonly Omit<Component, 'namespace'>[] = [
  // The control plane and the kubelet.
  { name: 'cloud-controller-manager', isImitated: true, source: KUBERNETES },
  { name: 'kube-apiserver', isImitated: true, source: KUBERNETES },
  { name: 'kube-controller-manager', isImitated: true, source: KUBERNETES },
  { name: 'kube-scheduler', isImitated: true, source: KUBERNETES },
  { name: 'kubelet', isImitated: true, source: KUBERNETES },
  // What CoreDNS took the place of; its Service still has the name.
  { name: 'kube-dns', isImitated: true, source: 'Kubernetes documentation, "DNS for Services and Pods"' },
  // Every cluster has these.
  { name: 'aws-node', kind: 'daemonset', serviceAccount: 'aws-node', isImitated: true, source: chart('aws-vpc-cni') },
  { name: 'coredns', kind: 'deployment', serviceAccount: 'coredns', isImitated: true, source: ADD_ONS },
  { name: 'kube-proxy', kind: 'daemonset', serviceAccount: 'kube-proxy', isImitated: true, source: ADD_ONS },
  // Add-ons.
  {
    name: 'ebs-csi-controller',
    kind: 'deployment',
    serviceAccount: 'ebs-csi-controller-sa',
    isImitated: true,
    source: chart('aws-ebs-csi-driver'),
  },
  {
    name: 'ebs-csi-node',
    kind: 'daemonset',
    serviceAccount: 'ebs-csi-node-sa',
    isImitated: true,
    source: chart('aws-ebs-csi-driver'),
  },
  {
    name: 'ebs-csi-node-windows',
    kind: 'daemonset',
    serviceAccount: 'ebs-csi-node-sa',
    isImitated: false,
    source: chart('aws-ebs-csi-driver'),
  },
  {
    name: 'efs-csi-controller',
    kind: 'deployment',
    serviceAccount: 'efs-csi-controller-sa',
    isImitated: true,
    source: chart('aws-efs-csi-driver'),
  },
  {
    name: 'efs-csi-node',
    kind: 'daemonset',
    serviceAccount: 'efs-csi-node-sa',
    isImitated: true,
    source: chart('aws-efs-csi-driver'),
  },
  {
    name: 'eks-node-monitoring-agent',
    kind: 'daemonset',
    serviceAccount: 'eks-node-monitoring-agent',
    isImitated: true,
    source: chart('eks-node-monitoring-agent'),
  },
  {
    name: 'eks-pod-identity-agent',
    kind: 'daemonset',
    serviceAccount: 'eks-pod-identity-agent',
    isImitated: true,
    source: chart('eks-pod-identity-agent'),
  },
  {
    name: 'fsx-csi-controller',
    kind: 'deployment',
    serviceAccount: 'fsx-csi-controller-sa',
    isImitated: false,
    source: chart('aws-fsx-csi-driver'),
  },
  {
    name: 'fsx-csi-node',
    kind: 'daemonset',
    serviceAccount: 'fsx-csi-node-sa',
    isImitated: false,
    source: chart('aws-fsx-csi-driver'),
  },
  {
    name: 'metrics-server',
    kind: 'deployment',
    serviceAccount: 'metrics-server',
    isImitated: false,
    source: COMMUNITY,
  },
  {
    name: 's3-csi-controller',
    kind: 'deployment',
    serviceAccount: 's3-csi-driver-controller-sa',
    isImitated: false,
    source: chart('aws-mountpoint-s3-csi-driver'),
  },
  {
    name: 's3-csi-node',
    kind: 'daemonset',
    serviceAccount: 's3-csi-driver-sa',
    isImitated: false,
    source: chart('aws-mountpoint-s3-csi-driver'),
  },
  {
    name: 'snapshot-controller',
    kind: 'deployment',
    serviceAccount: 'snapshot-controller',
    isImitated: false,
    source: ADD_ONS,
  },
];

export const COMPONENTS: readonly Component[] = KUBE_SYSTEM.map((component) => ({
  ...component,
  namespace: 'kube-system',
}));

interface Named {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

const keyOf = ({ kind, namespace, name }: Named): string => `${kind} ${namespace}/${name}`;

const keysOf = (components: readonly Component[]): readonly string[] =>
  components.flatMap(({ kind, namespace, name }) => (kind === undefined ? [] : [keyOf({ kind, namespace, name })]));

/** The components that are a workload of this kind, as `daemonset kube-system/aws-node`. */
export const componentsOfKind = (kind: 'daemonset' | 'deployment'): ReadonlySet<string> =>
  new Set(keysOf(COMPONENTS.filter((component) => component.kind === kind)));

/** User names of the service accounts that components run as. */
export const COMPONENT_USERS: ReadonlySet<string> = new Set(
  COMPONENTS.filter(({ serviceAccount }) => serviceAccount !== undefined).map(
    ({ namespace, serviceAccount }) => `system:serviceaccount:${namespace}:${serviceAccount}`,
  ),
);

const IMITATED = COMPONENTS.filter(({ isImitated }) => isImitated);

const GENUINE: ReadonlySet<string> = new Set(keysOf(IMITATED));

/** Digits that pass for letters, and separators that nobody misses. */
const squashed = (name: string): string =>
  name.replace(/[-.]/g, '').replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('3', 'e').replaceAll('5', 's');

const SQUASHED = new Map(IMITATED.map(({ name }) => [squashed(name), name]));

/**
 * What Kubernetes adds to a name: the hash of a template and five letters, five letters alone, an ordinal, a node's name, or `*`
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
export const isComponentItself = (workload: Named): boolean => GENUINE.has(keyOf(workload));
