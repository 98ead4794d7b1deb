import type { AuditEvent } from '../../events/event.ts';
import { CHANGE_VERBS } from '../../kubernetes/verbs.ts';
import type { Json } from '../../primitives/json.ts';
import { ADMISSION_RESOURCES, changesNothing, interestOf, isEmptied } from '../../sdk/admission.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, allowedToAutoMode, autoMode, bob, call, mallory, serviceAccount, webhook } from '../../sdk/examples.ts';
import { nameOfObject, said } from '../../sdk/phrases.ts';
import { isNotControlPlane } from '../../sdk/selections.ts';

const deedOf = (event: AuditEvent): 'delete' | 'empty' | 'write' => {
  if (event.verb.startsWith('delete')) return 'delete';
  return isEmptied(event) ? 'empty' : 'write';
};

/** Each chart with a webhook writes one on installation, so most weight is kept for what sees much. */
const weightOf = (event: AuditEvent) => {
  if (deedOf(event) !== 'write') return { impact: 70, confidence: 50 };
  // Policy engines and cert-manager keep their own configuration up to date, whole object by whole object.
  if (event.actor.serviceAccount !== undefined && event.verb !== 'create') return { impact: 60, confidence: 40 };
  return {
    outside: { impact: 90, confidence: 70 },
    much: { impact: 80, confidence: 70 },
    some: { impact: 60, confidence: 60 },
  }[interestOf(event)];
};

export default defineDetection({
  id: 'admission-webhook-changed',
  title: 'Admission webhook or policy changed',
  description:
    'An admission configuration was created, changed or deleted. It can add a container to every pod, read every secret that is written, or let through what a policy denied. One that sends requests out of the cluster, or takes in all of them, weighs more. Removing all webhooks of a configuration weighs as much as deleting it.',
  tactic: 'persistence',
  techniques: ['T1546'],
  impact: 60,
  confidence: 60,
  denied: { confidence: 50 },
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'Installing or upgrading anything with a webhook of its own: cert-manager, policy engines, service meshes. A patch by which a workload renews certificates is silent.',
  triage:
    'Read which Service or URL the webhook calls, which requests it takes in and its failurePolicy: kubectl get <configuration> -o yaml. Then check the image of that Service’s pods. If nobody knows the configuration: kubectl delete <kind> <name>. Restore one that was removed.',
  references: [
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Malicious%20admission%20controller/',
    'https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/',
  ],
  related: [
    'panther:k8s_admission_controller_created',
    'sigma:kubernetes_audit_change_admission_controller',
    'elastic:persistence_kubernetes_admission_webhook_created_or_modified',
    'defender:K8S_AdmissionController',
  ],
  audit: { level: 'any', verbs: CHANGE_VERBS, resources: ADMISSION_RESOURCES, actor: isNotControlPlane },
  find: (event) => event.object.group === 'admissionregistration.k8s.io' && !changesNothing(event),
  weight: (_found, event) => {
    const { impact, confidence } = weightOf(event);
    return { impact, confidence: event.outcome === 'denied' ? confidence - 20 : confidence };
  },
  entities: (_found, { object }) => ({ configuration: nameOfObject(object) }),
  summary: (_found, event) => {
    const outside = interestOf(event) === 'outside' ? ', which leads out of the cluster' : '';
    return said(event, deedOf(event), `${nameOfObject(event.object)}${outside}`);
  },
});

const create = (by = alice, request: Json, parts = {}) =>
  call(by, 'create mutatingwebhookconfigurations.admissionregistration.k8s.io hook', { request, ...parts });
const patch = (by = alice, request: Json, parts = {}) =>
  call(by, 'patch validatingwebhookconfigurations.admissionregistration.k8s.io deny', { request, ...parts });
const POLICY = 'validatingadmissionpolicybindings.admissionregistration.k8s.io deny-privileged';
const hook = /* @__PURE__ */ webhook({ service: { namespace: 'shop', name: 'hook' } });
const outside = /* @__PURE__ */ webhook({ url: 'https://evil.example.com/x.svc/' }, ['*']);
const all = /* @__PURE__ */ webhook({ service: { namespace: 'shop', name: 'hook' } }, ['*/*'], ['*']);
const injector = /* @__PURE__ */ serviceAccount('pki', 'injector');
const renewed = [{ name: 'hook', clientConfig: { caBundle: 'LS0t' } }];
const moved = [{ name: 'hook', clientConfig: { caBundle: 'LS0t', url: 'https://203.0.113.9/' } }];
const renewal = { op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: 'LS0t' };
const removal = { op: 'remove', path: '/webhooks/0' };
const emptied = { response: { kind: 'ValidatingWebhookConfiguration', metadata: { name: 'deny' } } };
const options = { kind: 'DeleteOptions', apiVersion: 'admissionregistration.k8s.io/v1' };

export const examples = () => ({
  fires: {
    'alice wrote mutatingwebhookconfiguration hook': create(alice, hook),
    'alice wrote mutatingwebhookconfiguration hook, which leads out of the cluster': create(alice, outside),
    'alice wrote mutatingwebhookconfiguration eks-hook': create(alice, all, { name: 'eks-hook' }),
    'alice deleted validatingadmissionpolicybinding deny-privileged': call(alice, `delete ${POLICY}`),
    // The certificate comes with a new address.
    'bob wrote validatingwebhookconfiguration deny, which leads out of the cluster': patch(bob, { webhooks: moved }),
    // The server reads the options of a delete from its body, and then ignores the query.
    'bob deleted validatingwebhookconfiguration deny': patch(bob, options, { verb: 'delete', query: 'dryRun=All' }),
    'alice wrote validatingwebhookconfiguration deny': patch(alice, [removal]),
    'alice emptied validatingwebhookconfiguration deny': patch(alice, [{ ...removal, op: 'test' }, removal], emptied),
    'service account pki/injector emptied validatingwebhookconfiguration deny': patch(injector, { webhooks: null }),
    // An authority that did not sign the server's certificate breaks the webhook.
    'bob wrote validatingwebhookconfiguration deny': patch(bob, { webhooks: renewed }),
    'mallory was denied writing mutatingwebhookconfiguration hook': create(mallory, hook, { code: 403 }),
  },
  silent: {
    'cert-manager renews the certificates': patch(injector, { metadata: { labels: {} }, webhooks: renewed }),
    'Auto Mode installs its webhook': create(autoMode(), hook, {
      name: 'eks-load-balancing-webhook',
      ...allowedToAutoMode('AmazonEKSLoadBalancingClusterPolicy'),
    }),
    'a workload renews its own by a JSON patch': patch(injector, [renewal]),
    'a chart is upgraded and its labels change': patch(alice, { metadata: { labels: { 'helm.sh/chart': 'hook-2' } } }),
    'a dry run changes nothing': create(alice, hook, { query: 'dryRun=All' }),
    'a custom resource of that name': call(alice, 'create mutatingwebhookconfigurations.example.com hook'),
  },
});
