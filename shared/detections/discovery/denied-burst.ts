import { isControlPlane } from '../../eks/identities.ts';
import { isUnauthenticated, nameOf, principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { MINUTE } from '../../primitives/time.ts';
import { audit, human, nobody, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'denied-burst',
  title: 'Many different requests denied',
  description:
    'One principal was refused many different things in a short time. Software that lacks a right asks for the same thing again and again; whoever tries doors asks for one thing after another, so distinct combinations of verb, resource and namespace are counted.',
  tactic: 'discovery',
  attack: ['T1613'],
  impact: 70,
  confidence: 70,
  type: 'Anomaly',
  falsePositives:
    'A new colleague with few rights who opens a graphical client, which asks for everything in every namespace; an operator whose role is not bound yet.',
  triage: 'See what the principal was allowed among what it was denied, and from where it came.',
  references: [
    'https://attack.mitre.org/techniques/T1613/',
    'https://docs.datadoghq.com/security/default_rules/bz1-7ay-vqj/',
  ],
  answers: [
    'datadog:A Kubernetes user attempted to perform a high number of actions that were denied',
    'panther:k8s_multiple_403_public_ip',
    'splunk:Kubernetes Unauthorized Access',
    'elastic:discovery_endpoint_permission_enumeration_by_user_and_srcip',
    'elastic:discovery_denied_service_account_request',
    'sigma:kubernetes_audit_unauthorized_unauthenticated_actions',
  ],
  needs: 'header',
  on: { outcomes: ['denied'], actor: (actor) => !isUnauthenticated(actor) && !isControlPlane(actor) },
  options: {
    limit: [10, 'different refused requests that are still tolerated within the window'],
    windowMinutes: [10, 'length of the sliding window, in minutes'],
  },
  match: () => true,
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowMinutes * MINUTE,
    distinct: (event) => doorOf(event),
  },
  entities: (event) => ({ principal: principalOf(event.actor) }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} was refused many different requests`,
});

const doorOf = ({ verb, path, object }: AuditHeader): string =>
  object.resource === ''
    ? `${verb} ${path}`
    : `${verb} ${object.group}/${object.resource}/${object.subresource} ${object.namespace}`;

const denied = (count: number, by = human('mallory'), minutes = 0.5, code = 403) =>
  Array.from({ length: count }, (_, index) =>
    audit({
      verb: 'list',
      by,
      code,
      resource: index % 2 ? 'secrets' : 'pods',
      namespace: `team-${index >> 1}`,
      at: new Date(Date.UTC(2026, 2, 2, 10) + index * minutes * MINUTE).toISOString(),
    }),
  );

export const examples = () => ({
  fires: {
    'mallory was refused many different requests': denied(11),
    'service account shop/web was refused many different requests': denied(22, serviceAccount('shop', 'web')),
    'mallory as bob was refused many different requests': denied(11).map((event) => ({
      ...event,
      impersonatedUser: { username: 'bob' },
    })),
  },
  silent: {
    'ten are tolerated': denied(10),
    'the same refusal a hundred times is a misconfiguration': Array.from({ length: 100 }, (_, index) =>
      audit({
        verb: 'list',
        by: serviceAccount('shop', 'operator'),
        code: 403,
        resource: 'secrets',
        namespace: 'shop',
        query: `resourceVersion=${index}`,
        at: new Date(Date.UTC(2026, 2, 2, 10) + index * 1000).toISOString(),
      }),
    ),
    'spread over hours': denied(40, human('mallory'), 5),
    'nobody is for access-scanning': denied(40, nobody(), 0.1, 401),
  },
});
