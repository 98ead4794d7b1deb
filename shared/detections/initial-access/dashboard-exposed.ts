import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { SENSITIVE_INTERFACES } from '../../indicators/sensitive-interfaces.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { objectAt, textAt } from '../../primitives/json.ts';
import { audit, controller, human, pipeline } from '../../sdk/examples.ts';
import { backendsOf, type Reach, reachOfIngress, reachOfService, storedObject } from '../../sdk/exposure.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'dashboard-exposed',
  title: 'Sensitive interface exposed',
  description:
    'A load balancer, an Ingress or a node port leads to an interface that is made to be kept inside: a dashboard, a workflow engine, a notebook, a store without a password. Whoever reaches it runs code or reads secrets.',
  tactic: 'initial-access',
  attack: ['T1133'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  falsePositives:
    'An interface behind single sign-on that is meant to be public. Whether an Ingress is public is often its class’s secret, so it weighs less.',
  triage: 'Try the address without logging in. Then read the access log of the load balancer since that time.',
  references: [
    'https://attack.mitre.org/techniques/T1133/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Exposed%20sensitive%20interfaces/',
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-eks-audit-logs.html',
  ],
  answers: [
    'guardduty:Policy:Kubernetes/ExposedDashboard',
    'guardduty:Policy:Kubernetes/KubeflowDashboardExposed',
    'defender:K8S_ExposedDashboard',
    'defender:K8S_ExposedKubeflow',
    'defender:K8S_ExposedRedis',
    'defender:K8S_ExposedArgoWorkflows',
    'defender:K8S_ExposedMeshery',
    'defender:K8S_ExposedNiFi',
  ],
  needs: 'body',
  on: { verbs: WRITE_VERBS, resources: ['services', 'ingresses'], outcomes: ['succeeded'], actor: isUserOrWorkload },
  options: {
    names: [SENSITIVE_INTERFACES, 'names of Services, or parts of their names between hyphens, to keep inside'],
  },
  match: (event, options) =>
    !event.dryRun && writesObject(event) && interfaceOf(event, options.names) !== '' && reachOf(event) !== 'internal',
  weight: (event) => (reachOf(event) === 'public' ? {} : { confidence: 45 }),
  entities: (event, _item, options) => ({
    interface: interfaceOf(event, options.names),
    namespace: event.object.namespace,
    principal: principalOf(event.actor),
  }),
  summary: (event, _item) => {
    const { resource, namespace, name } = event.object;
    const way = resource === 'ingresses' ? 'ingress' : 'service';
    return `${nameOf(event.actor, event.impersonated)} exposed a sensitive interface by ${way} ${namespace}/${name}`;
  },
});

/** Finalizers and labels come and go without changing what leads where. */
const writesObject = ({ verb, requestObject }: AuditEvent): boolean =>
  verb !== 'patch' ||
  requestObject === undefined ||
  requestObject['spec'] !== undefined ||
  objectAt(requestObject, 'metadata')?.['annotations'] !== undefined;

const reachOf = (event: AuditEvent): Reach => {
  const body = storedObject(event);
  if (event.object.resource === 'ingresses') return reachOfIngress(body);
  const type = textAt(body, 'spec', 'type');
  if (type === 'LoadBalancer') return reachOfService(body);
  return type === 'NodePort' ? 'unknown' : 'internal';
};

/** The sensitive interface that the object leads to, by the names of Services and the labels that they select. */
const interfaceOf = (event: AuditEvent, names: readonly string[]): string => {
  const body = storedObject(event);
  const selector = Object.values(objectAt(body, 'spec', 'selector') ?? {});
  const led = event.object.resource === 'ingresses' ? backendsOf(body) : [event.object.name, ...selector];
  const words = led.filter((text) => typeof text === 'string').map((text) => `-${text.toLowerCase()}-`);
  return names.find((name) => words.some((word) => word.includes(`-${name}-`))) ?? '';
};

const write = (resource: string, body: object, parts: object = {}) =>
  audit({
    verb: 'create',
    by: human(),
    resource,
    namespace: 'default',
    name: 'web',
    request: body as never,
    response: body as never,
    ...parts,
  });
const balanced = (selector: object, metadata: object = {}) => ({
  kind: 'Service',
  metadata,
  spec: { type: 'LoadBalancer', selector },
});
const ingress = (backend: string, annotations: object = {}) => ({
  kind: 'Ingress',
  metadata: { annotations },
  spec: { rules: [{ http: { paths: [{ path: '/', backend: { service: { name: backend } } }] } }] },
});

export const examples = () => ({
  fires: {
    'alice exposed a sensitive interface by service default/kubernetes-dashboard': write('services', balanced({}), {
      name: 'kubernetes-dashboard',
    }),
    'alice exposed a sensitive interface by service default/web': write(
      'services',
      balanced({ 'app.kubernetes.io/name': 'argo-server' }),
      { verb: 'patch', request: { spec: { type: 'LoadBalancer' } } },
    ),
    'deploy-pipeline exposed a sensitive interface by ingress default/web': write(
      'ingresses.networking.k8s.io',
      ingress('my-jupyterhub-proxy', { 'alb.ingress.kubernetes.io/scheme': 'internet-facing' }),
      { by: pipeline() },
    ),
    'bob exposed a sensitive interface by ingress default/web': write(
      'ingresses.networking.k8s.io',
      ingress('kubernetes-dashboard'),
      { by: human('bob') },
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
    'something else behind an Ingress': write('ingresses.networking.k8s.io', ingress('shop-frontend')),
    'a word that only contains a name': write('services', balanced({ app: 'nifikraft' })),
    'the control plane': write('services', balanced({}), { name: 'jenkins', by: controller('service-controller') }),
  },
});
