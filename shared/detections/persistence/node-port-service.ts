import { isUserOrWorkload } from '../../eks/identities.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { type Json, textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, controller, DENIED_BY_ADMISSION, mallory, pipeline } from '../../sdk/examples.ts';
import { storedObject, writesAny } from '../../sdk/exposure.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'node-port-service',
  title: 'Service of type NodePort: open on a port of every node',
  description:
    'A Service became one of type NodePort, which listens on the same port of every node. Where nodes have public addresses and their security group allows it, the internet reaches it too.',
  tactic: 'persistence',
  techniques: ['T1133'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  falsePositives: 'Load balancers with instance targets use node ports. cert-manager opens one for an HTTP challenge.',
  triage:
    'Check which pods the Service selects, and whether a security group opens the port to the internet: kubectl -n <namespace> get service <name> -o yaml. To close it: kubectl -n <namespace> patch service <name> -p \'{"spec":{"type":"ClusterIP"}}\'.',
  references: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport'],
  related: [
    'splunk:Kubernetes Node Port Creation',
    'falco:Create NodePort Service',
    'panther:k8s_service_nodeport',
    'datadog:Kubernetes Service created with NodePort',
    'elastic:persistence_exposed_service_created_with_type_nodeport',
  ],
  audit: { level: 'request', verbs: WRITE_VERBS, resources: ['services'], actor: isUserOrWorkload },
  find: (event) =>
    textAt(storedObject(event), 'spec', 'type') === 'NodePort' &&
    writesAny(event, ['spec', 'type']) &&
    `${event.object.namespace}/${event.object.name}`,
  entities: (service) => ({ service }),
  summary: (service, event) => said(event, 'open', `service ${service} on every node`),
});

const NODE_PORT = { spec: { type: 'NodePort' } };
const write = (by = alice, verb: string, request: Json, parts = {}) =>
  call(by, `${verb} services default/web`, { request, response: NODE_PORT, ...parts });
const operation = { op: 'replace', path: '/spec/type', value: 'NodePort' };

export const examples = () => ({
  fires: {
    'alice opened service default/web on every node': write(alice, 'create', NODE_PORT),
    'deploy-pipeline opened service default/web on every node': write(pipeline(), 'update', {}),
    'bob opened service default/web on every node': write(bob, 'patch', [operation]),
    'mallory was denied opening service default/web on every node': write(
      mallory,
      'create',
      NODE_PORT,
      DENIED_BY_ADMISSION,
    ),
  },
  silent: {
    'a Service inside the cluster': write(alice, 'create', {}, { response: { spec: { type: 'ClusterIP' } } }),
    'a patch of something else': write(alice, 'patch', { metadata: { finalizers: ['service.k8s.aws/resources'] } }),
    'the control plane': write(controller('service-controller'), 'update', {}),
    'a dry run opens nothing': write(alice, 'create', NODE_PORT, { query: 'dryRun=All' }),
  },
});
