import { nameOf, principalOf } from '../../actor.ts';
import { defineDetection } from '../../detection.ts';
import type { AuditEvent } from '../../event.ts';
import { audit, controller, createPod, human, pipeline, pod, workload } from '../../examples.ts';
import { isEks, makesPods } from '../../identity.ts';
import { WORKLOADS, WRITES, workloadName, writtenSpecs } from '../../workload.ts';

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
  on: {
    verbs: WRITES,
    resources: WORKLOADS,
    outcomes: ['succeeded', 'denied'],
    // What these make comes from a template that was judged when somebody wrote it.
    actor: (actor) => !makesPods(actor) && !isEks(actor),
  },
  match: (event) => !event.dryRun && writtenSpecs(event).some((spec) => spec.raw['hostNetwork'] === true),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: (event) => ({ workload: nameOfWorkload(event), principal: principalOf(event.actor) }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? 'was refused to run' : 'ran';
    return `${nameOf(event.actor, event.impersonated)} ${did} ${nameOfWorkload(event)} on the host network`;
  },
});

const nameOfWorkload = (event: AuditEvent): string => {
  const subject = event.workload ?? event.asked;
  return subject === undefined ? event.object.resource : workloadName(subject);
};

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
  },
  silent: {
    'a pod on its own network': createPod(human(), pod({ hostNetwork: false })),
    'the DaemonSet controller starts kube-proxy': createPod(
      controller('daemon-set-controller'),
      pod(host, { name: 'kube-proxy-x2x4z', namespace: 'kube-system' }),
    ),
    'a patch that leaves the host network as it was': patchOf({ metadata: { labels: { team: 'a' } } }),
    'the word in a string is no request': createPod(human(), pod({}, { labels: { hostNetwork: 'true' } })),
    'a dry run changes nothing': createPod(human(), pod(host), { query: 'fieldManager=kubectl&dryRun=All' }),
  },
});
