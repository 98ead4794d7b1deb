import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { textAt } from '../../primitives/json.ts';
import { audit, controller, human, pipeline, serviceAccount } from '../../sdk/examples.ts';
import { storedObject, writesAny } from '../../sdk/exposure.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'node-port-service',
  title: 'Service opened on a port of every node',
  description:
    'A Service became one of type NodePort, which listens on the same port of every node. Where nodes have public addresses and a generous security group, so does the internet reach it.',
  tactic: 'persistence',
  attack: ['T1133'],
  impact: 50,
  confidence: 60,
  type: 'TTP',
  falsePositives:
    'Load balancers that target instances use node ports, and cert-manager opens one for the time of an HTTP challenge.',
  triage: 'See which pods the Service selects, and whether a security group lets strangers to the port.',
  references: [
    'https://attack.mitre.org/techniques/T1133/',
    'https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport',
    'https://research.splunk.com/cloud/d7fc865e-b8a1-4029-a960-cf4403b821b6/',
  ],
  answers: [
    'splunk:Kubernetes Node Port Creation',
    'falco:Create NodePort Service',
    'panther:k8s_service_nodeport',
    'datadog:Kubernetes Service created with NodePort',
    'elastic:persistence_exposed_service_created_with_type_nodeport',
  ],
  needs: 'body',
  on: { verbs: WRITE_VERBS, resources: ['services'], outcomes: ['succeeded', 'denied'], actor: isUserOrWorkload },
  match: (event) =>
    !event.dryRun && textAt(storedObject(event), 'spec', 'type') === 'NodePort' && writesAny(event, ['spec', 'type']),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: ({ object, actor }) => ({ service: `${object.namespace}/${object.name}`, principal: principalOf(actor) }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? 'was refused to open' : 'opened';
    const { namespace, name } = event.object;
    return `${nameOf(event.actor, event.impersonated)} ${did} service ${namespace}/${name} on every node`;
  },
});

const service = (verb: string, request: object, parts: object = {}) =>
  audit({
    verb,
    by: human(),
    resource: 'services',
    namespace: 'default',
    name: 'web',
    request: request as never,
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
      { by: human('bob') },
    ),
    'mallory was refused to open service default/web on every node': service(
      'create',
      { spec: { type: 'NodePort' } },
      { by: human('mallory'), code: 403, refusedBy: 'admission' },
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
