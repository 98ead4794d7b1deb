import { isControlPlane, isNode } from '../../eks/identities.ts';
import { isUnauthenticated } from '../../events/actor.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, mallory, nobody, node, type RequestParts, series, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { threshold } from '../../sdk/windows.ts';

export default defineDetection({
  id: 'secret-reads-denied',
  title: 'Reads of several Secrets denied (RBAC)',
  description:
    'A known principal was denied reading several different Secrets, or lists of Secrets. Software that lacks a right asks for the same Secret again; an attacker with stolen credentials asks for one after another.',
  tactic: 'credential-access',
  techniques: ['T1552.007'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives:
    'A graphical client of somebody with few rights asks for the Secrets of every namespace that it shows. A kubelet is denied while the scheduler changes its mind.',
  triage:
    'See what the principal was allowed in the same hour, and whether a token of a pod was used from outside its node. List what it may do: kubectl auth can-i --list --as <user>.',
  references: [
    'https://attack.mitre.org/techniques/T1552/007/',
    'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  ],
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

/** Reads of Secrets in one namespace after another, by turns as a list and by name. */
const reads = (count: number, parts: Partial<RequestParts> = {}) =>
  series(count, (at, index) =>
    audit({
      verb: index % 2 ? 'get' : 'list',
      by: mallory,
      code: 403,
      resource: 'secrets',
      namespace: `team-${index}`,
      ...(index % 2 && { name: 'api' }),
      at,
      ...parts,
    }),
  );

export const examples = () => ({
  fires: {
    'mallory was denied reading several Secrets': reads(4),
    'service account shop/web was denied reading several Secrets': reads(6, { by: serviceAccount('shop', 'web') }),
    'node ip-10-0-1-17.eu-west-1.compute.internal was denied reading several Secrets': reads(5, { by: node() }),
  },
  silent: {
    'three are tolerated': reads(3),
    'an operator without its role asks for the same list all day': reads(50, {
      by: serviceAccount('shop', 'operator'),
      namespace: 'shop',
      name: '',
    }),
    'what is not there was not denied': reads(20, { by: alice, code: 404 }),
    'nobody is for access-scanning': reads(20, { by: nobody(), code: 401 }),
  },
});
