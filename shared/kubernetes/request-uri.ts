/** What a request URI says: path, query, and the object that an API path names. */

/** What a request was about. For a request outside the API (`/metrics`, `/version`) every field is empty. */
export interface ObjectReference {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  /** Empty for lists, and for a create with `generateName` or without a response body. */
  readonly name: string;
}

export const NO_OBJECT: ObjectReference = {
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
};

/** A percent sign that is not part of an encoded ASCII character. */
const BEYOND_ASCII = /%(?![0-7][\da-f])/i;

/** Characters in percent-encoded UTF-8. Source: the Unicode standard, table 3-7, "Well-formed UTF-8 byte sequences". */
const ENCODED =
  /(?:%[0-7][\da-f]|%(?:c[2-9a-f]|d[\da-f])%[89ab][\da-f]|%(?:e0%[ab][\da-f]|e[1-9a-cef]%[89ab][\da-f]|ed%[89][\da-f])%[89ab][\da-f]|%(?:f0%[9ab][\da-f]|f[1-3]%[89ab][\da-f]|f4%8[\da-f])%[89ab][\da-f]%[89ab][\da-f]){1,16}/gi;

/** One round of percent-decoding; text that is no valid encoding stays as it is, piece by piece, and costs no error. */
export const percentDecoded = (text: string): string => {
  if (!text.includes('%')) return text;
  return BEYOND_ASCII.test(text)
    ? text.replace(ENCODED, (encoded) => decodeURIComponent(encoded))
    : decodeURIComponent(text);
};

export const pathOf = (uri: string): string => {
  const query = uri.indexOf('?');
  return percentDecoded(query < 0 ? uri : uri.slice(0, query));
};

/** What Go's net/url drops from a query, parameter by parameter: one with a semicolon, and one with an invalid escape. */
const UNREADABLE = /;|%(?![0-9a-f]{2})/i;

const asWritten = (text: string): string => text;
const formDecoded = (text: string): string => percentDecoded(text.includes('+') ? text.replaceAll('+', ' ') : text);

/**
 * Query parameters as Go's net/url reads them: `+` is a space, a repeated key keeps every value, order is kept. A parameter that Go
 * drops is none, so that `dryRun=All;` does not pass for a dry run.
 */
export const queryOf = (uri: string): ReadonlyMap<string, readonly string[]> => {
  const query = new Map<string, string[]>();
  const start = uri.indexOf('?');
  if (start < 0) return query;
  const text = uri.slice(start + 1);
  // Decoding takes longer than all else, and a URI may hold a hundred thousand pairs.
  const decoded = /[+%]/.test(text) ? formDecoded : asWritten;
  for (const pair of text.split('&')) {
    if (pair === '' || UNREADABLE.test(pair)) continue;
    const equals = pair.indexOf('=');
    const key = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decoded(pair.slice(equals + 1));
    const values = query.get(key);
    if (values === undefined) query.set(key, [value]);
    else values.push(value);
  }
  return query;
};

/** The object that an API path names, for records that were cut before their objectRef. */
export const objectOfPath = (path: string): ObjectReference => {
  const parts = path.split('/').filter((part) => part !== '');
  const [root, group, version] = parts[0] === 'api' ? ['api', '', parts[1]] : [parts[0], parts[1], parts[2]];
  if ((root !== 'api' && root !== 'apis') || version === undefined) return NO_OBJECT;
  let rest = parts.slice(root === 'api' ? 2 : 3);
  if (rest[0] === 'watch') rest = rest.slice(1);
  const namespaced = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize';
  const namespace = namespaced ? (rest[1] ?? '') : '';
  const [resource = '', name = '', subresource = ''] = namespaced ? rest.slice(2) : rest;
  return { group: group ?? '', version, resource, subresource, namespace, name };
};

/** Endpoints that load balancers and monitors ask without credentials. Source: Kubernetes, "API health endpoints". */
const HEALTH = /^\/(?:healthz|livez|readyz)(?:\/|$)/;

export const isHealthEndpoint = (path: string): boolean => HEALTH.test(path);
