import { type JsonObject, listAt, textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, controller } from '../../sdk/examples.ts';
import { writesAny } from '../../sdk/exposure.ts';
import { INGRESS_WRITES } from '../../sdk/ingress-requests.ts';
import { nameOfObject, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'ingress-without-tls',
  title: 'Ingress without TLS (plain HTTP)',
  description:
    'An Ingress serves plain HTTP only: neither its TLS section nor the annotations of its load balancer name a certificate. Passwords and session cookies cross the network unencrypted.',
  tactic: 'initial-access',
  techniques: ['T1133'],
  impact: 30,
  confidence: 60,
  type: 'Hunting',
  enabled: false,
  falsePositives: 'Many clusters end TLS before the Ingress: at a load balancer, a service mesh or a CDN.',
  triage:
    'See whether the host answers over plain HTTP or redirects to HTTPS: curl -sI http://<host>. When it answers, add a certificate: kubectl -n <namespace> edit ingress <name>.',
  references: ['https://kubernetes.io/docs/concepts/services-networking/ingress/#tls'],
  related: ['falco:Ingress Object without TLS Certificate Created', 'panther:k8s_ingress_without_tls'],
  audit: INGRESS_WRITES,
  find: (event) => {
    const alb = (name: string) => textAt(event.body, 'metadata', 'annotations', `alb.ingress.kubernetes.io/${name}`);
    const hasCertificate = listAt(event.body, 'spec', 'tls').length > 0 || alb('certificate-arn') !== '';
    if (hasCertificate || alb('listen-ports').includes('HTTPS')) return false;
    return writesAny(event, ['spec', 'tls'], ['spec', 'rules']);
  },
  entities: (_found, { object }) => ({ ingress: `${object.namespace}/${object.name}` }),
  principal: false,
  summary: (_found, event) => said(event, 'set', `${nameOfObject(event.object)} to serve plain HTTP without TLS`),
});

const create = (spec: JsonObject, annotations = {}, by = alice) =>
  call(by, 'create ingresses.networking.k8s.io shop/web', { request: { metadata: { annotations }, spec } });
const patch = (request: JsonObject | JsonObject[]) =>
  call(bob, 'patch ingresses.networking.k8s.io shop/web', {
    request,
    response: { spec: { tls: [] } },
  });

export const examples = () => ({
  fires: {
    'alice set ingress shop/web to serve plain HTTP without TLS': create({ rules: [{ host: 'shop.example.com' }] }),
    'bob set ingress shop/web to serve plain HTTP without TLS': patch([{ op: 'remove', path: '/spec/tls' }]),
  },
  silent: {
    'with a certificate': create({ tls: [{ secretName: 'shop-tls' }] }),
    'with a certificate of ACM': [
      create({}, { 'alb.ingress.kubernetes.io/certificate-arn': 'arn:aws:acm:eu-west-1:111122223333:certificate/1' }),
      create({}, { 'alb.ingress.kubernetes.io/listen-ports': '[{"HTTPS": 443}]' }),
    ],
    'the control plane': create({}, {}, controller('generic-garbage-collector')),
    'a label changes': patch({ metadata: { labels: { team: 'a' } } }),
  },
});
