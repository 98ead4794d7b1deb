import { isControlPlane } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { type JsonObject, listAt, textAt } from '../../primitives/json.ts';
import { audit, controller, human, pipeline } from '../../sdk/examples.ts';
import { storedObject, writesAny } from '../../sdk/exposure.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'ingress-without-tls',
  title: 'Ingress without TLS',
  description: 'An Ingress takes plain HTTP only: neither it nor its load balancer’s annotations name a certificate.',
  tactic: 'initial-access',
  attack: ['T1040'],
  impact: 30,
  confidence: 60,
  type: 'Hunting',
  enabled: false,
  falsePositives: 'Many clusters end TLS before the Ingress, at a load balancer, a mesh or a content delivery network.',
  triage: 'Candidate for the page over plain HTTP and see whether it answers or sends you on.',
  references: [
    'https://attack.mitre.org/techniques/T1040/',
    'https://kubernetes.io/docs/concepts/services-networking/ingress/#tls',
  ],
  answers: ['falco:Ingress Object without TLS Certificate Created', 'panther:k8s_ingress_without_tls'],
  needs: 'body',
  on: {
    verbs: WRITE_VERBS,
    resources: ['ingresses'],
    outcomes: ['succeeded'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: (event) =>
    !event.dryRun && !hasTls(storedObject(event)) && writesAny(event, ['spec', 'tls'], ['spec', 'rules']),
  entities: (event) => ({ ingress: nameOfIngress(event) }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} wrote ingress ${nameOfIngress(event)} without TLS`,
});

const ALB = 'alb.ingress.kubernetes.io/';

const hasTls = (ingress: JsonObject): boolean =>
  listAt(ingress, 'spec', 'tls').length > 0 ||
  textAt(ingress, 'metadata', 'annotations', `${ALB}certificate-arn`) !== '' ||
  textAt(ingress, 'metadata', 'annotations', `${ALB}listen-ports`).includes('HTTPS');

const nameOfIngress = ({ object }: AuditEvent): string => `${object.namespace}/${object.name}`;

const ingress = (spec: object, annotations: object = {}, parts: object = {}) =>
  audit({
    verb: 'create',
    by: human(),
    resource: 'ingresses.networking.k8s.io',
    namespace: 'shop',
    name: 'web',
    request: { spec } as never,
    response: { kind: 'Ingress', metadata: { annotations }, spec } as never,
    ...parts,
  });

export const examples = () => ({
  fires: {
    'alice wrote ingress shop/web without TLS': ingress({ rules: [{ host: 'shop.example.com' }] }),
    'deploy-pipeline wrote ingress shop/web without TLS': ingress(
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
