import { isControlPlane } from '../../eks/identities.ts';
import { SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import { principalOf } from '../../events/actor.ts';
import { audit, controller, human, node, pipeline } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { CREATE_VERBS, isNew, whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'service-account-in-system-namespace',
  title: 'Service account created in a system namespace',
  description:
    'Somebody created a service account in kube-system or another namespace of Kubernetes’ own. Among dozens of controllers one more name is not noticed.',
  tactic: 'persistence',
  attack: ['T1136'],
  impact: 60,
  confidence: 60,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'The installation of cluster add-ons, many of which want kube-system: autoscalers, load balancer controllers, drivers.',
  triage: 'See what is bound to it, and whether anything runs as it.',
  references: [
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.persistence.create-admin-clusterrole/',
    'https://kubernetes.io/docs/concepts/security/service-accounts/',
  ],
  answers: ['falco:Service Account Created in Kube Namespace', 'sigma:kubernetes_audit_serviceaccount_creation'],
  needs: 'header',
  on: {
    verbs: CREATE_VERBS,
    resources: ['serviceaccounts'],
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: (event) =>
    !event.dryRun && event.object.group === '' && isNew(event) && SYSTEM_NAMESPACES.includes(event.object.namespace),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 40 } : {}),
  entities: ({ object, actor }) => ({
    serviceAccount: `${object.namespace}/${object.name}`,
    principal: principalOf(actor),
  }),
  summary: (event) => {
    const { namespace, name } = event.object;
    return `${whoDid(event, 'created', 'create')} service account ${namespace}/${name || '(unnamed)'}`;
  },
});

const create = (by = human(), parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({ verb: 'create', by, resource: 'serviceaccounts', namespace: 'kube-system', name: 'helper', ...parts });

export const examples = () => ({
  fires: {
    'alice created service account kube-system/helper': create(),
    'bob created service account kube-public/helper': create(human('bob'), { namespace: 'kube-public' }),
    'deploy-pipeline created service account kube-system/eks-helper': create(pipeline(), {
      verb: 'patch',
      code: 201,
      name: 'eks-helper',
    }),
    'mallory was refused to create service account kube-system/helper': create(human('mallory'), { code: 403 }),
  },
  silent: {
    'a token is no account': create(node(), { resource: 'serviceaccounts/token' }),
    'in a namespace of the team': create(human(), { namespace: 'kube-tools' }),
    'an account that is there already': create(human(), { verb: 'patch' }),
    'the controller that makes default ones': create(controller('service-account-controller'), { name: 'default' }),
  },
});
