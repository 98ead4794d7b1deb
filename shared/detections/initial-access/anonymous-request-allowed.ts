import type { Actor, AuditHeader } from '../../events/event.ts';
import { isHealthEndpoint } from '../../kubernetes/request-uri.ts';
import { anonymous, audit, human, nobody } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** Without a name there is nothing to let in: an empty user is a 401. */
const isAnonymous = (actor: Actor): boolean =>
  actor.user === 'system:anonymous' || actor.groups.includes('system:unauthenticated');

export default defineDetection({
  id: 'anonymous-request-allowed',
  title: 'Anonymous request allowed',
  description:
    'The API server answered somebody who did not say who they are. Only the health, version and discovery endpoints are open by default, so a role must have been bound to system:anonymous or system:unauthenticated.',
  tactic: 'initial-access',
  attack: ['T1190', 'T1078.001'],
  impact: 90,
  confidence: 90,
  type: 'TTP',
  falsePositives:
    'An endpoint that you opened on purpose, such as an OpenID Connect discovery document on another path.',
  triage:
    'Find the binding: kubectl get clusterrolebindings,rolebindings -A -o wide | grep -E "system:(anonymous|unauthenticated)". Remove it, then see everything that the address did.',
  references: [
    'https://attack.mitre.org/techniques/T1190/',
    'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests',
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-eks-audit-logs.html',
  ],
  answers: [
    'guardduty:InitialAccess:Kubernetes/SuccessfulAnonymousAccess',
    'guardduty:CredentialAccess:Kubernetes/SuccessfulAnonymousAccess',
    'guardduty:DefenseEvasion:Kubernetes/SuccessfulAnonymousAccess',
    'guardduty:Discovery:Kubernetes/SuccessfulAnonymousAccess',
    'guardduty:Impact:Kubernetes/SuccessfulAnonymousAccess',
    'guardduty:Persistence:Kubernetes/SuccessfulAnonymousAccess',
    'falco:Anonymous Request Allowed',
    'panther:k8s_anonymous_api_access',
    'datadog:Anonymous request authorized',
    'splunk:Kubernetes AWS detect suspicious kubectl calls',
    'elastic:initial_access_anonymous_request_authorized',
    'splunk:Amazon EKS Kubernetes cluster scan detection',
    'splunk:Amazon EKS Kubernetes Pod scan detection',
  ],
  needs: 'header',
  on: { outcomes: ['succeeded'], actor: isAnonymous },
  match: (event) => event.object.resource !== '' || !isOpen(event.path),
  entities: (event) => ({ sourceAddress: event.address, resource: whatOf(event) }),
  summary: (event) => `Somebody without credentials at ${event.address} was allowed to ${event.verb} ${whatOf(event)}`,
});

/** What everybody may read; exact, so that a path with more behind it is no exception. */
const OPEN = new Set([
  '/version',
  '/api',
  '/apis',
  '/openapi/v2',
  '/openapi/v3',
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
]);

const isOpen = (path: string): boolean => isHealthEndpoint(path) || OPEN.has(path.replace(/\/$/, ''));

const whatOf = ({ object, path }: AuditHeader): string => {
  if (object.resource === '') return path;
  return object.subresource === '' ? object.resource : `${object.resource}/${object.subresource}`;
};

const listed = { verb: 'list', resource: 'secrets', namespace: 'default' };

export const examples = () => ({
  fires: {
    'Somebody without credentials at 203.0.113.66 was allowed to list secrets': audit({ ...listed, by: anonymous() }),
    'Somebody without credentials at 198.51.100.7 was allowed to get /metrics': audit({
      verb: 'get',
      by: anonymous('198.51.100.7'),
      uri: '/metrics?x=/healthz',
    }),
    'Somebody without credentials at 192.0.2.9 was allowed to get nodes/proxy': audit({
      verb: 'get',
      by: { user: { username: 'x', groups: ['system:unauthenticated'] }, ip: '192.0.2.9', agent: 'kubectl/v1.32.2' },
      resource: 'nodes/proxy',
      name: 'healthz',
      uri: '/api/v1/nodes/healthz/proxy/healthz',
    }),
  },
  silent: {
    'load balancers ask for health': audit({ verb: 'get', by: anonymous(), uri: '/readyz?verbose' }),
    'anybody may ask for the version': audit({ verb: 'get', by: anonymous(), uri: '/version/' }),
    'an anonymous request that was refused': audit({ ...listed, by: anonymous(), code: 403 }),
    'a 401 names nobody': audit({ ...listed, by: nobody(), code: 401 }),
    'a user by the name of a health endpoint': audit({ ...listed, by: human('healthz') }),
  },
});
