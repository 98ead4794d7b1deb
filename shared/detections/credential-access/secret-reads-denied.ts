import { isControlPlane, isNode } from '../../eks/identities.ts';
import { isUnauthenticated, nameOf, principalOf } from '../../events/actor.ts';
import { MINUTE } from '../../primitives/time.ts';
import { audit, human, nobody, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'secret-reads-denied',
  title: 'Reads of different Secrets denied',
  description:
    'A known principal was refused several different Secrets, or lists of Secrets. Software that lacks a right asks for the same thing again; whoever looks for a way in asks for another.',
  tactic: 'credential-access',
  attack: ['T1552.007'],
  impact: 60,
  confidence: 60,
  type: 'Anomaly',
  stories: ['Kubernetes Security', 'Kubernetes Sensitive Object Access Activity'],
  falsePositives:
    'A graphical client of somebody with few rights asks for the Secrets of every namespace that it shows. A kubelet is refused while the scheduler changes its mind.',
  triage:
    'See what the principal was not refused in the same hour, and whether a token of a pod came from outside its node.',
  references: ['https://attack.mitre.org/techniques/T1552/007/'],
  answers: ['panther:k8s_secret_access_denied', 'falco:K8s Secret Get Unsuccessfully Tried'],
  needs: 'header',
  on: {
    verbs: ['get', 'list', 'watch'],
    resources: ['secrets'],
    outcomes: ['denied'],
    // Nobody is for access-scanning. A kubelet may read the Secrets of its own pods only, so its refusals tell of a stolen node.
    actor: (actor) => !isUnauthenticated(actor) && !isControlPlane(actor),
  },
  options: {
    limit: [3, 'different refused reads that are still tolerated within the window'],
    windowMinutes: [60, 'length of the sliding window, in minutes'],
  },
  match: () => true,
  state: {
    kind: 'threshold',
    limit: (options) => options.limit,
    window: (options) => options.windowMinutes * MINUTE,
    distinct: ({ object }) => `${object.namespace}/${object.name}`,
  },
  weight: (event) => (isNode(event.actor) ? { confidence: 40 } : {}),
  entities: (event) => ({ principal: principalOf(event.actor), sourceAddress: event.address }),
  summary: (event) => `${nameOf(event.actor, event.impersonated)} was refused several Secrets`,
});

const refused = (count: number, by = human('mallory'), code = 403, isSame = false) =>
  Array.from({ length: count }, (_, index) =>
    audit({
      verb: index % 2 ? 'get' : 'list',
      by,
      code,
      resource: 'secrets',
      namespace: isSame ? 'shop' : `team-${index}`,
      ...(index % 2 && !isSame && { name: 'api' }),
      at: new Date(Date.UTC(2026, 2, 2, 10, index)).toISOString(),
    }),
  );

export const examples = () => ({
  fires: {
    'mallory was refused several Secrets': refused(4),
    'service account shop/web was refused several Secrets': refused(6, serviceAccount('shop', 'web')),
    'node ip-10-0-1-17.eu-west-1.compute.internal was refused several Secrets': refused(5, node()),
  },
  silent: {
    'three are tolerated': refused(3),
    'an operator without its role asks for the same list all day': refused(
      50,
      serviceAccount('shop', 'operator'),
      403,
      true,
    ),
    'what is not there was not refused': refused(20, human(), 404),
    'nobody is for access-scanning': refused(20, nobody(), 401),
  },
});
