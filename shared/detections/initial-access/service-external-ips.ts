import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { objectsAt, textAt, textsAt } from '../../primitives/json.ts';
import { audit, controller, human, serviceAccount } from '../../sdk/examples.ts';
import { storedObject } from '../../sdk/exposure.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'service-external-ips',
  title: 'Service claims an external address',
  description:
    'Somebody gave a Service an external address, in its spec or, as a load balancer’s, in its status. Every node then sends what its pods address there to the Service, whoever the address belongs to (CVE-2020-8554).',
  tactic: 'initial-access',
  attack: ['T1557'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  falsePositives: 'Clusters with routers of their own use external addresses; on Amazon EKS there is hardly a reason.',
  triage:
    'Candidate whose address it is. If it is a name server’s, a registry’s or the metadata service’s, treat it as an attack.',
  references: [
    'https://attack.mitre.org/techniques/T1557/',
    'https://github.com/kubernetes/kubernetes/issues/97076',
    'https://kubernetes.io/docs/concepts/services-networking/service/#external-ips',
  ],
  answers: [],
  needs: 'body',
  on: {
    verbs: WRITE_VERBS,
    resources: ['services', 'services/status'],
    outcomes: ['succeeded', 'denied'],
    actor: isUserOrWorkload,
  },
  match: (event) => !event.dryRun && claimedBy(event).length > 0,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: ({ object, actor }) => ({ service: `${object.namespace}/${object.name}`, principal: principalOf(actor) }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? 'was refused to claim' : 'claimed';
    const { namespace, name } = event.object;
    const who = nameOf(event.actor, event.impersonated);
    return `${who} ${did} ${claimedBy(event).slice(0, 3).join(', ')} for service ${namespace}/${name}`;
  },
});

/** The addresses that the request claims; of a patch only what it sets itself. The load balancers of AWS have names, no addresses. */
const claimedBy = (event: AuditEvent): readonly string[] => {
  const written = (event.verb === 'patch' ? event.requestObject : undefined) ?? storedObject(event);
  if (event.object.subresource === '') return textsAt(written, 'spec', 'externalIPs');
  return objectsAt(written, 'status', 'loadBalancer', 'ingress')
    .map((entry) => textAt(entry, 'ip'))
    .filter((ip) => ip !== '');
};

const service = (verb: string, body: unknown, parts: object = {}) =>
  audit({
    verb,
    by: human('mallory'),
    resource: 'services',
    namespace: 'shop',
    name: 'dns',
    request: body as never,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'mallory claimed 203.0.113.53 for service shop/dns': service('create', { spec: { externalIPs: ['203.0.113.53'] } }),
    'mallory claimed 169.254.169.254 for service shop/dns': service('patch', [
      { op: 'add', path: '/spec/externalIPs/-', value: '169.254.169.254' },
    ]),
    'mallory claimed 8.8.8.8 for service shop/dns': service(
      'patch',
      { status: { loadBalancer: { ingress: [{ ip: '8.8.8.8' }] } } },
      { resource: 'services/status' },
    ),
    'mallory was refused to claim 203.0.113.53 for service shop/dns': service(
      'create',
      { spec: { externalIPs: ['203.0.113.53'] } },
      { code: 403, refusedBy: 'admission' },
    ),
  },
  silent: {
    'a Service without one': service('create', { spec: { type: 'ClusterIP', externalIPs: [] } }),
    'the load balancer controller reports a name': service(
      'patch',
      { status: { loadBalancer: { ingress: [{ hostname: 'k8s-shop-dns.elb.eu-west-1.amazonaws.com' }] } } },
      { resource: 'services/status', by: serviceAccount('kube-system', 'aws-load-balancer-controller') },
    ),
    'the control plane reports an address': service(
      'patch',
      { status: { loadBalancer: { ingress: [{ ip: '10.0.0.9' }] } } },
      { resource: 'services/status', by: controller('service-controller') },
    ),
    'a patch of something else': service(
      'patch',
      { metadata: { labels: { externalIPs: '203.0.113.53' } } },
      { response: { kind: 'Service', spec: { externalIPs: ['203.0.113.53'] } } },
    ),
  },
});
