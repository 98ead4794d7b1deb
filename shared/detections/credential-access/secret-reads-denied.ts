import { isControlPlane, isNode } from '../../eks/identities.ts';
import { isUnauthenticated } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, calls, mallory, nobody, node, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'secret-reads-denied',
  title: 'Reads of several Secrets denied (RBAC)',
  description:
    'A known principal was denied reading several different Secrets, or lists of Secrets. Software that lacks a right asks for the same Secret again. An attacker with stolen credentials asks for one after another.',
  tactic: 'credential-access',
  techniques: ['T1552.007'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives: 'A graphical client of a person with few rights. A kubelet whose pod was just deleted.',
  triage:
    'See what the principal was allowed in the same hour, and whether the token of a pod was used from outside its node. List what it may do: kubectl auth can-i --list --as <user>. If nobody can explain it, revoke its sessions in IAM, or delete the pod whose token it is.',
  references: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/'],
  related: ['panther:k8s_secret_access_denied', 'falco:K8s Secret Get Unsuccessfully Tried'],
  audit: {
    level: 'metadata',
    verbs: ['get', 'list', 'watch'],
    resources: ['secrets'],
    outcomes: ['denied'],
    // Anonymous callers are for access-scanning. A kubelet may read the Secrets of its own pods only, so a denial shows a stolen node.
    actor: (actor: Actor) => !isUnauthenticated(actor) && !isControlPlane(actor),
  },
  window: threshold({ limit: 3, of: 'different denied reads', minutes: 60 }),
  distinct: (_found, { object }) => `${object.namespace}/${object.name}`,
  weight: (_found, { actor }) => (isNode(actor) ? { confidence: 40 } : {}),
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, event) => said(event, 'read', 'several Secrets'),
});

const read = (index: number) => (index % 2 ? `get secrets team-${index}/api` : `list secrets team-${index}/`);
const list = () => 'list secrets shop/';
const web = () => serviceAccount('shop', 'web');

export const examples = () => ({
  fires: {
    'mallory was denied reading several Secrets': calls(4, mallory, read, { code: 403 }),
    'service account shop/web was denied reading several Secrets': calls(6, web(), read, { code: 403 }),
    'node n was denied reading several Secrets': calls(5, node('n'), read, { code: 403 }),
  },
  silent: {
    'three are tolerated': calls(3, mallory, read, { code: 403 }),
    'an operator without its role asks for the same list all day': calls(50, web(), list, { code: 403 }),
    'what is not there was not denied': calls(20, alice, read, { code: 404 }),
    'nobody is for access-scanning': calls(20, nobody(), read, { code: 401 }),
  },
});
