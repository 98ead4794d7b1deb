import { isControlPlane } from '../../eks/identities.ts';
import { SYSTEM_NAMESPACES } from '../../eks/namespaces.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, controller, mallory, node, pipeline, type RequestParts } from '../../sdk/examples.ts';
import { CREATE_VERBS, isNew, said } from '../../sdk/phrases.ts';

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
    'Check which roles are bound to it: kubectl get clusterrolebindings,rolebindings -A -o wide | grep <name>. Then look for pods that run as it and for tokens minted for it. If it is not known, delete its bindings, then the account.',
  references: [
    'https://kubernetes.io/docs/concepts/security/service-accounts/',
    'https://attack.mitre.org/techniques/T1136/',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.persistence.create-admin-clusterrole/',
  ],
  related: ['falco:Service Account Created in Kube Namespace', 'sigma:kubernetes_audit_serviceaccount_creation'],
  audit: {
    level: 'metadata',
    verbs: CREATE_VERBS,
    resources: ['serviceaccounts'],
    actor: (actor: Actor) => !isControlPlane(actor),
  },
  find: (event) => event.object.group === '' && isNew(event) && SYSTEM_NAMESPACES.includes(event.object.namespace),
  entities: (_found, { object }) => ({ serviceAccount: `${object.namespace}/${object.name}` }),
  summary: (_found, event) => {
    const { namespace, name } = event.object;
    return said(event, 'create', `service account ${namespace}/${name || '(unnamed)'}`);
  },
});

const create = (by = alice, parts: Partial<RequestParts> = {}) =>
  audit({ verb: 'create', by, resource: 'serviceaccounts', namespace: 'kube-system', name: 'helper', ...parts });

export const examples = () => ({
  fires: {
    'alice created service account kube-system/helper': create(),
    'bob created service account kube-public/helper': create(bob, { namespace: 'kube-public' }),
    'deploy-pipeline created service account kube-system/eks-helper': create(pipeline(), {
      verb: 'patch',
      code: 201,
      name: 'eks-helper',
    }),
    'mallory was denied creating service account kube-system/helper': create(mallory, { code: 403 }),
  },
  silent: {
    'a token is no account': create(node(), { resource: 'serviceaccounts/token' }),
    'in a namespace of the team': create(alice, { namespace: 'kube-tools' }),
    'an account that is there already': create(alice, { verb: 'patch' }),
    'the controller that makes default ones': create(controller('service-account-controller'), { name: 'default' }),
  },
});
