import { isUserOrWorkload } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { audit, controller, human } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { whoDid } from '../../sdk/phrases.ts';

/** Split from security-tooling-removed: policies come and go with the applications that they belong to, agents do not. */
export default defineDetection({
  id: 'network-policy-removed',
  title: 'Network policy deleted',
  description:
    'Somebody deleted a network policy, of Kubernetes itself or of Calico, Cilium or the VPC CNI plug-in. Where no policy selects a pod, everything may talk to it.',
  tactic: 'defense-evasion',
  attack: ['T1562.001'],
  impact: 60, // One policy guards a few pods; a security agent guards the cluster.
  confidence: 50, // `helm uninstall` deletes an application's policies with it.
  type: 'Hunting',
  falsePositives: 'An application is removed together with its policies, or they are renamed.',
  triage: 'See whether the pods that it selected are still there, and what else the principal did in the namespace.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  ],
  answers: [],
  needs: 'header',
  on: {
    verbs: ['delete', 'deletecollection'],
    resources: [
      'adminnetworkpolicies',
      'baselineadminnetworkpolicies',
      'ciliumclusterwidenetworkpolicies',
      'ciliumnetworkpolicies',
      'clusternetworkpolicies',
      'globalnetworkpolicies',
      'networkpolicies',
      'securitygrouppolicies',
    ],
    outcomes: ['succeeded', 'denied'],
    actor: isUserOrWorkload,
  },
  match: (event) => !event.dryRun,
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: (event) => ({ namespace: event.object.namespace, principal: principalOf(event.actor) }),
  summary: (event) => `${whoDid(event, 'deleted', 'delete')} ${policyOf(event)}`,
});

const policyOf = ({ object }: AuditHeader): string => {
  const place = object.namespace === '' ? '' : ` in ${object.namespace}`;
  return object.name === '' ? `all ${object.resource}${place}` : `network policy ${object.name}${place}`;
};

const removal = (by = human('mallory'), parts: object = {}) =>
  audit({
    verb: 'delete',
    by,
    resource: 'networkpolicies.networking.k8s.io',
    namespace: 'shop',
    name: 'deny-all',
    ...parts,
  });

export const examples = () => ({
  fires: {
    'mallory deleted network policy deny-all in shop': removal(),
    'mallory deleted all networkpolicies in shop': removal(human('mallory'), { verb: 'deletecollection', name: '' }),
    'oscar deleted all networkpolicies in shop': removal(human('oscar'), {
      verb: 'deletecollection',
      name: '',
      query: 'dryRun=All',
      request: { kind: 'DeleteOptions', apiVersion: 'networking.k8s.io/v1' },
    }),
    'mallory was refused to delete network policy isolate': removal(human('mallory'), {
      resource: 'ciliumclusterwidenetworkpolicies.cilium.io',
      namespace: '',
      name: 'isolate',
      level: 'Metadata',
      code: 403,
    }),
  },
  silent: {
    'the namespace controller clears up': removal(controller('namespace-controller')),
    'a policy is changed': removal(human(), { verb: 'patch' }),
    'a dry run removes nothing': [
      removal(human(), { query: 'dryRun=All', level: 'RequestResponse' }),
      removal(human(), { request: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] } }),
    ],
  },
});
