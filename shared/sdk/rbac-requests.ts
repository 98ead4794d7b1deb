/** What the detections of roles and bindings share: which requests write them. */

import { isProvenControlPlane } from '../eks/identities.ts';
import { WRITE_VERBS } from '../kubernetes/verbs.ts';
import type { AuditSelection } from './detection.ts';
import { BINDINGS, ROLES } from './rbac.ts';

/**
 * Requests that write a role. A denied one counts too: a caller who may write roles is still denied what they don't have themselves, and
 * that refusal comes with the body.
 */
export const ROLE_WRITES = {
  level: 'request',
  verbs: WRITE_VERBS,
  resources: ROLES,
  outcomes: ['succeeded', 'denied'],
  actor: (actor) => !isProvenControlPlane(actor),
} as const satisfies AuditSelection;

/** Requests that write a binding. */
export const BINDING_WRITES = { ...ROLE_WRITES, resources: BINDINGS } as const satisfies AuditSelection;
