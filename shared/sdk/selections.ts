/** What many selections of audit events have in common. */
import { isControlPlane } from '../eks/identities.ts';
import type { Actor } from '../events/event.ts';

/** Everybody but the controllers of Kubernetes, the components of the control plane, and Amazon EKS itself. */
export const isNotControlPlane = (actor: Actor): boolean => !isControlPlane(actor);
