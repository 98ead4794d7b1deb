/** Evidence of a finding in OCSF's words: who called what from where, and how it was answered. */
import { isIP } from 'node:net';
import type { Evidence, ShownActor } from '../../aggregates/evidence.ts';
import { AUDIT_FIELDS } from '../../events/audit-fields.ts';
import type { Field, Pivot } from '../../events/fields.ts';
import type { Source } from '../../findings/finding.ts';
import type { Account, EvidenceArtifacts, Observable, User } from './event.ts';

/** The fields that have a value; the type of what is left is the caller's to state. */
export const filled = <T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } => {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
};

export const accountOf = (uid: string): Account => ({ uid, type_id: 10, type: 'AWS Account' });

const ACCOUNT_OF_ARN = /^arn:[\w-]+:(?:iam|sts)::(\d{12}):/;

const userTypeOf = (actor: ShownActor): { type_id: number; type: string } | undefined => {
  if (actor.serviceAccount) return { type_id: 4, type: 'Service' };
  return actor.arn ? { type_id: 1, type: 'User' } : undefined;
};

/** Undefined for nobody: OCSF has no user without a name or id. */
const userOf = (actor: ShownActor): User | undefined => {
  if (actor.user === '' && !actor.arn) return undefined;
  const account = ACCOUNT_OF_ARN.exec(actor.arn ?? '')?.[1];
  return {
    ...filled({ name: actor.user, uid: actor.arn }),
    ...userTypeOf(actor),
    ...(account && { account: accountOf(account) }),
    ...(actor.groups.length > 0 && { groups: actor.groups.map((name) => ({ name })) }),
  };
};

const actorOf = (actor: ShownActor | undefined): EvidenceArtifacts['actor'] => {
  const user = actor && userOf(actor);
  if (actor === undefined || user === undefined) return undefined;
  const session = filled({
    uid: actor.sessionName,
    issuer: actor.canonicalArn,
    credential_uid: actor.accessKeyId ?? actor.credentialId,
  });
  return { user, ...(Object.keys(session).length > 0 && { session }) };
};

/** Longest address that OCSF takes. */
const LONGEST_IP = 40;

export const isAddress = (text: string): boolean => text.length <= LONGEST_IP && isIP(text) !== 0;

const endpointOf = (address: string | undefined, source: Source | null): EvidenceArtifacts['src_endpoint'] => {
  if (address === undefined) return undefined;
  const { country, city } = source?.ip === address ? source : {};
  const location = filled({ country, city });
  return {
    ...(isAddress(address) ? { ip: address } : { name: address }),
    ...(Object.keys(location).length > 0 && { location }),
  };
};

const apiOf = ({ verb, auditId, code, reason, message }: Evidence): EvidenceArtifacts['api'] => {
  if (verb === undefined) return undefined;
  return {
    operation: verb,
    service: { name: 'kubernetes' },
    ...(auditId && { request: { uid: auditId } }),
    ...(code && { response: { code, ...filled({ error: reason, error_message: message }) } }),
  };
};

const requestOf = ({ uri, userAgent }: Evidence): EvidenceArtifacts['http_request'] => {
  const [path = '', query = ''] = uri === undefined ? [] : splitAt(uri, '?');
  const request = {
    ...(path !== '' && { url: { path, ...filled({ query_string: query }) } }),
    ...filled({ user_agent: userAgent }),
  };
  return Object.keys(request).length === 0 ? undefined : request;
};

const splitAt = (text: string, mark: string): readonly [string, string] => {
  const index = text.indexOf(mark);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
};

/** `pods/exec default/web` is web in default, of type pods/exec. A path outside the API is no resource. */
const resourcesOf = (object: string | undefined): EvidenceArtifacts['resources'] => {
  if (object === undefined || object === '' || object.startsWith('/')) return undefined;
  const [type, name] = splitAt(object, ' ');
  return [{ name: name || type, type }];
};

export const evidenceArtifacts = (evidence: Evidence, source: Source | null): EvidenceArtifacts => {
  const { actor, auditId, time, summary, stage, logStream, truncated, reason, message, verb } = evidence;
  const impersonated = actor?.impersonated;
  return {
    ...filled({
      uid: auditId,
      actor: actorOf(actor),
      user: impersonated && userOf(impersonated),
      src_endpoint: endpointOf(evidence.address, source),
      api: apiOf(evidence),
      http_request: requestOf(evidence),
      resources: resourcesOf(evidence.object),
    }),
    data: filled({
      time,
      summary,
      stage,
      log_stream: logStream,
      bound_pod: actor?.boundPod,
      bound_node: actor?.boundNode,
      truncated,
      // A Kubernetes Event is no request; of an audit event the response tells these.
      ...(verb === undefined && { reason, message }),
    }) as EvidenceArtifacts['data'],
  };
};

/** Distinct values of a kind that are listed for pivoting. */
const OBSERVABLES_OF_A_KIND = 10;

interface Located {
  /** Where it is in the event. */
  readonly name: string;
  readonly type_id: number;
  readonly type: string;
  readonly read: (evidence: EvidenceArtifacts) => string | undefined;
}

/** What each thing to look for elsewhere is in OCSF. Source: the observable types of OCSF 1.6. */
const OBSERVABLES: Readonly<Record<Pivot, Located>> = {
  address: {
    name: 'evidences.src_endpoint.ip',
    type_id: 2,
    type: 'IP Address',
    read: ({ src_endpoint }) => src_endpoint?.ip,
  },
  'user name': {
    name: 'evidences.actor.user.name',
    type_id: 4,
    type: 'User Name',
    read: ({ actor }) => actor?.user.name,
  },
  'user id': {
    name: 'evidences.actor.user.uid',
    type_id: 31,
    type: 'User Unique ID',
    read: ({ actor }) => actor?.user.uid,
  },
  credential: {
    name: 'evidences.actor.session.credential_uid',
    type_id: 19,
    type: 'User Credential ID',
    read: ({ actor }) => actor?.session?.credential_uid,
  },
  'user agent': {
    name: 'evidences.http_request.user_agent',
    type_id: 16,
    type: 'HTTP User-Agent',
    read: ({ http_request }) => http_request?.user_agent,
  },
};

/** What fields are looked for elsewhere, in the order of their table. */
const PIVOTS: readonly Pivot[] = [
  ...new Set(Object.values<Field<never>>(AUDIT_FIELDS).flatMap(({ pivot }) => pivot ?? [])),
];

/** Values that an analyst looks for elsewhere, each with a pointer to its place in the event. */
export const observablesOf = (evidences: readonly EvidenceArtifacts[]): readonly Observable[] =>
  PIVOTS.flatMap((pivot) => {
    const { name, type_id, type, read } = OBSERVABLES[pivot];
    const values = new Set(evidences.flatMap((evidence) => read(evidence) ?? []));
    return [...values].slice(0, OBSERVABLES_OF_A_KIND).map((value) => ({ name, type_id, type, value }));
  });
