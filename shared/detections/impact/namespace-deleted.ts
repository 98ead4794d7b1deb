import { isControlPlane } from '../../eks/identities.ts';
import type { Actor } from '../../events/event.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { controller, denied, mallory, oscar, type RequestParts, remove } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'namespace-deleted',
  title: 'Namespace deleted',
  description:
    'A namespace was deleted, and with it every workload, Secret and volume claim inside. The deletion cannot be stopped once it has begun.',
  tactic: 'impact',
  techniques: ['T1485'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives:
    'Preview environments that are made for a branch and deleted with it. Suppress the names of their namespaces.',
  triage:
    'Ask the principal. When it was not meant, revoke the credentials of the principal first, then restore the namespace from backup. See what is left: kubectl get all,pvc -n <namespace>.',
  references: [
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
    'https://attack.mitre.org/techniques/T1485/',
  ],
  related: ['falco:K8s Namespace Deleted'],
  audit: {
    level: 'metadata',
    verbs: ['delete'],
    resources: ['namespaces'],
    actor: (actor: Actor) => !isControlPlane(actor),
  },
  find: ({ object }) => object.group === '' && { namespace: object.name || object.namespace },
  entities: (found) => found,
  summary: ({ namespace }, event) => said(event, 'delete', `namespace ${namespace}`),
});

const removeShop = (parts: Partial<RequestParts> = {}) =>
  remove('namespaces', { namespace: 'shop', name: 'shop', ...parts });

export const examples = () => ({
  fires: {
    'alice deleted namespace shop': removeShop(),
    // The query says so, the body does not, and the API server reads the body.
    'oscar deleted namespace shop': removeShop({
      by: oscar,
      query: 'dryRun=All',
      request: { kind: 'DeleteOptions', apiVersion: 'v1' },
    }),
    'mallory was denied deleting namespace kube-system': removeShop({ ...denied(mallory), name: 'kube-system' }),
  },
  silent: {
    'the controller finishes it': removeShop({
      by: controller('namespace-controller'),
      verb: 'update',
      resource: 'namespaces/finalize',
    }),
    'an object in it': removeShop({ resource: 'configmaps', name: 'settings' }),
    'a custom resource of that name': removeShop({ resource: 'namespaces.example.com' }),
    'a dry run changes nothing': [
      removeShop({ query: 'dryRun=All', level: 'RequestResponse' }),
      removeShop({ request: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] } }),
    ],
  },
});
