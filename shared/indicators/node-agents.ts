/** Publishers of software that runs privileged on every node. */
import { parseImage } from '../kubernetes/image.ts';
import { isFrom } from './image-list.ts';

/**
 * Registries and repositories that nobody but the publisher can push to. An attacker can run such an image as well, so this lowers a
 * weight and excuses nothing. Sources: the values of each project's Helm chart, and "View Amazon container image registries for Amazon
 * EKS add-ons" in the Amazon EKS user guide. Last read in November 2026.
 */
const PUBLISHERS: readonly string[] = [
  '602401143452.dkr.ecr.*.amazonaws.com', // Amazon EKS
  'public.ecr.aws/eks',
  'public.ecr.aws/ebs-csi-driver',
  'public.ecr.aws/efs-csi-driver',
  'public.ecr.aws/fsx-csi-driver',
  'docker.io/calico',
  'quay.io/calico',
  'quay.io/cilium',
  'gcr.io/datadoghq',
  'public.ecr.aws/datadog',
  'docker.io/falcosecurity',
  'public.ecr.aws/falcosecurity',
  'docker.io/istio',
  'docker.io/longhornio',
  'nvcr.io/nvidia',
  'registry.k8s.io/nfd', // Node Feature Discovery
  'registry.k8s.io/sig-storage', // CSI drivers
];

/** @param image as a pod spec writes it */
export const isOfNodeAgent = (image: string): boolean => {
  const parsed = parseImage(image);
  return parsed !== undefined && isFrom(PUBLISHERS, parsed);
};
