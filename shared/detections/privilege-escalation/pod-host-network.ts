import { defineDetection } from '../../sdk/detection.ts';
import { addOnPod, alice, call, controller, createPod, deniedPod, mallory, ownedBy, pod } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { nameOfRequested, POD_WRITES } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-host-network',
  title: 'Pod on the host network (hostNetwork)',
  description:
    'A pod uses the network of its node. It reaches everything that listens on the loopback of the node, can sniff the traffic of the node, and no network policy applies to it.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Agents that belong on every node: network plug-ins, node exporters, log shippers. Suppress them by workload.',
  triage:
    'Check whether the pod is also privileged or mounts a host path, and whether its image is new to the cluster. If the workload is not known, delete it: kubectl -n <namespace> delete <kind> <name>.',
  references: [
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    'https://research.splunk.com/cloud/cce357cf-43a4-494a-814b-67cea90fe990/',
  ],
  related: [
    'splunk:cce357cf-43a4-494a-814b-67cea90fe990',
    'falco:Create HostNetwork Pod',
    'elastic:privilege_escalation_pod_created_with_hostnetwork',
    'panther:k8s_pod_host_network',
  ],
  audit: { ...POD_WRITES, outcomes: ['succeeded', 'denied', 'failed'] },
  find: (event) => requestedPodSpecs(event).some(({ raw }) => raw['hostNetwork'] === true),
  weight: (_found, { outcome }) => (outcome === 'failed' ? { confidence: 50 } : {}),
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: (_found, event) => said(event, 'run', `${nameOfRequested(event)} on the host network`),
});

const host = { hostNetwork: true };
const template = { spec: { template: { spec: host } } };
const lastApplied = /* @__PURE__ */ JSON.stringify({ kind: 'Pod', spec: host });
const applied = { name: 'db', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied } };
const written = { request: template };
const added = [{ op: 'add', path: '/spec/template/spec/hostNetwork', value: true }];
const label = { metadata: { labels: { team: 'a' } } };
const startedBy = (by: string, kind: string, owner: string) =>
  createPod(controller(by), pod(host, { name: `${owner}-x`, ...ownedBy(kind, owner) }), { at: '2026-03-02T10:15:02Z' });
const replica = () => startedBy('replicaset-controller', 'ReplicaSet', 'api-7d4b9c6f8');

export const examples = () => ({
  fires: {
    'alice ran pod default/web on the host network': createPod(alice, pod(host)),
    'alice ran pod default/db on the host network': createPod(alice, pod({}, applied)),
    'service account kube-system/replicaset-controller ran deployment default/api on the host network': replica(),
    // The pod and its template are one finding, about who wrote the template.
    'alice ran deployment default/api on the host network': [
      call(alice, 'create deployments.apps default/api', written),
      replica(),
    ],
    // Only the kube-proxy of namespace kube-system is an add-on.
    'service account kube-system/daemon-set-controller ran daemonset default/kube-proxy on the host network': startedBy(
      'daemon-set-controller',
      'DaemonSet',
      'kube-proxy',
    ),
    'alice ran daemonset default/a on the host network': call(alice, 'update daemonsets.apps default/a', written),
    'alice ran deployment default/web on the host network': call(alice, 'patch deployments.apps default/web', {
      request: added,
      response: template,
    }),
    'mallory was denied running pod default/web on the host network': deniedPod(pod(host)),
    'mallory tried to run pod default/web on the host network': createPod(mallory, pod(host), { code: 409 }),
    // The owner is only claimed, so a suppression of that DaemonSet does not cover the pod.
    'mallory ran pod default/web on the host network': createPod(mallory, pod(host, ownedBy('DaemonSet', 'agent'))),
  },
  silent: {
    'a pod on its own network': createPod(alice, pod({ hostNetwork: false })),
    'the DaemonSet controller starts kube-proxy': addOnPod('kube-proxy', host),
    'a new label': call(alice, 'patch deployments.apps default/web', { request: label, response: template }),
    'the word in a label': createPod(alice, pod({}, { labels: { hostNetwork: 'true' } })),
    'a dry run changes nothing': createPod(alice, pod(host), { query: 'fieldManager=kubectl&dryRun=All' }),
  },
});
