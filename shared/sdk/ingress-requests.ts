/** Which audit events write an Ingress. */

import { isControlPlane } from '../eks/identities.ts';
import type { Actor } from '../events/event.ts';
import { WRITE_VERBS } from '../kubernetes/workload.ts';
import type { AuditSelection } from './detection.ts';

/** Writes of an Ingress by any caller other than the control plane. */
export const INGRESS_WRITES = {
  level: 'request',
  verbs: WRITE_VERBS,
  resources: ['ingresses'],
  actor: (actor: Actor) => !isControlPlane(actor),
} as const satisfies AuditSelection;
