/** Evidence of a finding in OCSF's words: who called what from where, and how it was answered. */
import { isIP } from 'node:net';
import type { Evidence, ShownActor } from '../../aggregates/evidence.ts';
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

/** Values that an analyst looks for elsewhere, each behind a pointer to where it stands in the event. */
export const observablesOf = (evidences: readonly EvidenceArtifacts[]): readonly Observable[] => {
  const kind = (
    name: string,
    type_id: number,
    type: string,
    read: (evidence: EvidenceArtifacts) => string | undefined,
  ): readonly Observable[] => {
    const values = new Set(evidences.flatMap((evidence) => read(evidence) ?? []));
    return [...values].slice(0, OBSERVABLES_OF_A_KIND).map((value) => ({ name, type_id, type, value }));
  };
  return [
    ...kind('evidences.src_endpoint.ip', 2, 'IP Address', ({ src_endpoint }) => src_endpoint?.ip),
    ...kind('evidences.actor.user.name', 4, 'User Name', ({ actor }) => actor?.user.name),
    ...kind('evidences.actor.user.uid', 31, 'User Unique ID', ({ actor }) => actor?.user.uid),
    ...kind(
      'evidences.actor.session.credential_uid',
      19,
      'User Credential ID',
      ({ actor }) => actor?.session?.credential_uid,
    ),
    ...kind('evidences.http_request.user_agent', 16, 'HTTP User-Agent', ({ http_request }) => http_request?.user_agent),
  ];
};
