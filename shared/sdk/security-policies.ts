/** Requests that delete or weaken the policies of policy engines and sensors. */
import type { AuditHeader } from '../events/event.ts';
import {
  CONSTRAINTS,
  NETWORK_POLICIES,
  POLICY_EXCEPTIONS,
  SECURITY_POLICIES,
} from '../indicators/security-policies.ts';
import { isNew } from './phrases.ts';

const isPolicy = (kind: string): boolean => SECURITY_POLICIES.includes(kind) || kind.endsWith(`.${CONSTRAINTS}`);

/** What was done to policies of a kind, such as `clusterpolicies.kyverno.io`. */
interface Weakened {
  readonly kind: string;
  readonly how: 'removed' | 'excepted' | 'changed';
}

/** The kind of policies that a request deletes or weakens, and how. Bodies of custom resources are not logged, so any change counts. */
export const weakenedPolicies = (event: AuditHeader): Weakened | undefined => {
  const { verb, object } = event;
  const kind = `${object.resource}.${object.group}`;
  if (object.subresource !== '') return undefined;
  if (verb.startsWith('delete')) return removed(kind, object.name);
  if (POLICY_EXCEPTIONS.includes(kind)) return { kind, how: isNew(event) ? 'excepted' : 'changed' };
  return isPolicy(kind) && !isNew(event) ? { kind, how: 'changed' } : undefined;
};

/** A definition has the name of its kind and takes all objects along. A collection of definitions has no name. */
const removed = (kind: string, name: string): Weakened | undefined => {
  const isDefinition = kind === 'customresourcedefinitions.apiextensions.k8s.io';
  if (!isDefinition) return isPolicy(kind) ? { kind, how: 'removed' } : undefined;
  const isGuard = name === '' || isPolicy(name) || NETWORK_POLICIES.includes(name);
  return isGuard ? { kind: name || kind, how: 'removed' } : undefined;
};
