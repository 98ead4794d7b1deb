import { isUserOrWorkload } from '../../eks/identities.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { type JsonObject, objectsAt, textAt, textsAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { type Caller, call, controller, DENIED_BY_ADMISSION, mallory, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { counted } from '../../sdk/pod-requests.ts';

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
  falsePositives: 'Clusters with routers of their own use external addresses; Amazon EKS rarely needs them.',
  triage:
    'See whose address it is. When it belongs to a name server, a registry or the metadata service, treat it as an attack, and remove it: kubectl -n <namespace> patch service <name> --type json -p \'[{"op":"remove","path":"/spec/externalIPs"}]\'.',
  references: [
    'https://kubernetes.io/docs/concepts/services-networking/service/#external-ips',
    'https://github.com/kubernetes/kubernetes/issues/97076',
  ],
  related: [],
  audit: { level: 'request', verbs: WRITE_VERBS, resources: ['services', 'services/status'], actor: isUserOrWorkload },
  find: ({ verb, object, requestObject, body }) => {
    const written = (verb === 'patch' && requestObject) || body; // Of a patch, only what it sets itself.
    const inSpec = textsAt(written, 'spec', 'externalIPs');
    const inStatus = objectsAt(written, 'status', 'loadBalancer', 'ingress').map((balancer) => textAt(balancer, 'ip'));
    // Load balancers of AWS have names, not addresses.
    const addresses = object.subresource === '' ? inSpec : inStatus.filter((ip) => ip !== '');
    return addresses.length > 0 && { addresses, service: `${object.namespace}/${object.name}` };
  },
  entities: ({ service }) => ({ service }),
  summary: ({ addresses, service }, event) =>
    said(event, 'add', `${counted('external address', addresses, 'external addresses')} to service ${service}`),
});

const create = (externalIPs: string[], parts = {}) =>
  call(mallory, 'create services shop/dns', { request: { spec: { externalIPs } }, ...parts });
const patch = (request: JsonObject | JsonObject[]) =>
  call(mallory, 'patch services shop/dns', { request, response: { spec: { externalIPs: ['192.0.2.1'] } } });
const report = (by: Caller, balancer: JsonObject) =>
  call(by, 'patch services/status shop/dns', { request: { status: { loadBalancer: { ingress: [balancer] } } } });

export const examples = () => ({
  fires: {
    'mallory added external addresses 8.8.8.8, 8.8.4.4 to service shop/dns': create(['8.8.8.8', '8.8.4.4']),
    'mallory added external address 169.254.169.254 to service shop/dns': patch([
      { op: 'add', path: '/spec/externalIPs/-', value: '169.254.169.254' },
    ]),
    'mallory added external address 192.0.2.1 to service shop/dns': patch([
      { op: 'copy', from: '/metadata/annotations/x', path: '/spec/externalIPs/0' },
    ]),
    'mallory added external address 8.8.8.8 to service shop/dns': report(mallory, { ip: '8.8.8.8' }),
    'mallory was denied adding external address 203.0.113.53 to service shop/dns': create(
      ['203.0.113.53'],
      DENIED_BY_ADMISSION,
    ),
  },
  silent: {
    'a Service without one': create([]),
    'the load balancer controller reports a name': report(
      serviceAccount('kube-system', 'aws-load-balancer-controller'),
      { hostname: 'k8s-shop-dns.elb.eu-west-1.amazonaws.com' },
    ),
    'the control plane reports an address': report(controller('service-controller'), { ip: '10.0.0.9' }),
    'a patch of something else': patch({ metadata: { labels: { externalIPs: '203.0.113.53' } } }),
  },
});
