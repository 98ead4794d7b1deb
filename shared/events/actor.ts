/** Who made a request, read from the `user` and `impersonatedUser` blocks of an audit event. */

import { textAt, textsAt } from '../primitives/json.ts';
import type { Actor, ServiceAccount } from './event.ts';

/** Keys of `user.extra` that the EKS authenticator and the service-account authenticator set. */
const EXTRA = {
  arn: 'arn',
  canonicalArn: 'canonicalArn',
  sessionName: 'sessionName',
  accessKeyId: 'accessKeyId',
  credentialId: 'authentication.kubernetes.io/credential-id',
  boundPod: 'authentication.kubernetes.io/pod-name',
  boundNode: 'authentication.kubernetes.io/node-name',
} as const;

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const NODE = /^system:node:(.+)$/;

/** The service account that a user name stands for, or undefined for a name of another form. */
export const serviceAccountOf = (user: string): ServiceAccount | undefined => {
  const match = SERVICE_ACCOUNT.exec(user);
  return match === null ? undefined : { namespace: match[1] as string, name: match[2] as string };
};

/** @param userAgent of the record; none for the impersonated user, who is no client */
export const actorOf = (block: unknown, annotations?: unknown, userAgent = ''): Actor => {
  const user = textAt(block, 'username');
  const serviceAccount = serviceAccountOf(user);
  const node = NODE.exec(user)?.[1];
  const uid = textAt(block, 'uid');
  const issued = textAt(annotations, 'authentication.kubernetes.io/issued-credential-id');
  return {
    user,
    groups: textsAt(block, 'groups'),
    ...(uid && { uid }),
    ...(serviceAccount && { serviceAccount }),
    ...(node && { node }),
    ...(issued && { issuedCredentialId: issued }),
    ...(userAgent && { userAgent }),
    ...extraOf(block),
  };
};

const extraOf = (block: unknown): Partial<Actor> => {
  const found: Record<string, string> = {};
  for (const [field, key] of Object.entries(EXTRA)) {
    const value = textsAt(block, 'extra', key)[0];
    if (value !== undefined && value !== '') found[field] = value;
  }
  return found;
};

/** What the principal of a request is called that names none, as on a 401. */
export const NOBODY = 'nobody';

/** The most stable name of the caller: the IAM role or user, else the user name, else `nobody`. */
export const principalOf = (actor: Actor): string => actor.canonicalArn || actor.user || NOBODY;

const SESSION = /^arn:aws[\w-]*:sts::\d{12}:assumed-role\/(?:[^/]+\/)*([^/]+)\/([^/]+)$/;
const IAM_NAME = /^arn:aws[\w-]*:iam::\d{12}:(?:role|user)\/(?:.*\/)?([^/]+)$/;

/**
 * What a person reads: `alice`, or `alice (dev)` for a session of the role dev where the user name is an ARN, as access entries make
 * it. The ARN itself is in the finding's entities.
 */
export const nameOf = (actor: Actor, impersonated?: Actor): string => {
  const name = shownName(actor);
  return impersonated === undefined ? name : `${name} as ${shownName(impersonated)}`;
};

const shownName = (actor: Actor): string => {
  if (actor.serviceAccount) return `service account ${actor.serviceAccount.namespace}/${actor.serviceAccount.name}`;
  if (actor.node) return `node ${actor.node}`;
  return nameOfArn(actor.user) ?? (actor.user || NOBODY);
};

const nameOfArn = (user: string): string | undefined => {
  if (!user.startsWith('arn:')) return undefined;
  const [, role, session] = SESSION.exec(user) ?? [];
  return session === undefined ? IAM_NAME.exec(user)?.[1] : `${session} (${role})`;
};

/** The API server let this caller in without credentials, or turned it away for want of them. */
export const isUnauthenticated = (actor: Actor): boolean =>
  actor.user === '' || actor.user === 'system:anonymous' || actor.groups.includes('system:unauthenticated');
