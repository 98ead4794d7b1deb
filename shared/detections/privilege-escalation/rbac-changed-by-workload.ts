import { isControlPlane } from '../../eks/identities.ts';
import { nameOf } from '../../events/actor.ts';
import { WRITE_VERBS } from '../../kubernetes/workload.ts';
import { audit, controller, human, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { BINDINGS, RBAC_GROUP, ROLES } from '../../sdk/rbac.ts';

export default defineDetection({
  id: 'rbac-changed-by-workload',
  title: 'Roles or bindings written by a workload',
  description:
    'A service account that is none of Kubernetes’ own controllers wrote a role or a binding, and has not done so on any of the last 30 days. Who runs code in such a pod can give themselves what they like.',
  tactic: 'privilege-escalation',
  attack: ['T1098.006'],
  impact: 80,
  confidence: 70,
  type: 'Anomaly',
  stories: ['Kubernetes Privilege Escalation', 'Kubernetes Security'],
  falsePositives: 'A GitOps controller or an operator at its first installation; from then on it is known.',
  triage:
    'Read what was written, then how the pod came to do it: its image, who exec’d into it, from where its token was used.',
  references: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/'],
  answers: ['elastic:privilege_escalation_service_account_rbac_write_operation'],
  needs: 'header',
  on: {
    verbs: WRITE_VERBS,
    resources: [...ROLES, ...BINDINGS],
    outcomes: ['succeeded'],
    actor: (actor) => actor.serviceAccount !== undefined && !isControlPlane(actor),
  },
  options: { lookbackDays: [30, 'days without such a request after which the service account counts as new again'] },
  match: (event) => !event.dryRun && event.object.group === RBAC_GROUP,
  // First-seen and not stateless: a GitOps controller does this all day, and an alert that is always there is none.
  state: { kind: 'first-seen', lookback: (options) => options.lookbackDays },
  entities: ({ actor, object }) => ({
    serviceAccount: `${actor.serviceAccount?.namespace}/${actor.serviceAccount?.name}`,
    resource: object.resource,
  }),
  summary: (event) => {
    const { resource, namespace, name } = event.object;
    const where = namespace === '' ? '' : `${namespace}/`;
    return `${nameOf(event.actor, event.impersonated)} wrote ${resource.slice(0, -1)} ${where}${name || '(unnamed)'}`;
  },
});

const bind = (by = serviceAccount('shop', 'api'), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({
    verb: 'create',
    by,
    resource: 'rolebindings.rbac.authorization.k8s.io',
    namespace: 'shop',
    name: 'grant',
    ...parts,
  });

export const examples = () => ({
  fires: {
    'service account shop/api wrote rolebinding shop/grant': bind(),
    'service account kube-system/replicaset-controller-2 wrote rolebinding shop/grant': bind(
      controller('replicaset-controller-2'),
    ),
    'service account shop/api wrote clusterrole reader': bind(serviceAccount('shop', 'api'), {
      verb: 'patch',
      resource: 'clusterroles.rbac.authorization.k8s.io',
      namespace: '',
      name: 'reader',
    }),
  },
  silent: {
    'a person does': bind(human()),
    'the controllers do': bind(controller('clusterrole-aggregation-controller')),
    'a refused attempt changed nothing': bind(serviceAccount('shop', 'api'), { code: 403 }),
    'a review is no change': audit({
      verb: 'create',
      by: serviceAccount('shop', 'api'),
      resource: 'subjectaccessreviews.authorization.k8s.io',
    }),
    'a custom resource of that name': bind(serviceAccount('shop', 'api'), { resource: 'roles.example.com' }),
  },
});
