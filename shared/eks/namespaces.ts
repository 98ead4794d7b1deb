/** Namespaces that belong to the cluster and not to a team. */
export const SYSTEM_NAMESPACES: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** Deployments that the add-ons of Amazon EKS keep in kube-system. Source: "AWS add-ons" in the Amazon EKS user guide. */
export const EKS_DEPLOYMENTS: ReadonlySet<string> = new Set(
  [
    'coredns',
    'ebs-csi-controller',
    'efs-csi-controller',
    'fsx-csi-controller',
    'metrics-server',
    's3-csi-controller',
    'snapshot-controller',
  ].map((name) => `deployment kube-system/${name}`),
);
