/** What the detections of roles and bindings share: which requests write them. */
import type { Selection } from './detection.ts';
import { isProvenControlPlane } from './identity.ts';
import { BINDINGS, ROLES } from './rbac.ts';
import { WRITES } from './workload.ts';

/**
 * Requests that write a role. A refused one counts too: whoever may write roles is still refused what they don't have themselves, and
 * that refusal comes with the body.
 */
export const ROLE_WRITES = {
  verbs: WRITES,
  resources: ROLES,
  outcomes: ['succeeded', 'denied'],
  actor: (actor) => !isProvenControlPlane(actor),
} as const satisfies Selection;

/** Requests that write a binding. */
export const BINDING_WRITES = { ...ROLE_WRITES, resources: BINDINGS } as const satisfies Selection;
