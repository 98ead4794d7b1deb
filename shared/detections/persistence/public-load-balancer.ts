import { isUserOrWorkload } from '../../eks/identities.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { type Json, textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, controller, pipeline } from '../../sdk/examples.ts';
import { reachOfService, storedObject, writesAny } from '../../sdk/exposure.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'public-load-balancer',
  title: 'Service of type LoadBalancer open to the internet',
  description:
    'A Service got a load balancer that the internet reaches: by its scheme, or because its controller makes public ones by default and nothing says internal. Source ranges that leave most of the internet out count as internal.',
  tactic: 'persistence',
  techniques: ['T1133'],
  impact: 40,
  confidence: 50,
  type: 'Hunting',
  falsePositives: 'Publishing a service this way is ordinary work. Suppress the namespaces that serve the public.',
  triage:
    'Check which pods the Service selects, and whether they ask for a password. If it must not be public: kubectl -n <namespace> annotate --overwrite service <name> service.beta.kubernetes.io/aws-load-balancer-scheme=internal, or delete the Service.',
  references: ['https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/'],
  related: ['defender:K8S_ExposedService'],
  audit: { level: 'request', verbs: WRITE_VERBS, resources: ['services'], actor: isUserOrWorkload },
  find: (event) => {
    const service = storedObject(event);
    if (textAt(service, 'spec', 'type') !== 'LoadBalancer' || reachOfService(service) !== 'public') return false;
    // Annotations and these fields decide where a Service is reached from.
    const fields = ['type', 'loadBalancerClass', 'loadBalancerSourceRanges'].map((field) => ['spec', field]);
    return writesAny(event, ['metadata', 'annotations'], ...fields) && `${event.object.namespace}/${event.object.name}`;
  },
  entities: (service) => ({ service }),
  summary: (service, event) => said(event, 'put', `service ${service} behind a public load balancer`),
});

const scheme = (value: string) => ({ annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': value } });
const service = (metadata = {}, spec = {}) => ({ metadata, spec: { type: 'LoadBalancer', ...spec } });
const create = (body: Json) => call(alice, 'create services default/web', { request: body, response: body });
const patch = (by = alice, request: Json, response = service()) =>
  call(by, 'patch services default/web', { request, response });
const facing = /* @__PURE__ */ scheme('internet-facing');
const removal = { op: 'remove', path: '/spec/loadBalancerSourceRanges' };
const halves = { loadBalancerClass: 'service.k8s.aws/nlb', loadBalancerSourceRanges: ['0.0.0.0/1', '128.0.0.0/1'] };
const annotated = { metadata: facing };

export const examples = () => ({
  fires: {
    'alice put service default/web behind a public load balancer': create(service()),
    'bob put service default/web behind a public load balancer': patch(bob, annotated, service(facing, halves)),
    'deploy-pipeline put service default/web behind a public load balancer': patch(pipeline(), [removal]),
  },
  silent: {
    'an internal one': create(service(scheme('internal'))),
    'the controller’s default': create(service({}, { loadBalancerClass: 'service.k8s.aws/nlb' })),
    'only the office may': create(service({}, { loadBalancerSourceRanges: ['198.51.100.0/24'] })),
    'a label changes': patch(alice, { metadata: { labels: { team: 'a' } } }),
    'the control plane reports': patch(controller('service-controller'), service()),
  },
});
