/** Workloads that watch over a cluster, by the names that their charts and add-ons give them. */

/**
 * A DaemonSet, Deployment or StatefulSet of one of these names, or of a name that begins with one and a hyphen, counts. So does the
 * namespace of that name.
 */
export const SECURITY_TOOLS: readonly string[] = [
  'amazon-cloudwatch',
  'amazon-guardduty',
  'aqua-enforcer',
  'aqua-gateway',
  'aws-for-fluent-bit',
  'aws-guardduty-agent',
  'calico-node',
  'cilium',
  'cloudwatch-agent',
  'cortex-agent',
  'datadog-agent',
  'datadog-cluster-agent',
  'falco',
  'falcon-node-sensor',
  'falcon-sensor',
  'falcon-system',
  'fluent-bit',
  'gatekeeper',
  'kubearmor',
  'kubescape',
  'kyverno',
  'lacework-agent',
  'neuvector',
  'prisma-cloud-compute',
  's1-agent',
  'sensor-stackrox',
  'stackrox',
  'sysdig-agent',
  'sysdig-host-shield',
  'sysdig-node-analyzer',
  'tetragon',
  'tracee',
  'trivy-operator',
  'twistlock-defender',
  'wazuh-agent',
  'wiz-sensor',
];
