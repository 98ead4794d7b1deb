/** Which audit events write an Ingress. */

import { WRITE_VERBS } from '../kubernetes/verbs.ts';
import type { AuditSelection } from './detection.ts';
import { isNotControlPlane } from './selections.ts';

/** Writes of an Ingress by any caller other than the control plane. */
export const INGRESS_WRITES = {
  level: 'request',
  verbs: WRITE_VERBS,
  resources: ['ingresses'],
  actor: isNotControlPlane,
} as const satisfies AuditSelection;
