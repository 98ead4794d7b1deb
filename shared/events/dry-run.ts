/** Whether a request changed nothing because it was a dry run, read where the API server reads it. */

import { DELETE_VERBS, WRITE_VERBS } from '../kubernetes/verbs.ts';
import { textsAt } from '../primitives/json.ts';
import type { AuditHeader } from './event.ts';

type Request = Pick<AuditHeader, 'verb' | 'object' | 'level' | 'outcome' | 'truncated' | 'query'>;

/** Subresources that open a connection or issue a token, and ignore the parameter. */
const IGNORANT = ['attach', 'exec', 'portforward', 'proxy', 'token'];

/** Levels at which a record holds the body, so that a missing body was never sent. */
const LEVELS_WITH_BODY = ['Request', 'RequestResponse'];

/**
 * Every value counts as `All`: the API server refuses any other, the empty one included.
 *
 * - create, update, patch: the query. An eviction may say it in its body instead.
 * - delete, deletecollection: DeleteOptions in the body where there is a body, and then the query is ignored; the query where there is
 *   none. A record that would not show a body (level Metadata, a denied request, a cut record) does not tell, and counts as real.
 * - anything else ignores it.
 *
 * Source: `endpoints/handlers` of k8s.io/apiserver, and the eviction of pkg/registry/core/pod in kubernetes/kubernetes.
 *
 * @param body the record's `requestObject` as it is; undefined where the record has none
 */
export const isDryRun = (request: Request, body: unknown): boolean => {
  const { verb, object, query } = request;
  if (IGNORANT.includes(object.subresource)) return false;
  if (DELETE_VERBS.includes(verb)) {
    if (body !== undefined) return textsAt(body, 'dryRun').length > 0;
    return showsBody(request) && query.has('dryRun');
  }
  // To any other verb the parameter means nothing.
  if (!WRITE_VERBS.includes(verb)) return false;
  return (
    query.has('dryRun') || (object.subresource === 'eviction' && textsAt(body, 'deleteOptions', 'dryRun').length > 0)
  );
};

/** The body is read, and logged, only after the caller was let in. */
const showsBody = ({ level, outcome, truncated }: Request): boolean =>
  !truncated && LEVELS_WITH_BODY.includes(level) && outcome === 'succeeded';
