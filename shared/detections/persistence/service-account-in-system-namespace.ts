import { SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, mallory, node, pipeline } from '../../sdk/examples.ts';
import { CREATE_VERBS, isNew, said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';

export default defineDetection({
  id: 'service-account-in-system-namespace',
  title: 'Service account created in a system namespace (kube-system)',
  description:
    'Somebody created a service account in kube-system or another namespace of Kubernetes. Dozens of controllers have one there, so an account that an attacker uses later is not noticed.',
  tactic: 'persistence',
  techniques: ['T1136'],
  impact: 60,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'The installation of cluster add-ons, many of which want kube-system: autoscalers, load balancer controllers, drivers.',
  triage:
    'Check which roles are bound to it: kubectl get clusterrolebindings,rolebindings -A -o wide | grep <name>. Then look for pods that run as it and for tokens minted for it. If it is not known, delete its bindings, then the account: kubectl -n kube-system delete serviceaccount <name>.',
  references: [
    'https://kubernetes.io/docs/concepts/security/service-accounts/',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.persistence.create-admin-clusterrole/',
  ],
  related: ['falco:Service Account Created in Kube Namespace', 'sigma:kubernetes_audit_serviceaccount_creation'],
  audit: { level: 'metadata', verbs: CREATE_VERBS, resources: ['serviceaccounts'], actor: isNotControlPlane },
  find: (event) => event.object.group === '' && isNew(event) && SYSTEM_NAMESPACES.includes(event.object.namespace),
  entities: (_found, { object }) => ({ serviceAccount: `${object.namespace}/${object.name}` }),
  summary: (_found, event) => {
    const { namespace, name } = event.object;
    return said(event, 'create', `service account ${namespace}/${name || '(unnamed)'}`);
  },
});

const ACCOUNT = 'serviceaccounts kube-system/helper';

export const examples = () => ({
  fires: {
    'alice created service account kube-system/eks-helper': call(
      alice,
      'create serviceaccounts kube-system/eks-helper',
    ),
    'alice created service account kube-public/(unnamed)': call(alice, 'create serviceaccounts kube-public/'),
    'deploy-pipeline created service account kube-system/helper': call(pipeline(), `patch ${ACCOUNT}`, { code: 201 }),
    'mallory was denied creating service account kube-system/helper': call(mallory, `create ${ACCOUNT}`, { code: 403 }),
  },
  silent: {
    'a token is no account': call(node(), 'create serviceaccounts/token kube-system/helper'),
    'in a namespace of the team': call(alice, 'create serviceaccounts kube-tools/helper'),
    'an account that is there already': call(alice, `patch ${ACCOUNT}`),
    'a controller makes default ones': call(controller('service-account-controller'), `create ${ACCOUNT}`),
    'a custom resource of that name': call(alice, 'create serviceaccounts.example.com kube-system/helper'),
  },
});
