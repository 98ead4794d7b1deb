import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { type JsonObject, listAt, textAt } from '../../primitives/json.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, controller, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { storedObject, writesAny } from '../../sdk/exposure.ts';
import { said } from '../../sdk/phrases.ts';

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
  falsePositives:
    'Many clusters terminate TLS before the Ingress, at a load balancer, a service mesh or a content delivery network.',
  triage:
    'See whether the host answers over plain HTTP or redirects to HTTPS: curl -sI http://<host>. When it answers, add a certificate to the Ingress.',
  references: [
    'https://kubernetes.io/docs/concepts/services-networking/ingress/#tls',
    'https://attack.mitre.org/techniques/T1133/',
    'https://attack.mitre.org/techniques/T1040/',
  ],
  related: ['falco:Ingress Object without TLS Certificate Created', 'panther:k8s_ingress_without_tls'],
  audit: {
    level: 'request',
    verbs: WRITE_VERBS,
    resources: ['ingresses'],
    actor: (actor: Actor) => !isControlPlane(actor),
  },
  find: (event) =>
    !hasTls(storedObject(event)) &&
    writesAny(event, ['spec', 'tls'], ['spec', 'rules']) && {
      ingress: `${event.object.namespace}/${event.object.name}`,
    },
  entities: (found) => found,
  principal: false,
  summary: ({ ingress }, event) => said(event, 'set', `ingress ${ingress} to serve plain HTTP without TLS`),
});

const ALB = 'alb.ingress.kubernetes.io/';

const hasTls = (ingress: JsonObject): boolean =>
  listAt(ingress, 'spec', 'tls').length > 0 ||
  textAt(ingress, 'metadata', 'annotations', `${ALB}certificate-arn`) !== '' ||
  textAt(ingress, 'metadata', 'annotations', `${ALB}listen-ports`).includes('HTTPS');

const ingress = (spec: JsonObject, annotations: JsonObject = {}, parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'create',
    by: alice,
    resource: 'ingresses.networking.k8s.io',
    namespace: 'shop',
    name: 'web',
    request: { spec },
    response: { kind: 'Ingress', metadata: { annotations }, spec },
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice set ingress shop/web to serve plain HTTP without TLS': ingress({ rules: [{ host: 'shop.example.com' }] }),
    'deploy-pipeline set ingress shop/web to serve plain HTTP without TLS': ingress(
      { tls: [] },
      {},
      { by: pipeline(), verb: 'patch', request: [{ op: 'remove', path: '/spec/tls' }] },
    ),
  },
  silent: {
    'with a certificate': ingress({ tls: [{ secretName: 'shop-tls' }] }),
    'with a certificate of ACM': ingress({}, { [`${ALB}listen-ports`]: '[{"HTTPS": 443}]' }),
    'the control plane': ingress({}, {}, { by: controller('generic-garbage-collector') }),
    'a label changes': ingress({}, {}, { verb: 'patch', request: { metadata: { labels: { team: 'a' } } } }),
  },
});
