import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { textAt } from '../../primitives/json.ts';
import { audit, controller, human, pipeline } from '../../sdk/examples.ts';
import { reachOfService, storedObject, writesAny } from '../../sdk/exposure.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'public-load-balancer',
  title: 'Service behind a public load balancer',
  description:
    'A Service got a load balancer that the internet reaches: by its scheme, or because the controller that makes it is public by default and nothing says internal. Source ranges that leave most of the internet out count as internal.',
  tactic: 'persistence',
  attack: ['T1133'],
  impact: 40,
  confidence: 50,
  type: 'Hunting',
  falsePositives: 'Publishing a service this way is ordinary work. Suppress the namespaces that serve the public.',
  triage: 'See what the Service selects and whether anything asks for a password there.',
  references: [
    'https://attack.mitre.org/techniques/T1133/',
    'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/',
  ],
  answers: ['defender:K8S_ExposedService'],
  needs: 'body',
  on: { verbs: WRITE_VERBS, resources: ['services'], outcomes: ['succeeded'], actor: isUserOrWorkload },
  match: (event) => {
    const service = storedObject(event);
    return (
      !event.dryRun &&
      textAt(service, 'spec', 'type') === 'LoadBalancer' &&
      reachOfService(service) === 'public' &&
      writesAny(
        event,
        ['metadata', 'annotations'],
        ['spec', 'type'],
        ['spec', 'loadBalancerClass'],
        ['spec', 'loadBalancerSourceRanges'],
      )
    );
  },
  entities: ({ object, actor }) => ({ service: `${object.namespace}/${object.name}`, principal: principalOf(actor) }),
  summary: (event) => {
    const { namespace, name } = event.object;
    return `${nameOf(event.actor, event.impersonated)} put service ${namespace}/${name} behind a public load balancer`;
  },
});

const SCHEME = 'service.beta.kubernetes.io/aws-load-balancer-scheme';
const service = (annotations: object, spec: object = {}, parts: object = {}) => {
  const body = { kind: 'Service', metadata: { annotations }, spec: { type: 'LoadBalancer', ...spec } };
  return audit({
    verb: 'create',
    by: human(),
    resource: 'services',
    namespace: 'default',
    name: 'web',
    request: body as never,
    response: body as never,
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
      { by: human('bob'), verb: 'patch', request: { metadata: { annotations: { [SCHEME]: 'internet-facing' } } } },
    ),
    'deploy-pipeline put service default/web behind a public load balancer': service(
      {},
      {},
      {
        by: pipeline(),
        verb: 'patch',
        request: [{ op: 'remove', path: '/spec/loadBalancerSourceRanges' }],
      },
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
