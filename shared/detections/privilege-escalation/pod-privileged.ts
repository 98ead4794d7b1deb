import { isOfNodeAgent } from '../../indicators/node-agents.ts';
import { isHostProcessPod, isPrivileged } from '../../kubernetes/pod-security.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { addOnPod, alice, call, component, createPod, debugPod, deniedPod, pod } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { CONTAINER_WRITES, counted, nameOfRequested, requestedContainers } from '../../sdk/pod-requests.ts';
import { requestedPodSpecs } from '../../sdk/pod-specs.ts';

export default defineDetection({
  id: 'pod-privileged',
  title: 'Privileged container',
  description:
    'A container runs with all capabilities, all devices and no confinement: root in it is root on the node. This includes init and ephemeral containers, and HostProcess containers on Windows.',
  tactic: 'privilege-escalation',
  techniques: ['T1611'],
  impact: 80,
  confidence: 80,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives:
    'Storage drivers, network plug-ins and security agents of a team. Those of known publishers weigh less. Suppress them by workload.',
  triage:
    'Find out who created the workload, which image it runs and what ran in it. If it is not known, the node counts as compromised: kubectl cordon <node>, delete the workload, then replace the node.',
  references: [
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.privilege-escalation.privileged-pod/',
  ],
  related: [
    'splunk:Kubernetes Create or Update Privileged Pod',
    'falco:Create Privileged Pod',
    'elastic:privilege_escalation_privileged_pod_created',
    'guardduty:PrivilegeEscalation:Kubernetes/PrivilegedContainer',
    'panther:k8s_privileged_pod_created',
    'sigma:kubernetes_audit_privileged_pod_creation',
    'defender:K8S_PrivilegedContainer',
  ],
  audit: CONTAINER_WRITES,
  find: (event) => {
    if (requestedPodSpecs(event).some(isHostProcessPod)) {
      return { what: 'every container privileged (HostProcess)', isAgent: false };
    }
    const found = requestedContainers(event).filter(isPrivileged);
    const names = found.map(({ name }) => name || '(unnamed)');
    const isAgent = found.every(({ image }) => isOfNodeAgent(image));
    return names.length > 0 && { what: counted('privileged container', names), isAgent };
  },
  // Storage drivers, network plug-ins and security agents of known publishers. Anyone may run these images, so it is still a finding.
  weight: ({ isAgent }) => (isAgent ? { confidence: 60 } : {}),
  entities: (_found, event) => ({ workload: nameOfRequested(event) }),
  principal: false,
  summary: ({ what }, event) => said(event, 'run', `${nameOfRequested(event)} with ${what}`),
});

const privileged = (name: string, value: boolean | string = true) => ({ name, securityContext: { privileged: value } });
const decoy = { name: 'decoy', securityContext: { privileged: false } };
const shell = () => pod({ containers: [decoy, privileged('shell')] });
const windows = { securityContext: { windowsOptions: { hostProcess: true } } };
const withInit = () => ({
  spec: { template: { spec: { containers: [decoy], initContainers: [privileged('init')] } } },
});
const label = { metadata: { labels: { team: 'a' } } };
// An identity mapping may use a name that only looks like a controller's.
const fake = /* @__PURE__ */ component('kube-controller-manager-2');
const eks = () => ({ ...fake, user: { username: 'eks:addon-manager', groups: ['system:authenticated'] } });

export const examples = () => ({
  fires: {
    'alice ran pod default/web with privileged container shell': createPod(alice, shell()),
    'alice ran daemonset shop/web with privileged container init': call(alice, 'update daemonsets.apps shop/web', {
      request: withInit(),
    }),
    'alice ran pod default/web with privileged container debugger': debugPod(privileged('debugger'), shell()),
    'alice ran pod default/web with every container privileged (HostProcess)': createPod(alice, pod(windows)),
    'mallory was denied running pod default/web with privileged container shell': deniedPod(shell()),
    'alice ran daemonset kube-system/cilium with privileged container agent': call(
      alice,
      'create daemonsets.apps kube-system/cilium',
      {
        request: {
          spec: { template: { spec: { containers: [{ ...privileged('agent'), image: 'quay.io/cilium/cilium:v1' }] } } },
        },
      },
    ),
    'system:kube-controller-manager-2 ran pod default/web with privileged container shell': createPod(fake, shell()),
  },
  silent: {
    'a container without privileges': createPod(alice, pod({ containers: [decoy] })),
    'Amazon EKS installs an add-on': call(eks(), 'patch daemonsets.apps kube-system/aws-node', { request: withInit() }),
    'the DaemonSet controller starts kube-proxy': addOnPod('kube-proxy', { containers: [privileged('kube-proxy')] }),
    'a debugger without privileges in a pod that has them': debugPod({ name: 'debugger' }, shell()),
    'a new label': call(alice, 'patch daemonsets.apps shop/web', { request: label, response: withInit() }),
    'the API server rejects text': createPod(alice, pod({ containers: [privileged('main', 'true')] }), { code: 400 }),
  },
});
