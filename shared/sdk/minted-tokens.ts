/** Service-account tokens that are bound to no pod: which request mints one, and which uses it. */
import type { Actor, AuditEvent, AuditHeader } from '../events/event.ts';
import { at, numberAt } from '../primitives/json.ts';

export interface MintedToken {
  /** The id that the API server gives every token, when it is minted and when it is used. */
  readonly id: string;
  /** `namespace/name` of the service account. */
  readonly account: string;
  /** True in the request that mints it. */
  readonly isNew: boolean;
}

/** What nearly every request mints and uses; one list, since this is asked of every request. */
const NONE: readonly MintedToken[] = [];

const mintedBy = ({ actor, object, outcome }: AuditHeader): readonly MintedToken[] => {
  const id = actor.issuedCredentialId;
  if (id === undefined || object.subresource !== 'token' || outcome !== 'succeeded') return NONE;
  return [{ id, account: `${object.namespace}/${object.name}`, isNew: true }];
};

/** The token of a pod names its pod or node, and moves with it; nearly all tokens do. */
const usedBy = ({ serviceAccount, credentialId: id, boundPod, boundNode }: Actor): readonly MintedToken[] =>
  serviceAccount === undefined || id === undefined || boundPod !== undefined || boundNode !== undefined
    ? NONE
    : [{ id, account: `${serviceAccount.namespace}/${serviceAccount.name}`, isNew: false }];

/** The caller holds a token that is bound to no pod. */
export const holdsMintedToken = (actor: Actor): boolean => usedBy(actor) !== NONE;

/** The tokens that a request mints and uses. */
export const mintedTokensOf = (event: AuditHeader): readonly MintedToken[] => {
  const [minted, used] = [mintedBy(event), usedBy(event.actor)];
  return minted === used ? NONE : [...minted, ...used];
};

/** Seconds. A pod's own token lasts no longer. */
const LONG = 24 * 3600;

/** A token is requested for longer than a pod's lasts. The body is logged on some clusters only, so nothing rests on it. */
export const isForLong = ({ requestObject }: AuditEvent): boolean =>
  numberAt(requestObject, 'spec', 'expirationSeconds') > LONG &&
  at(requestObject, 'spec', 'boundObjectRef') === undefined;
