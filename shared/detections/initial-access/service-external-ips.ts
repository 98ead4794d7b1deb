import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { type Json, objectsAt, textAt, textsAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  audit,
  controller,
  DENIED_BY_ADMISSION,
  mallory,
  type RequestParts,
  serviceAccount,
} from '../../sdk/examples.ts';
import { storedObject } from '../../sdk/exposure.ts';
import { said } from '../../sdk/phrases.ts';
import { counted } from '../../sdk/pod-requests.ts';

/** The addresses that the request claims; of a patch only what it sets itself. The load balancers of AWS have names, no addresses. */
const claimedBy = (event: AuditEvent): readonly string[] => {
  const written = (event.verb === 'patch' ? event.requestObject : undefined) ?? storedObject(event);
  if (event.object.subresource === '') return textsAt(written, 'spec', 'externalIPs');
  return objectsAt(written, 'status', 'loadBalancer', 'ingress')
    .map((entry) => textAt(entry, 'ip'))
    .filter((ip) => ip !== '');
};

export default defineDetection({
  id: 'service-external-ips',
  title: 'Service claims an external IP address (externalIPs, CVE-2020-8554)',
  description:
    'A Service was given an external IP address, in its spec or in its load balancer status. Every node now sends traffic for that address to the Service instead of to its owner, so an attacker can read and answer the traffic of other workloads.',
  tactic: 'initial-access',
  techniques: ['T1133'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'Clusters with routers of their own use external addresses; on Amazon EKS there is hardly a reason.',
  triage:
    'See whose address it is. When it belongs to a name server, a registry or the metadata service, treat it as an attack, and remove it: kubectl -n <namespace> patch service <name> --type json -p \'[{"op":"remove","path":"/spec/externalIPs"}]\'.',
  references: [
    'https://kubernetes.io/docs/concepts/services-networking/service/#external-ips',
    'https://github.com/kubernetes/kubernetes/issues/97076',
    'https://attack.mitre.org/techniques/T1133/',
    'https://attack.mitre.org/techniques/T1557/',
  ],
  related: [],
  audit: { level: 'request', verbs: WRITE_VERBS, resources: ['services', 'services/status'], actor: isUserOrWorkload },
  find: (event) => {
    const addresses = claimedBy(event);
    return addresses.length > 0 && { addresses, service: `${event.object.namespace}/${event.object.name}` };
  },
  entities: ({ service }) => ({ service }),
  summary: ({ addresses, service }, event) =>
    said(event, 'add', `${counted('external address', addresses, 'external addresses')} to service ${service}`),
});

const service = (verb: string, body: Json, parts: Partial<RequestParts> = {}) =>
  audit({ verb, by: mallory, resource: 'services', namespace: 'shop', name: 'dns', request: body, ...parts });

export const examples = () => ({
  fires: {
    'mallory added external address 203.0.113.53 to service shop/dns': service('create', {
      spec: { externalIPs: ['203.0.113.53'] },
    }),
    'mallory added external address 169.254.169.254 to service shop/dns': service('patch', [
      { op: 'add', path: '/spec/externalIPs/-', value: '169.254.169.254' },
    ]),
    'mallory added external address 8.8.8.8 to service shop/dns': service(
      'patch',
      { status: { loadBalancer: { ingress: [{ ip: '8.8.8.8' }] } } },
      { resource: 'services/status' },
    ),
    'mallory was denied adding external address 203.0.113.53 to service shop/dns': service(
      'create',
      { spec: { externalIPs: ['203.0.113.53'] } },
      DENIED_BY_ADMISSION,
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
