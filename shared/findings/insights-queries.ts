/** CloudWatch Logs Insights queries that show the records of a finding. Values in them are attacker-controlled and quoted. */

import type { Evidence } from '../aggregates/evidence.ts';
import { AUDIT_FIELDS, type AuditFieldName } from '../events/audit-fields.ts';
import { clusterLogGroup } from '../logs/log-source.ts';
import { beginningsOfSubscriber } from '../primitives/ip-address.ts';
import type { Entities } from '../sdk/detection.ts';

/** What the queries of a finding are made from. */
export interface Inquiry {
  readonly cluster: string;
  readonly entities: Entities;
  /** The primary piece first. */
  readonly evidence: readonly Evidence[];
  /** Whether the evidence holds every record of the finding. */
  readonly isComplete: boolean;
  /** Time of the first sighting in milliseconds since the epoch; `last` likewise. */
  readonly first: number;
  readonly last: number;
}

/** Fields of audit events that Logs Insights knows. */
type Queried = {
  [Name in AuditFieldName]: (typeof AUDIT_FIELDS)[Name] extends { readonly query: string } ? Name : never;
}[AuditFieldName];

const named = (field: Queried): string => AUDIT_FIELDS[field].query;

/** What is shown of each audit event. */
const SHOWN: readonly Queried[] = [
  'verb',
  'requestURI',
  'responseStatus.code',
  'user.username',
  'sourceIPs',
  'userAgent',
  'objectRef.namespace',
  'objectRef.name',
];

const OF_REQUESTS = `fields ${['@timestamp', ...SHOWN.map(named)].join(', ')}`;
const OF_EVENTS = 'fields @timestamp, @message';

/** Records reach CloudWatch Logs some time after the request, and are stamped with the time at which they do. */
const DELIVERY = 15 * 60 * 1_000;

const DAYS_OF_ACTOR = 7;
const DAY = 24 * 60 * 60 * 1_000;

/** Characters of a condition. Security Hub cuts a field at 2,048, and a query that is cut finds nothing. */
const LONGEST_CONDITION = 1_400;

/**
 * A text that a record holds as it is. Markers of `clean` (`…`, `·`, `[redacted]`) stand for something else; quotes and backslashes
 * would end or bend the literal; the API server writes `<`, `>` and `&` as escapes.
 */
const isWhole = (text: string | undefined): text is string =>
  text !== undefined && /^[\u0020-\u007e]+$/.test(text) && !/["'`\\[\]<>&]/.test(text);

/** An id that is shown as it is: longer ones were cut. */
const isAuditId = (text: string | undefined): text is string => text !== undefined && /^[\w.:-]{1,64}$/.test(text);

/** A text of the record's JSON. Logs Insights has fields for whole records only; this finds records that were cut as well. */
const holds = (json: string): string => `@message like '${json}'`;

/** A value under its key, in a record of any state. */
const holdsField = (field: Queried, value: string): string =>
  holds(`"${field.slice(field.lastIndexOf('.') + 1)}":"${value}"`);

/** A value between its quotes, so that 203.0.113.6 does not find 203.0.113.66. */
const holdsValue = (value: string): string => holds(`"${value}"`);

/** Evidence of a Kubernetes Event names no caller. */
const isOfEvent = ({ actor }: Evidence): boolean => actor === undefined;

/** A value of an Event object. Collectors ship the object as JSON, or as JSON inside a string; then each quote has a backslash. */
const holdsName = (name: string): string => `@message like /"${name.replaceAll('.', '[.]')}[^0-9A-Za-z.-]/`;

const isName = (text: string | undefined): text is string => text !== undefined && /^[\w.:-]+$/.test(text);

/** What an Event is about. Kind, namespace and name have keys of their own, wherever a collector puts them. */
const involved = ({ object = '', reason }: Evidence): string => {
  const [, namespace = '', name = ''] = /^\S+ ([^\s/]*)\/(\S+)$/.exec(object) ?? [];
  const names = [name, namespace].filter(isName);
  if (names.length > 0) return names.map(holdsName).join(' and ');
  return isName(reason) ? holdsName(reason) : holds('involvedObject');
};

/** One of several values of a field. Only whole records have fields. */
const isOneOf = (field: Queried, values: readonly string[]): string =>
  `${named(field)} in [${values.map((value) => `"${value}"`).join(', ')}]`;

/** One record: by its audit id, which is a field of whole records only. */
const recordOf = ({ auditId, truncated, uri }: Evidence): string => {
  if (isAuditId(auditId)) return truncated ? holdsValue(auditId) : isOneOf('auditID', [auditId]);
  return holds(isWhole(uri) ? uri : 'audit.k8s.io');
};

const fromAddress = (address: string): string => {
  const beginnings = beginningsOfSubscriber(address);
  return beginnings.length === 0
    ? holdsValue(address)
    : beginnings.map((beginning) => holds(`"${beginning}`)).join(' or ');
};

/** A token that no pod holds may be anywhere, while pods of the same service account do their work. */
const looseCredential = ({ actor }: Evidence): string | undefined =>
  actor?.serviceAccount && !actor.boundPod && !actor.boundNode ? actor.credentialId : undefined;

/** The caller of a request: a session, a token, a user name, or an address where the API server knows no name. */
const callerOf = (evidence: Evidence): string => {
  const { actor, address } = evidence;
  const credential = looseCredential(evidence);
  if (isWhole(actor?.arn)) return holdsValue(actor.arn);
  if (isWhole(credential)) return holdsValue(credential);
  if (isWhole(actor?.user) && actor.user !== 'system:anonymous') return holdsField('user.username', actor.user);
  if (isWhole(address)) return fromAddress(address);
  return recordOf(evidence);
};

const aboutOf = (evidence: Evidence): string => (isOfEvent(evidence) ? involved(evidence) : callerOf(evidence));

/** The records that are the evidence. Whole ones are named together. */
const recordsOf = (evidence: readonly Evidence[]): readonly string[] => {
  const isNamed = (piece: Evidence) => !isOfEvent(piece) && isAuditId(piece.auditId) && !piece.truncated;
  const ids = evidence.filter(isNamed).flatMap(({ auditId }) => auditId ?? []);
  const others = evidence.filter((piece) => !isNamed(piece));
  return [
    ...(ids.length === 0 ? [] : [isOneOf('auditID', ids)]),
    ...others.map((piece) => (isOfEvent(piece) ? involved(piece) : recordOf(piece))),
  ];
};

/** As many alternatives as there is room for; the first always is. */
const any = (conditions: readonly string[]): string => {
  const [first = holds('audit.k8s.io'), ...others] = new Set(conditions);
  let condition = first;
  for (const other of others) {
    // `and` binds more tightly than `or`.
    const longer = `${condition} or ${other}`;
    if (longer.length <= LONGEST_CONDITION) condition = longer;
  }
  return condition;
};

const auditGroup = ({ cluster, evidence }: Inquiry): string =>
  evidence.find((piece) => !isOfEvent(piece))?.logGroup ?? clusterLogGroup(cluster);

const eventGroup = ({ cluster, evidence }: Inquiry): string =>
  evidence.find(isOfEvent)?.logGroup ?? `the one to which the Kubernetes Events of ${cluster} are shipped`;

const query = (groups: readonly string[], fields: string, from: number, to: number, condition: string): string => {
  const where = `# Log group${groups.length === 1 ? '' : 's'}: ${groups.join(', and ')}`.replace(
    /[^\u0020-\u007e]|["'`\\]/g,
    '',
  );
  const commands = [
    fields,
    `filter @timestamp >= ${from} and @timestamp <= ${to}`,
    `filter ${condition}`,
    'sort @timestamp asc',
    'limit 1000',
  ];
  return `${where}\n${commands.join('\n| ')}`;
};

/** The finding's events. When each of them is in the evidence, they are named; otherwise by who or what they are about. */
export const eventsQuery = (inquiry: Inquiry): string => {
  const { evidence, entities, isComplete, first, last } = inquiry;
  const hasEvents = evidence.some(isOfEvent);
  const hasRequests = evidence.length === 0 || !evidence.every(isOfEvent);
  const groups = [...(hasRequests ? [auditGroup(inquiry)] : []), ...(hasEvents ? [eventGroup(inquiry)] : [])];
  // Who asked for a token and who uses it are different callers, and both records hold its id.
  const credential = entities['credentialId'];
  const about = () => (isWhole(credential) ? [holdsValue(credential)] : evidence.map(aboutOf));
  const condition = any(isComplete ? recordsOf(evidence) : about());
  return query(groups, hasEvents ? OF_EVENTS : OF_REQUESTS, first, last + DELIVERY, condition);
};

/**
 * What the caller of the primary evidence did in the 7 days up to the finding's last sighting. A Kubernetes Event names no caller: then
 * what is known of its object, in the audit log too, which tells who made it.
 */
export const actorQuery = (inquiry: Inquiry): string => {
  const [primary] = inquiry.evidence;
  const isEvent = primary !== undefined && isOfEvent(primary);
  const groups = [...(isEvent ? [eventGroup(inquiry)] : []), auditGroup(inquiry)];
  const condition = any(primary === undefined ? [] : [aboutOf(primary)]);
  const [from, to] = [Math.max(0, inquiry.last - DAYS_OF_ACTOR * DAY), inquiry.last + DELIVERY];
  return query(groups, isEvent ? OF_EVENTS : OF_REQUESTS, from, to, condition);
};
