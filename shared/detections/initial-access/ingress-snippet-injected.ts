import { isControlPlane } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { percentDecoded } from '../../kubernetes/request-uri.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { objectAt, objectsAt, textAt } from '../../primitives/json.ts';
import { audit, controller, human, pipeline } from '../../sdk/examples.ts';
import { storedObject } from '../../sdk/exposure.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'ingress-snippet-injected',
  title: 'Configuration injected through an Ingress',
  description:
    'An Ingress brings its own piece of nginx configuration: by a snippet annotation, by characters that break out of another annotation, or by a path that reaches for files. The controller runs it with a token that reads secrets of the whole cluster (CVE-2021-25742, CVE-2023-5044, CVE-2025-1974).',
  tactic: 'initial-access',
  attack: ['T1190'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  falsePositives:
    'Snippets that set a header or a redirect are common where the controller allows them, and weigh less than those that read files or run code.',
  triage:
    'Read the annotation in the Ingress itself. Switch snippets off (allow-snippet-annotations) where nobody needs them.',
  references: [
    'https://attack.mitre.org/techniques/T1190/',
    'https://github.com/kubernetes/kubernetes/issues/126811',
    'https://github.com/kubernetes/kubernetes/issues/131009',
    'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/',
  ],
  answers: ['splunk:Kubernetes Nginx Ingress LFI', 'splunk:Kubernetes Nginx Ingress RFI'],
  needs: 'body',
  on: {
    verbs: WRITE_VERBS,
    resources: ['ingresses'],
    outcomes: ['succeeded', 'denied', 'failed'], // The admission webhook refuses some of these with 400.
    actor: (actor) => !isControlPlane(actor),
  },
  match: (event) => !event.dryRun && injectionOf(event) !== undefined,
  weight: (event) => {
    if (event.outcome !== 'succeeded') return { confidence: 50 };
    return { plain: { confidence: 40 }, hostile: { confidence: 90 }, broken: {}, path: {} }[
      injectionOf(event) ?? 'path'
    ];
  },
  entities: ({ object, actor }) => ({ ingress: `${object.namespace}/${object.name}`, principal: principalOf(actor) }),
  summary: (event) => {
    const did = event.outcome === 'succeeded' ? 'wrote' : 'tried to write';
    const { namespace, name } = event.object;
    const who = nameOf(event.actor, event.impersonated);
    return `${who} ${did} ingress ${namespace}/${name} with ${WORDS[injectionOf(event) ?? 'path']}`;
  },
});

type Injection = 'hostile' | 'broken' | 'path' | 'plain';

const WORDS: Readonly<Record<Injection, string>> = {
  hostile: 'a hostile nginx snippet',
  broken: 'an annotation that breaks out of its place',
  path: 'a path that reaches for files',
  plain: 'an nginx snippet',
};

/** ingress-nginx (`…/configuration-snippet`, whatever its prefix) and NGINX Inc. (`nginx.org/location-snippets`). */
const SNIPPET = /(?:^|[/-])snippets?$/;
const NGINX = /^nginx\.(?:ingress\.kubernetes\.io|org)\//;

/** Directives and paths that read files, load code or send requests elsewhere. */
const HOSTILE =
  /_by_lua|\b(?:load_module|ssl_engine|alias|root|include|proxy_pass|error_log|access_log|perl|perl_(?:modules|require|set))\s|\.\.\/|\/etc\/|\/proc\/|\/var\/run\/secrets|serviceaccount\/token|(?:file|php|expect|gopher):/i;

/** No value but a snippet needs a new line, a brace or a semicolon. */
const BROKEN = /[\r\n;{}]/;
const FILES = /\.\.|\/etc\/|\/proc\/|\/var\/run\/secrets|[a-z]:\/\/|[\r\n;]/i;

/** The worst that the request brings; of a patch only what it sets itself. */
const injectionOf = (event: AuditEvent): Injection | undefined => {
  const written = (event.verb === 'patch' ? event.requestObject : undefined) ?? storedObject(event);
  const annotations = Object.entries(objectAt(written, 'metadata', 'annotations') ?? {}).flatMap(([key, value]) =>
    typeof value === 'string' ? [{ key, value }] : [],
  );
  const snippets = annotations.filter(({ key, value }) => SNIPPET.test(key) && value !== '');
  if (snippets.some(({ value }) => HOSTILE.test(value))) return 'hostile';
  if (annotations.some(({ key, value }) => NGINX.test(key) && !SNIPPET.test(key) && BROKEN.test(value)))
    return 'broken';
  const paths = objectsAt(written, 'spec', 'rules').flatMap((rule) => objectsAt(rule, 'http', 'paths'));
  if (paths.some((path) => FILES.test(percentDecoded(textAt(path, 'path'))))) return 'path';
  return snippets.length > 0 ? 'plain' : undefined;
};

const PREFIX = 'nginx.ingress.kubernetes.io/';
const ingress = (annotations: object, path = '/', parts: object = {}) =>
  audit({
    verb: 'create',
    by: human('mallory'),
    resource: 'ingresses.networking.k8s.io',
    namespace: 'shop',
    name: 'web',
    request: { metadata: { annotations }, spec: { rules: [{ http: { paths: [{ path }] } }] } } as never,
    ...parts,
  });
const lua = 'content_by_lua_block { io.open("/var/run/secrets/kubernetes.io/serviceaccount/token") }';

export const examples = () => ({
  fires: {
    'mallory wrote ingress shop/web with a hostile nginx snippet': ingress({ [`${PREFIX}configuration-snippet`]: lua }),
    'mallory wrote ingress shop/web with an annotation that breaks out of its place': ingress({
      [`${PREFIX}auth-url`]: 'http://example.com/#;}}}\nssl_engine foobar;',
    }),
    'mallory wrote ingress shop/web with a path that reaches for files': ingress({}, '/static/%2e%2e/etc/passwd'),
    'deploy-pipeline wrote ingress shop/web with an nginx snippet': ingress(
      { 'custom.example.com/server-snippet': 'more_set_headers "X-Frame-Options: DENY";' },
      '/',
      { by: pipeline() },
    ),
    'mallory tried to write ingress shop/web with a hostile nginx snippet': ingress(
      { [`${PREFIX}server-snippet`]: lua },
      '/',
      { code: 400 },
    ),
  },
  silent: {
    'ordinary annotations': ingress({
      [`${PREFIX}rewrite-target`]: '/$2',
      [`${PREFIX}auth-signin`]: 'https://$host/oauth2/start?rd=$escaped_request_uri',
    }),
    'a path by a regular expression': ingress({}, '/shop(/|$)(.*)'),
    'JSON in the annotation of another controller': ingress({
      'alb.ingress.kubernetes.io/actions.redirect': '{"Type":"redirect"}',
    }),
    'a patch that leaves a snippet as it was': ingress({}, '/', {
      verb: 'patch',
      request: { metadata: { labels: { team: 'a' } } },
      response: { kind: 'Ingress', metadata: { annotations: { [`${PREFIX}configuration-snippet`]: lua } } },
    }),
    'the control plane': ingress({ [`${PREFIX}configuration-snippet`]: lua }, '/', {
      by: controller('generic-garbage-collector'),
    }),
  },
});
