import { defineDetection } from '../../sdk/detection.ts';
import { alice, call, controller, mallory, oscar } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';

export default defineDetection({
  id: 'namespace-deleted',
  title: 'Namespace deleted',
  description:
    'Somebody deleted a namespace, and with it every workload, Secret and volume claim inside. Once it has begun, the deletion cannot be stopped.',
  tactic: 'impact',
  techniques: ['T1485'],
  impact: 50,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'Hunting',
  stories: ['Kubernetes Impact', 'Kubernetes Security'],
  falsePositives: 'Preview environments that are made for a branch and deleted with it. Suppress their namespaces.',
  triage:
    'Ask the principal whether this was planned. See what is left: kubectl get all,pvc -n <namespace>. If it was not planned, revoke the credentials of the principal first, then restore the namespace from a backup.',
  references: [
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
    'https://attack.mitre.org/techniques/T1485/',
  ],
  related: ['falco:K8s Namespace Deleted'],
  audit: {
    level: 'metadata',
    verbs: ['delete'],
    resources: ['namespaces'],
    actor: isNotControlPlane,
  },
  find: ({ object }) => object.group === '' && { namespace: object.name || object.namespace },
  entities: (found) => found,
  summary: ({ namespace }, event) => said(event, 'delete', `namespace ${namespace}`),
});

const removes = (by = alice, parts = {}) => call(by, 'delete namespaces shop/shop', parts);

export const examples = () => ({
  fires: {
    'alice deleted namespace shop': removes(),
    // With options in the body, the API server ignores the query.
    'oscar deleted namespace shop': removes(oscar, { query: 'dryRun=All', request: { kind: 'DeleteOptions' } }),
    'mallory was denied deleting namespace kube-system': call(mallory, 'delete namespaces kube-system', { code: 403 }),
  },
  silent: {
    'the controller finishes it': call(controller('namespace-controller'), 'update namespaces/finalize shop/shop'),
    'the controller takes it away': removes(controller('namespace-controller')),
    'an object in it': call(alice, 'delete configmaps shop/settings'),
    'a custom resource of that name': removes(alice, { resource: 'namespaces.example.com' }),
    'a dry run changes nothing': [
      removes(alice, { query: 'dryRun=All', level: 'RequestResponse' }),
      removes(alice, { request: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] } }),
    ],
  },
});
