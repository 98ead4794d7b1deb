import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { type JsonObject, textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, controller, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { reachOfService, storedObject, writesAny } from '../../sdk/exposure.ts';
import { said } from '../../sdk/phrases.ts';

/** Whether a request writes one of the fields that decide where a Service is reached from. */
const decidesReach = (event: AuditEvent): boolean =>
  writesAny(
    event,
    ['metadata', 'annotations'],
    ['spec', 'type'],
    ['spec', 'loadBalancerClass'],
    ['spec', 'loadBalancerSourceRanges'],
  );

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
    'See which pods the Service selects, and whether they ask for a password. If it must not be public: kubectl -n <namespace> annotate --overwrite service <name> service.beta.kubernetes.io/aws-load-balancer-scheme=internal, or delete the Service.',
  references: [
    'https://attack.mitre.org/techniques/T1133/',
    'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/',
  ],
  related: ['defender:K8S_ExposedService'],
  audit: { level: 'request', verbs: WRITE_VERBS, resources: ['services'], actor: isUserOrWorkload },
  find: (event) => {
    const service = storedObject(event);
    const isPublic = textAt(service, 'spec', 'type') === 'LoadBalancer' && reachOfService(service) === 'public';
    return isPublic && decidesReach(event) && `${event.object.namespace}/${event.object.name}`;
  },
  entities: (service) => ({ service }),
  summary: (service, event) => said(event, 'put', `service ${service} behind a public load balancer`),
});

const SCHEME = 'service.beta.kubernetes.io/aws-load-balancer-scheme';
const service = (annotations: JsonObject, spec: JsonObject = {}, parts: Partial<RequestParts> = {}) => {
  const body = { kind: 'Service', metadata: { annotations }, spec: { type: 'LoadBalancer', ...spec } };
  return audit({
    verb: 'create',
    by: alice,
    resource: 'services',
    namespace: 'default',
    name: 'web',
    request: body,
    response: body,
    ...parts,
  });
};
const controlled = { loadBalancerClass: 'service.k8s.aws/nlb' };

export const examples = () => ({
  fires: {
    'alice put service default/web behind a public load balancer': service({}),
    'bob put service default/web behind a public load balancer': service(
      { [SCHEME]: 'internet-facing' },
      { ...controlled, loadBalancerSourceRanges: ['0.0.0.0/1', '128.0.0.0/1'] },
      { by: bob, verb: 'patch', request: { metadata: { annotations: { [SCHEME]: 'internet-facing' } } } },
    ),
    'deploy-pipeline put service default/web behind a public load balancer': service(
      {},
      {},
      { by: pipeline(), verb: 'patch', request: [{ op: 'remove', path: '/spec/loadBalancerSourceRanges' }] },
    ),
  },
  silent: {
    'an internal one': service({ [SCHEME]: 'internal' }),
    'the controller’s default': service({}, controlled),
    'only the office may': service({}, { loadBalancerSourceRanges: ['198.51.100.0/24'] }),
    'a label changes': service({}, {}, { verb: 'patch', request: { metadata: { labels: { team: 'a' } } } }),
    'the control plane reports': service({}, {}, { verb: 'patch', by: controller('service-controller') }),
  },
});
