import type { Actor } from '../../events/event.ts';
import { isHealthEndpoint, type ObjectReference } from '../../kubernetes/request-uri.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { anonymous, audit, human, nobody } from '../../sdk/examples.ts';
import { inNamespace } from '../../sdk/phrases.ts';

/** An empty user is a 401, which nothing was allowed to. */
const isAnonymous = (actor: Actor): boolean =>
  actor.user === 'system:anonymous' || actor.groups.includes('system:unauthenticated');

export default defineDetection({
  id: 'anonymous-request-allowed',
  title: 'Anonymous request allowed (system:anonymous, RBAC)',
  description:
    'The API server answered a request without credentials. Only the health, version and discovery endpoints are open by default, so a role is bound to system:anonymous or system:unauthenticated, and anybody who reaches the endpoint has its rights.',
  tactic: 'initial-access',
  techniques: ['T1190', 'T1078.001'],
  impact: 90,
  confidence: 90,
  type: 'TTP',
  falsePositives:
    'An endpoint that you opened on purpose, such as an OpenID Connect discovery document on another path.',
  triage:
    'Find the binding and delete it: kubectl get clusterrolebindings,rolebindings -A -o wide | grep -E "system:(anonymous|unauthenticated)". Then see everything that the address did, and treat what it read as known.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests',
    'https://attack.mitre.org/techniques/T1190/',
    'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-eks-audit-logs.html',
  ],
  related: [
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
    'elastic:execution_anonymous_create_update_patch_pod_request',
    'splunk:Amazon EKS Kubernetes cluster scan detection',
    'splunk:Amazon EKS Kubernetes Pod scan detection',
  ],
  audit: { level: 'metadata', actor: isAnonymous, dryRun: true },
  find: ({ object, path }) => (object.resource !== '' || !isOpen(path)) && { resource: requestedOf(object, path) },
  entities: ({ resource }, { address }) => ({ sourceAddress: address, resource }),
  principal: false,
  summary: ({ resource }, { address, verb, object }) =>
    `An anonymous caller at ${address} was allowed to ${verb} ${resource}${inNamespace(object.namespace)}`,
});

/** What everybody may read; exact, so that a longer path is no exception. */
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

const requestedOf = ({ resource, subresource }: ObjectReference, path: string): string => {
  if (resource === '') return path;
  return subresource === '' ? resource : `${resource}/${subresource}`;
};

const listed = { verb: 'list', resource: 'secrets', namespace: 'default' };

export const examples = () => ({
  fires: {
    'An anonymous caller at 203.0.113.66 was allowed to list secrets in namespace default': audit({
      ...listed,
      by: anonymous(),
    }),
    'An anonymous caller at 198.51.100.7 was allowed to get /metrics': audit({
      verb: 'get',
      by: anonymous('198.51.100.7'),
      uri: '/metrics?x=/healthz',
    }),
    'An anonymous caller at 192.0.2.9 was allowed to get nodes/proxy': audit({
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
    'an anonymous request that was denied': audit({ ...listed, by: anonymous(), code: 403 }),
    'a 401 names nobody': audit({ ...listed, by: nobody(), code: 401 }),
    'a user by the name of a health endpoint': audit({ ...listed, by: human('healthz') }),
  },
});
