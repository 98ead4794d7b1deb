import { isUserOrWorkload } from '../../eks/identities.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import type { JsonObject } from '../../primitives/json.ts';
import { textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  bob,
  controller,
  DENIED_BY_ADMISSION,
  mallory,
  pipeline,
  type RequestParts,
  serviceAccount,
} from '../../sdk/examples.ts';
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
  falsePositives:
    'Load balancers that target instances use node ports, and cert-manager opens one for the time of an HTTP challenge.',
  triage:
    'See which pods the Service selects, and whether a security group allows strangers on the port: kubectl -n <namespace> get service <name> -o yaml. To close it: kubectl -n <namespace> patch service <name> -p \'{"spec":{"type":"ClusterIP"}}\'.',
  references: [
    'https://attack.mitre.org/techniques/T1133/',
    'https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport',
  ],
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

const service = (verb: string, request: JsonObject | readonly JsonObject[], parts: Partial<RequestParts> = {}) =>
  audit({
    verb,
    by: alice,
    resource: 'services',
    namespace: 'default',
    name: 'web',
    request: request as JsonObject,
    response: { kind: 'Service', spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] } },
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice opened service default/web on every node': service('create', { spec: { type: 'NodePort' } }),
    'deploy-pipeline opened service default/web on every node': service('update', {}, { by: pipeline() }),
    'bob opened service default/web on every node': service(
      'patch',
      [{ op: 'replace', path: '/spec/type', value: 'NodePort' }],
      { by: bob },
    ),
    'mallory was denied opening service default/web on every node': service(
      'create',
      { spec: { type: 'NodePort' } },
      { by: mallory, ...DENIED_BY_ADMISSION },
    ),
  },
  silent: {
    'a Service inside the cluster': service(
      'create',
      {},
      { response: { kind: 'Service', spec: { type: 'ClusterIP' } } },
    ),
    'a patch of something else': service('patch', { metadata: { labels: { team: 'a' } } }),
    'a controller adds its finalizer': service(
      'patch',
      { metadata: { finalizers: ['service.k8s.aws/resources'] } },
      { by: serviceAccount('kube-system', 'aws-load-balancer-controller') },
    ),
    'the control plane': service('update', {}, { by: controller('service-controller') }),
    'a dry run opens nothing': service('create', { spec: { type: 'NodePort' } }, { query: 'dryRun=All' }),
  },
});
