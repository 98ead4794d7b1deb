/** What is kept of an event to show a person later: bounded in length, clean of secrets and control characters. */
import { principalOf } from '../events/actor.ts';
import type { Actor, AuditHeader, Event, KubernetesEvent } from '../events/event.ts';
import { objectName } from '../events/object-name.ts';
import { clusterLogGroup } from '../logs/log-source.ts';
import { clean } from '../primitives/clean-text.ts';
import { isObject, parseJson } from '../primitives/json.ts';

/** Who acted, as a finding shows it. */
export interface ShownActor {
  readonly user: string;
  readonly groups: readonly string[];
  readonly arn?: string;
  readonly canonicalArn?: string;
  readonly sessionName?: string;
  readonly accessKeyId?: string;
  readonly serviceAccount?: string;
  readonly credentialId?: string;
  readonly boundPod?: string;
  readonly boundNode?: string;
  readonly impersonated?: { readonly user: string; readonly groups: readonly string[] };
}

/** One record behind a finding. `request` fields come from audit events, `message` also from Kubernetes Events. */
export interface Evidence {
  readonly time: string;
  readonly summary: string;
  readonly auditId?: string;
  readonly stage?: string;
  readonly verb?: string;
  readonly uri?: string;
  readonly code?: number;
  readonly address?: string;
  /** The node that reported a Kubernetes Event. */
  readonly host?: string;
  readonly userAgent?: string;
  readonly object?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly actor?: ShownActor;
  readonly logStream?: string;
  /** Where it is not the log group that EKS names after the cluster. */
  readonly logGroup?: string;
  readonly truncated?: true;
}

const GROUPS_SHOWN = 10;

const shownActor = (actor: Actor, impersonated: Actor | undefined): ShownActor => ({
  user: clean(actor.user),
  groups: actor.groups.slice(0, GROUPS_SHOWN).map((group) => clean(group, 128)),
  ...filled({
    arn: actor.arn,
    canonicalArn: actor.canonicalArn,
    sessionName: actor.sessionName,
    accessKeyId: actor.accessKeyId,
    serviceAccount: actor.serviceAccount && `${actor.serviceAccount.namespace}/${actor.serviceAccount.name}`,
    credentialId: actor.credentialId,
    boundPod: actor.boundPod,
    boundNode: actor.boundNode,
  }),
  ...(impersonated && {
    impersonated: {
      user: clean(impersonated.user),
      groups: impersonated.groups.slice(0, GROUPS_SHOWN).map((group) => clean(group, 128)),
    },
  }),
});

/** The fields that have something in them, cleaned. */
const filled = (fields: Readonly<Record<string, string | undefined>>): Record<string, string> => {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(fields)) if (value) kept[key] = clean(value);
  return kept;
};

const ownGroup = ({ origin: { cluster, logGroup } }: Pick<Event, 'origin'>): string | undefined =>
  logGroup === clusterLogGroup(cluster) ? undefined : logGroup;

const isoTime = (time: number): string => new Date(time).toISOString();

const auditEvidence = (event: AuditHeader, summary: string): Evidence => ({
  time: isoTime(event.time),
  summary,
  ...filled({
    auditId: event.auditId.slice(0, 64),
    stage: event.stage,
    verb: event.verb,
    uri: event.uri,
    address: event.address,
    userAgent: event.userAgent,
    object: objectName(event),
    reason: event.reason,
    message: event.message,
    logStream: event.origin.logStream,
    logGroup: ownGroup(event),
  }),
  code: event.code,
  actor: shownActor(event.actor, event.impersonated),
  ...(event.truncated && { truncated: true }),
});

const kubernetesEventEvidence = (event: KubernetesEvent, summary: string): Evidence => ({
  time: isoTime(event.time),
  summary,
  ...filled({
    object: `${event.involved.kind.toLowerCase()} ${event.involved.namespace}/${event.involved.name}`,
    host: event.host,
    reason: event.reason,
    message: event.message,
    logStream: event.origin.logStream,
    logGroup: ownGroup(event),
  }),
});

/** A piece of evidence as an aggregate keeps it: the sighting's reference, its weight, and JSON. */
export const writeEvidence = (event: Event, ref: string, weight: string, summary: string): string =>
  `${ref} ${weight} ${JSON.stringify(event.source === 'audit' ? auditEvidence(event, summary) : kubernetesEventEvidence(event, summary))}`;

export const refOfEvidence = (written: string): string => written.slice(0, written.indexOf(' '));

export const weightOfEvidence = (written: string): string => written.split(' ', 2)[1] ?? '';

export const readEvidence = (written: string): Evidence | undefined => {
  const parsed = parseJson(written.slice(written.indexOf(' {') + 1));
  return isObject(parsed) ? (parsed as unknown as Evidence) : undefined;
};

/** The observed values that a piece of evidence still tells, for aggregates that keep none of their own. */
export const observedInEvidence = ({
  actor,
  address,
  host,
  userAgent,
  verb,
  uri,
  code,
  object,
  reason,
  message,
}: Evidence): readonly string[] =>
  Object.entries({
    users: actor?.user,
    addresses: address,
    hosts: host,
    userAgents: userAgent,
    verbs: verb,
    uris: uri,
    codes: code,
    objects: object,
    reasons: reason,
    messages: message,
  }).flatMap(([kind, value]) => (value ? [`${kind} ${value}`] : []));

/** Images of one pod that are listed; which one is meant, a finding's entities tell. */
const IMAGES_SHOWN = 20;

/** What distinct values a finding lists, by kind. Kinds are the plural nouns of the finding's `seen`. */
export const observedIn = (event: Event): readonly string[] => {
  const observed: string[] = [];
  const add = (kind: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '' && value !== 0) observed.push(`${kind} ${clean(String(value))}`);
  };
  add('reasons', event.reason);
  add('messages', event.message);
  for (const image of event.images.slice(0, IMAGES_SHOWN)) add('images', image.text);
  if (event.source === 'kubernetes-event') {
    add('hosts', event.host);
    add('objects', `${event.involved.kind.toLowerCase()} ${event.involved.namespace}/${event.involved.name}`);
    return observed;
  }
  add('users', event.actor.user);
  add('principals', event.actor.user === '' ? '' : principalOf(event.actor));
  for (const group of event.actor.groups.slice(0, GROUPS_SHOWN)) add('groups', group);
  add('addresses', event.address);
  add('userAgents', event.userAgent);
  add('verbs', event.verb);
  add('uris', event.uri);
  add('codes', event.code);
  add('objects', objectName(event));
  return observed;
};
