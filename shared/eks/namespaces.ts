import { componentsOfKind } from './components.ts';

/** Namespaces that belong to the cluster and not to a team. */
export const SYSTEM_NAMESPACES: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

/** Deployments that the add-ons of Amazon EKS install, as `deployment kube-system/coredns`. */
export const EKS_DEPLOYMENTS: ReadonlySet<string> = componentsOfKind('deployment');
