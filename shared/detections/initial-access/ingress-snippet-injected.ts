import { defineDetection } from '../../sdk/detection.ts';
import { bob, call, controller, mallory } from '../../sdk/examples.ts';
import { injectionOf } from '../../sdk/ingress-injection.ts';
import { INGRESS_WRITES } from '../../sdk/ingress-requests.ts';
import { nameOfObject, said } from '../../sdk/phrases.ts';

const INJECTIONS = {
  hostile: { what: 'a hostile nginx snippet', confidence: 90 },
  broken: { what: 'an annotation that breaks out into the nginx configuration', confidence: 70 },
  path: { what: 'a path that reads files of the controller', confidence: 70 },
  plain: { what: 'an nginx snippet', confidence: 40 },
} as const;

export default defineDetection({
  id: 'ingress-snippet-injected',
  title: 'Configuration injected into ingress-nginx through an Ingress (snippet)',
  description:
    'An Ingress brings its own nginx configuration: by a snippet annotation, by characters that break out of another annotation, or by a path that reaches files. The Ingress controller runs it, and its token reads the Secrets of the whole cluster (CVE-2021-25742, CVE-2023-5044, CVE-2025-1974).',
  tactic: 'initial-access',
  techniques: ['T1190'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  falsePositives:
    'Snippets that set a header or a redirect are common where the controller allows them, and weigh less than those that read files or run code.',
  triage:
    'Read the annotations and paths: kubectl -n <namespace> get ingress <name> -o yaml. When they are hostile, delete the Ingress, revoke the credentials of the principal, and replace the token of the controller and the Secrets that it can read. Switch snippets off (allow-snippet-annotations) where they are not needed.',
  references: [
    'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/',
    'https://github.com/kubernetes/kubernetes/issues/126811',
    'https://github.com/kubernetes/kubernetes/issues/131009',
  ],
  related: ['splunk:Kubernetes Nginx Ingress LFI', 'splunk:Kubernetes Nginx Ingress RFI'],
  // The admission webhook answers some of these with 400.
  audit: { ...INGRESS_WRITES, outcomes: ['succeeded', 'denied', 'failed'] },
  find: (event) => {
    const injection = injectionOf(event);
    return injection && INJECTIONS[injection];
  },
  weight: ({ confidence }, { outcome }) => ({ confidence: outcome === 'succeeded' ? confidence : 50 }),
  entities: (_found, { object }) => ({ ingress: `${object.namespace}/${object.name}` }),
  summary: ({ what }, event) => said(event, 'set', `${what} in ${nameOfObject(event.object)}`),
});

const SNIPPET = 'nginx.ingress.kubernetes.io/configuration-snippet';
const LUA = 'content_by_lua_block { io.open("/var/run/secrets/kubernetes.io/serviceaccount/token") }';
const ingress = (annotations: Record<string, string>, path = '/', by = mallory, code = 201) =>
  call(by, 'create ingresses.networking.k8s.io shop/web', {
    request: { metadata: { annotations }, spec: { rules: [{ http: { paths: [{ path }] } }] } },
    code,
  });

export const examples = () => ({
  fires: {
    'mallory set a hostile nginx snippet in ingress shop/web': ingress({ [SNIPPET]: LUA }),
    'mallory tried to set a hostile nginx snippet in ingress shop/web': ingress({ [SNIPPET]: LUA }, '/', mallory, 400),
    'mallory set an annotation that breaks out into the nginx configuration in ingress shop/web': ingress({
      'nginx.ingress.kubernetes.io/auth-url': 'http://example.com/#;}}}\nssl_engine foobar;',
    }),
    'mallory set a path that reads files of the controller in ingress shop/web': ingress({}, '/%2e%2e/etc/passwd'),
    'bob set an nginx snippet in ingress shop/web': ingress({ 'example.com/server-snippet': 'expires 1h;' }, '/', bob),
  },
  silent: {
    'ordinary annotations': ingress({
      'nginx.ingress.kubernetes.io/rewrite-target': '/$2',
      'nginx.ingress.kubernetes.io/auth-signin': 'https://$host/oauth2/start?rd=$escaped_request_uri',
    }),
    'a path by a regular expression': ingress({}, '/shop(/|$)(.*)'),
    'JSON for another controller': ingress({ 'alb.ingress.kubernetes.io/actions.redirect': '{"Type":"redirect"}' }),
    'a patch that leaves a snippet as it was': call(bob, 'patch ingresses.networking.k8s.io shop/web', {
      request: { metadata: { labels: { team: 'a' } } },
      response: { kind: 'Ingress', metadata: { annotations: { [SNIPPET]: LUA } } },
    }),
    'the control plane': ingress({ [SNIPPET]: LUA }, '/', controller('generic-garbage-collector')),
  },
});
