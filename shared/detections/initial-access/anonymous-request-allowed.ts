import type { Actor } from '../../events/event.ts';
import { isHealthEndpoint } from '../../kubernetes/request-uri.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { anonymous, call, human, nobody } from '../../sdk/examples.ts';
import { inNamespace } from '../../sdk/phrases.ts';

/** Anybody may read these by default. The whole path must match: a longer one is not open. */
const OPEN = /^\/(?:version|apis?|openapi\/v[23]|\.well-known\/openid-configuration|openid\/v1\/jwks)\/?$/;

export default defineDetection({
  id: 'anonymous-request-allowed',
  title: 'Anonymous request allowed (system:anonymous, RBAC)',
  description:
    'The API server answered a request without credentials. Only the health, version and discovery endpoints are open by default, so a role is bound to system:anonymous or system:unauthenticated. Anybody who reaches the endpoint has its rights.',
  tactic: 'initial-access',
  techniques: ['T1190', 'T1078.001'],
  impact: 90,
  confidence: 90,
  type: 'TTP',
  falsePositives: 'A path that you opened on purpose, such as a second OpenID Connect discovery document.',
  triage:
    'Find the binding and delete it: kubectl get clusterrolebindings,rolebindings -A -o wide | grep -E "system:(anonymous|unauthenticated)". Then list all requests of the address, and replace the Secrets that it read.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests',
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
  audit: {
    level: 'metadata',
    actor: ({ user, groups }: Actor) => user === 'system:anonymous' || groups.includes('system:unauthenticated'),
    dryRun: true,
  },
  find: ({ object: { resource, subresource }, path }) => {
    if (resource === '') return !isHealthEndpoint(path) && !OPEN.test(path) && { resource: path };
    return { resource: subresource === '' ? resource : `${resource}/${subresource}` };
  },
  entities: ({ resource }, { address }) => ({ sourceAddress: address, resource }),
  principal: false,
  summary: ({ resource }, { address, verb, object }) =>
    `An anonymous caller at ${address} was allowed to ${verb} ${resource}${inNamespace(object.namespace)}`,
});

const list = (by = anonymous(), parts = {}) => call(by, 'list secrets shop/', parts);
const get = (uri: string) => call(anonymous(), 'get', { uri });

export const examples = () => ({
  fires: {
    'An anonymous caller at 203.0.113.66 was allowed to list secrets in namespace shop': list(),
    'An anonymous caller at 203.0.113.66 was allowed to get /metrics': get('/metrics?x=/healthz'),
    'An anonymous caller at 203.0.113.66 was allowed to get /version/x': get('/version/x'),
    'An anonymous caller at 192.0.2.9 was allowed to get nodes/proxy': call(
      { ...anonymous('192.0.2.9'), user: { username: 'x', groups: ['system:unauthenticated'] } },
      'get nodes/proxy healthz',
      { uri: '/api/v1/nodes/healthz/proxy/healthz' },
    ),
  },
  silent: {
    'load balancers ask for health': get('/readyz?verbose'),
    'anybody may read the version and the APIs': [get('/version/'), get('/apis'), get('/openapi/v3')],
    'a denied request': [list(anonymous(), { code: 403 }), list(nobody(), { code: 401 })],
    'a user named like a health endpoint': list(human('healthz')),
  },
});
