/** nginx configuration that an Ingress brings along, and how dangerous it is. */

import type { AuditEvent } from '../events/event.ts';
import { percentDecoded } from '../kubernetes/request-uri.ts';
import { objectAt, objectsAt, textAt } from '../primitives/json.ts';
import { storedObject } from './exposure.ts';

/**
 * `hostile`: a snippet that reads files, loads code or sends requests elsewhere; `broken`: another annotation that breaks out into the
 * configuration; `path`: a path that reaches files; `plain`: any other snippet.
 */
export type Injection = 'hostile' | 'broken' | 'path' | 'plain';

/** ingress-nginx (`…/configuration-snippet`, whatever its prefix) and NGINX Inc. (`nginx.org/location-snippets`). */
const SNIPPET = /(?:^|[/-])snippets?$/;
const NGINX = /^nginx\.(?:ingress\.kubernetes\.io|org)\//;

/** Directives and paths that read files, load code or send requests elsewhere. */
const HOSTILE =
  /_by_lua|\b(?:load_module|ssl_engine|alias|root|include|proxy_pass|error_log|access_log|perl|perl_(?:modules|require|set))\s|\.\.\/|\/etc\/|\/proc\/|\/var\/run\/secrets|serviceaccount\/token|(?:file|php|expect|gopher):/i;

/** No value but a snippet needs a new line, a brace or a semicolon. */
const BROKEN = /[\r\n;{}]/;
const FILES = /\.\.|\/etc\/|\/proc\/|\/var\/run\/secrets|[a-z]:\/\/|[\r\n;]/i;

/** The most dangerous injection of a request; of a patch only what it sets itself. */
export const injectionOf = (event: AuditEvent): Injection | undefined => {
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
