import { isAbusedController } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import { ANY_OUTCOME, defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, serviceAccount } from '../../sdk/examples.ts';

export default defineDetection({
  id: 'controller-identity-abused',
  title: 'Token of a Kubernetes controller used by another client (kube-controller-manager)',
  description:
    'The service account of a controller of the control plane sent a request with another client than the controller, or with a token that is bound to a pod. On EKS these controllers run outside the cluster. Some of them may read every Secret or grant any role.',
  tactic: 'initial-access',
  techniques: ['T1078'],
  impact: 80,
  confidence: 80,
  type: 'TTP',
  falsePositives: 'None is known. A controller manager that a team runs itself uses service accounts of its own.',
  triage:
    'See where the token came from: find who created a token of this service account, or a pod that runs as it. Delete that pod: kubectl -n kube-system delete pod <name>. End every token of the account by deleting it; the control plane makes it anew: kubectl -n kube-system delete serviceaccount <name>.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles'],
  related: [],
  audit: { level: 'metadata', outcomes: ANY_OUTCOME, actor: isAbusedController, dryRun: true },
  weight: (_found, { outcome }) => (outcome === 'denied' ? { confidence: 70 } : {}),
  entities: (_found, { address }) => ({ sourceAddress: address }),
  summary: (_found, { actor, address, impersonated }) =>
    `Another client than the controller used the token of ${nameOf(actor, impersonated)} from ${address}`,
});

const GARBAGE = 'generic-garbage-collector';
const sentBy = (agent: string) => ({ ...controller(GARBAGE), agent, ip: '10.0.1.88' });

export const examples = () => ({
  fires: {
    'Another client than the controller used the token of service account kube-system/generic-garbage-collector from 10.0.1.88':
      call(sentBy('curl/8.5.0'), 'list secrets'),
    'Another client than the controller used the token of service account kube-system/clusterrole-aggregation-controller from 10.0.2.31':
      call(
        serviceAccount('kube-system', 'clusterrole-aggregation-controller', {
          agent: 'kube-controller-manager/v1.32.3',
        }),
        'create clusterrolebindings.rbac.authorization.k8s.io root',
      ),
    'Another client than the controller used the token of service account kube-system/vpc-resource-controller from 10.0.2.31':
      call(serviceAccount('kube-system', 'vpc-resource-controller'), 'list pods', { code: 403 }),
  },
  silent: {
    'the controller at work': call(controller(GARBAGE), 'delete pods shop/web'),
    'a controller that EKS runs beside the controller manager': call(
      { ...controller('vpc-resource-controller'), agent: 'controller/v0.0.0' },
      'patch nodes/status ip-10-0-1-17',
    ),
    'a person': call(alice, 'list secrets'),
    'a service account of that name in another namespace': call(serviceAccount('shop', GARBAGE), 'list secrets'),
  },
});
