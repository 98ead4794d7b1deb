import { isUserOrWorkload } from '../../eks/identities.ts';
import { SENSITIVE_INTERFACES } from '../../indicators/sensitive-interfaces.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, carol, controller } from '../../sdk/examples.ts';
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

const service = (name: string, spec = {}, by = alice, metadata = {}) =>
  call(by, `create services shop/${name}`, { request: { metadata, spec: { type: 'LoadBalancer', ...spec } } });
const ingress = (name: string, by = alice, annotations = {}) =>
  call(by, 'create ingresses.networking.k8s.io shop/web', {
    request: {
      metadata: { annotations },
      spec: { rules: [{ http: { paths: [{ backend: { service: { name } } }] } }] },
    },
  });
const internetFacing = { 'alb.ingress.kubernetes.io/scheme': 'internet-facing' };
const internal = { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' } };

export const examples = () => ({
  fires: {
    'alice exposed jenkins through service shop/jenkins': service('jenkins'),
    'alice exposed argo-server through service shop/web': call(alice, 'patch services shop/web', {
      request: { spec: { type: 'LoadBalancer' } },
      response: { kind: 'Service', spec: { type: 'LoadBalancer', selector: { app: 'argo-server' } } },
    }),
    'carol exposed jupyterhub through ingress shop/web': ingress('my-jupyterhub-proxy', carol, internetFacing),
    'bob exposed kubernetes-dashboard through ingress shop/web': ingress('kubernetes-dashboard', bob),
  },
  silent: {
    'a dashboard inside the cluster': service('kubernetes-dashboard', { type: 'ClusterIP' }),
    'an internal load balancer': service('kubernetes-dashboard', {}, alice, internal),
    'an Ingress of something else': ingress('shop-frontend'),
    'a word that only contains a name': service('web', { selector: { app: 'nifikraft' } }),
    'the control plane': service('jenkins', {}, controller('service-controller')),
  },
});
