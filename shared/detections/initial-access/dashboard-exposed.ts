import { isUserOrWorkload } from '../../eks/identities.ts';
import { SENSITIVE_INTERFACES } from '../../indicators/sensitive-interfaces.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, controller, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { nameOfObject, said } from '../../sdk/phrases.ts';
import { exposedInterface } from '../../sdk/sensitive-interfaces.ts';

export default defineDetection({
  id: 'dashboard-exposed',
  title: 'Dashboard or other sensitive interface exposed',
  description:
    'A load balancer, an Ingress or a node port leads to an interface that belongs inside the cluster: a dashboard, a workflow engine, a notebook, a store without a password. Anybody who reaches it may run code or read Secrets.',
  tactic: 'initial-access',
  techniques: ['T1133'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  falsePositives:
    'An interface with single sign-on that is meant to be public. Often only the class of an Ingress decides whether it is public, so such an Ingress weighs less.',
  triage:
    'Open the address without logging in. When it answers, delete the Service or Ingress (kubectl -n <namespace> delete ingress <name>), then read the access log of the load balancer since that time.',
  references: [
    'https://attack.mitre.org/techniques/T1133/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Exposed%20sensitive%20interfaces/',
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-eks-audit-logs.html',
  ],
  related: [
    'guardduty:Policy:Kubernetes/ExposedDashboard',
    'guardduty:Policy:Kubernetes/KubeflowDashboardExposed',
    'defender:K8S_ExposedDashboard',
    'defender:K8S_ExposedKubeflow',
    'defender:K8S_ExposedRedis',
    'defender:K8S_ExposedArgoWorkflows',
    'defender:K8S_ExposedMeshery',
    'defender:K8S_ExposedNiFi',
  ],
  audit: { level: 'request', verbs: WRITE_VERBS, resources: ['services', 'ingresses'], actor: isUserOrWorkload },
  options: {
    names: [SENSITIVE_INTERFACES, 'names of Services, or parts of their names between hyphens, to keep inside'],
  },
  find: (event, { names }) => exposedInterface(event, names),
  weight: ({ reach }) => (reach === 'public' ? {} : { confidence: 45 }),
  entities: ({ name }, { object }) => ({ interface: name, namespace: object.namespace }),
  summary: ({ name }, event) => said(event, 'expose', `${name} through ${nameOfObject(event.object)}`),
});

const write = (resource: string, body: JsonObject, parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'create',
    by: alice,
    resource,
    namespace: 'default',
    name: 'web',
    request: body,
    response: body,
    ...parts,
  });
const balanced = (selector: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  kind: 'Service',
  metadata,
  spec: { type: 'LoadBalancer', selector },
});
const ingress = (backend: string, annotations: JsonObject = {}): JsonObject => ({
  kind: 'Ingress',
  metadata: { annotations },
  spec: { rules: [{ http: { paths: [{ path: '/', backend: { service: { name: backend } } }] } }] },
});

export const examples = () => ({
  fires: {
    'alice exposed kubernetes-dashboard through service default/kubernetes-dashboard': write('services', balanced({}), {
      name: 'kubernetes-dashboard',
    }),
    'alice exposed argo-server through service default/web': write(
      'services',
      balanced({ 'app.kubernetes.io/name': 'argo-server' }),
      { verb: 'patch', request: { spec: { type: 'LoadBalancer' } } },
    ),
    'deploy-pipeline exposed jupyterhub through ingress default/web': write(
      'ingresses.networking.k8s.io',
      ingress('my-jupyterhub-proxy', { 'alb.ingress.kubernetes.io/scheme': 'internet-facing' }),
      { by: pipeline() },
    ),
    'bob exposed kubernetes-dashboard through ingress default/web': write(
      'ingresses.networking.k8s.io',
      ingress('kubernetes-dashboard'),
      { by: bob },
    ),
  },
  silent: {
    'a dashboard inside the cluster': write(
      'services',
      { spec: { type: 'ClusterIP' } },
      { name: 'kubernetes-dashboard' },
    ),
    'an internal load balancer': write(
      'services',
      balanced({}, { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' } }),
      { name: 'kubernetes-dashboard' },
    ),
    'an Ingress of something else': write('ingresses.networking.k8s.io', ingress('shop-frontend')),
    'a word that only contains a name': write('services', balanced({ app: 'nifikraft' })),
    'the control plane': write('services', balanced({}), { name: 'jenkins', by: controller('service-controller') }),
  },
});
