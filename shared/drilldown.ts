/** CloudWatch Logs Insights queries that show what is behind a finding. Values in them are attacker-controlled and quoted. */
import type { Evidence } from './evidence.ts';

const FIELDS =
  'fields @timestamp, verb, requestURI, responseStatus.code, user.username, sourceIPs.0, userAgent, objectRef.namespace, objectRef.name';

/** A string literal of the query language. Only printable ASCII passes; a quote or backslash would end or bend the literal. */
const quoted = (text: string): string => `"${text.replace(/[^\u0020-\u007e]|["\\`]/g, '')}"`;

/** Longest literal that is worth matching: what was cut by `clean` ends in an ellipsis and would match nothing. */
const isWhole = (text: string | undefined): text is string =>
  text !== undefined && text !== '' && !/[…·[\]"\\]/.test(text);

const isAuditId = (text: string | undefined): text is string => text !== undefined && /^[\w.:-]{1,64}$/.test(text);

const query = (from: number, to: number, condition: string): string =>
  [
    FIELDS,
    `filter @timestamp >= ${from} and @timestamp <= ${to}`,
    `filter ${condition}`,
    'sort @timestamp asc',
    'limit 1000',
  ].join('\n| ');

/** Records reach CloudWatch Logs some time after the request, and are stamped with the time at which they do. */
const DELIVERY = 15 * 60 * 1_000;

const DAYS_OF_ACTOR = 7;
const DAY = 24 * 60 * 60 * 1_000;

const about = (evidence: Evidence | undefined): string => {
  if (evidence === undefined) return '@message like "audit.k8s.io"';
  const { actor, address, object, message } = evidence;
  if (isWhole(actor?.arn)) return `user.extra.arn.0 = ${quoted(actor.arn)}`;
  if (isWhole(actor?.user) && actor.user !== 'system:anonymous') return `user.username = ${quoted(actor.user)}`;
  if (isWhole(address)) return `@message like ${quoted(address)}`;
  if (isWhole(message)) return `@message like ${quoted(message)}`;
  return `@message like ${quoted(object ?? 'audit.k8s.io')}`;
};

/**
 * The finding's events. When each of them is in the evidence, they are named by audit id; otherwise by who or what they are about.
 *
 * @param first time of the first sighting in milliseconds since the epoch; `last` likewise
 */
export const eventsQuery = (
  evidence: readonly Evidence[],
  isComplete: boolean,
  first: number,
  last: number,
): string => {
  const ids = evidence.map((piece) => piece.auditId).filter(isAuditId);
  const named = isComplete && ids.length > 0 && ids.length === evidence.length;
  const condition = named ? `auditID in [${ids.map(quoted).join(', ')}]` : about(evidence[0]);
  return query(first, last + DELIVERY, condition);
};

/** What the same actor did in the 7 days up to the finding's last sighting. */
export const actorQuery = (evidence: readonly Evidence[], last: number): string =>
  query(last - DAYS_OF_ACTOR * DAY, last + DELIVERY, about(evidence[0]));
