import { audit, controller, createPod, human, ownedBy, pipeline, pod, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { nameOfRequested, POD_WRITES, whoRan } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-host-network',
  title: 'Pod on the host network',
  description:
    'A pod, or the template of a workload, asks for the network of its node. Such a pod reaches everything that listens on the node’s loopback, can sniff the node’s traffic, and is beyond every network policy.',
  tactic: 'privilege-escalation',
  attack: ['T1611', 'T1610'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Agents that belong on every node: network plug-ins, node exporters, log shippers. Suppress them by workload.',
  triage: 'See what else the pod asks for (privileged, hostPath) and whether its image is new to the cluster.',
  references: [
    'https://research.splunk.com/cloud/cce357cf-43a4-494a-814b-67cea90fe990/',
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  ],
  answers: ['splunk:cce357cf-43a4-494a-814b-67cea90fe990', 'falco:Create HostNetwork Pod'],
  needs: 'body',
  on: { ...POD_WRITES, outcomes: ['succeeded', 'denied', 'failed'] },
  match: (event) => !event.dryRun && requestedPodSpecs(event).some((spec) => spec.raw['hostNetwork'] === true),
  weight: (event) => (event.outcome === 'succeeded' ? {} : { confidence: 50 }),
  entities: (event) => ({ workload: nameOfRequested(event) }),
  summary: (event) => `${whoRan(event)} ${nameOfRequested(event)} on the host network`,
});

const host = { hostNetwork: true };
const applied = (spec: object) => ({
  annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ kind: 'Pod', spec }) },
});
const patchOf = (request: readonly object[] | object) =>
  audit({
    verb: 'patch',
    by: human(),
    resource: 'deployments.apps',
    namespace: 'default',
    name: 'web',
    request: request as never,
    response: workload('Deployment', host),
  });

export const examples = () => ({
  fires: {
    'alice ran pod default/web on the host network': createPod(human(), pod(host)),
    'bob ran pod default/web on the host network': createPod(human('bob'), pod({}, applied(host))),
    'service account kube-system/replicaset-controller ran deployment default/web on the host network': createPod(
      controller('replicaset-controller'),
      pod(host, { generateName: 'web-7d4b9c6f8-', ...ownedBy('ReplicaSet', 'web-7d4b9c6f8') }),
    ),
    'service account kube-system/daemon-set-controller ran daemonset default/kube-proxy on the host network': createPod(
      controller('daemon-set-controller'),
      pod(host, ownedBy('DaemonSet', 'kube-proxy')),
    ),
    'carol ran deployment default/web on the host network': [
      audit({
        verb: 'create',
        by: human('carol'),
        resource: 'deployments.apps',
        namespace: 'default',
        name: 'web',
        request: workload('Deployment', host),
      }),
      createPod(controller('replicaset-controller'), pod(host, ownedBy('ReplicaSet', 'web-7d4b9c6f8')), {
        at: '2026-03-02T10:15:02Z',
      }),
    ],
    'deploy-pipeline ran daemonset default/agent on the host network': audit({
      verb: 'update',
      by: pipeline(),
      resource: 'daemonsets.apps',
      namespace: 'default',
      name: 'agent',
      request: workload('DaemonSet', host, 'agent'),
    }),
    'alice ran deployment default/web on the host network': patchOf([
      { op: 'add', path: '/spec/template/spec/hostNetwork', value: true },
    ]),
    'mallory was refused to run pod default/web on the host network': createPod(human('mallory'), pod(host), {
      code: 403,
      refusedBy: 'admission',
    }),
    'mallory tried to run pod default/web on the host network': createPod(human('mallory'), pod(host), { code: 409 }),
    // Whose pod it is, is the pod's own word: a suppression of that DaemonSet does not cover it.
    'mallory ran pod default/web on the host network': createPod(
      human('mallory'),
      pod(host, ownedBy('DaemonSet', 'node-exporter')),
    ),
  },
  silent: {
    'a pod on its own network': createPod(human(), pod({ hostNetwork: false })),
    'the DaemonSet controller starts kube-proxy': createPod(
      controller('daemon-set-controller'),
      pod(host, { name: 'kube-proxy-x2x4z', namespace: 'kube-system', ...ownedBy('DaemonSet', 'kube-proxy') }),
    ),
    'a patch that leaves the host network as it was': patchOf({ metadata: { labels: { team: 'a' } } }),
    'the word in a string is no request': createPod(human(), pod({}, { labels: { hostNetwork: 'true' } })),
    'a dry run changes nothing': createPod(human(), pod(host), { query: 'fieldManager=kubectl&dryRun=All' }),
  },
});
