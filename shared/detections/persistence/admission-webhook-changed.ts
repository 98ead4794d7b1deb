import { isControlPlane } from '../../eks/identities.ts';
import type { Actor, AuditEvent } from '../../events/event.ts';
import { ADMISSION_RESOURCES, changesNothing, interestOf, isEmptied } from '../../sdk/admission.ts';
import { defineDetection, type Weight } from '../../sdk/detection.ts';
import {
  alice,
  allowedToAutoMode,
  autoMode,
  bob,
  carol,
  dave,
  erin,
  human,
  injector,
  mallory,
  oscar,
  patchHook,
  pipeline,
  renewed,
  serviceAccount,
  webhook,
  writeHook,
} from '../../sdk/examples.ts';
import { nameOfObject, said } from '../../sdk/phrases.ts';

/** Each chart with a webhook writes one on installation, so most weight is kept for what sees much. */
const weightOf = (event: AuditEvent): Required<Weight> => {
  if (event.verb.startsWith('delete') || isEmptied(event)) return { impact: 70, confidence: 50 };
  // Policy engines and cert-manager keep their own configuration up to date, whole object by whole object.
  if (event.actor.serviceAccount !== undefined && event.verb !== 'create') return { impact: 60, confidence: 40 };
  return {
    outside: { impact: 90, confidence: 70 },
    much: { impact: 80, confidence: 70 },
    some: { impact: 60, confidence: 60 },
  }[interestOf(event)];
};

const deedOf = (event: AuditEvent): 'delete' | 'empty' | 'write' => {
  if (event.verb.startsWith('delete')) return 'delete';
  return isEmptied(event) ? 'empty' : 'write';
};

export default defineDetection({
  id: 'admission-webhook-changed',
  title: 'Admission webhook or policy changed',
  description:
    'An admission configuration was created, changed or deleted. It can add a container to every pod, read every secret that is written, or let through what a policy denied. One that sends requests out of the cluster, or takes in all of them, weighs more. A configuration without webhooks is as good as deleted.',
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
    'Read which Service or URL the webhook calls, which requests it takes in and its failurePolicy: kubectl get <configuration> -o yaml. Then check the image of that Service’s pods. Delete a configuration that nobody answers for, and restore one that was removed.',
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
  audit: {
    level: 'any',
    verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    resources: ADMISSION_RESOURCES,
    actor: (actor: Actor) => !isControlPlane(actor),
  },
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

const inside = { service: { namespace: 'shop', name: 'hook' } };

export const examples = () => ({
  fires: {
    'alice wrote mutatingwebhookconfiguration hook': writeHook(alice, webhook(inside)),
    'bob wrote mutatingwebhookconfiguration hook, which leads out of the cluster': writeHook(
      bob,
      webhook({ url: 'https://evil.example.com/x.svc/' }, ['*']),
    ),
    'carol wrote mutatingwebhookconfiguration eks-hook': writeHook(carol, webhook(inside, ['*/*'], ['*']), {
      name: 'eks-hook',
    }),
    'dave deleted validatingadmissionpolicybinding deny-privileged': writeHook(dave, undefined, {
      verb: 'delete',
      resource: 'validatingadmissionpolicybindings.admissionregistration.k8s.io',
      name: 'deny-privileged',
    }),
    // The certificate comes with a new address.
    'erin wrote mutatingwebhookconfiguration hook, which leads out of the cluster': writeHook(
      erin,
      { webhooks: [{ name: 'hook', clientConfig: { caBundle: 'LS0t', url: 'https://203.0.113.9/' } }] },
      { verb: 'patch' },
    ),
    'oscar deleted validatingwebhookconfiguration deny': patchHook(
      oscar,
      { kind: 'DeleteOptions', apiVersion: 'admissionregistration.k8s.io/v1' },
      { verb: 'delete', query: 'dryRun=All' },
    ),
    'trent wrote validatingwebhookconfiguration deny': patchHook(human('trent'), [
      { op: 'remove', path: '/webhooks/0' },
    ]),
    'peggy emptied validatingwebhookconfiguration deny': patchHook(
      human('peggy'),
      [
        { op: 'test', path: '/webhooks/0/name', value: 'deny' },
        { op: 'remove', path: '/webhooks/0' },
      ],
      { response: { kind: 'ValidatingWebhookConfiguration', metadata: { name: 'deny' } } },
    ),
    'service account cert-manager/cert-manager-cainjector emptied validatingwebhookconfiguration deny': patchHook(
      injector,
      { webhooks: null },
    ),
    // A certificate that nobody holds the key of breaks the webhook.
    'walter wrote validatingwebhookconfiguration deny': patchHook(human('walter'), { webhooks: renewed }),
    'mallory was denied writing mutatingwebhookconfiguration hook': writeHook(mallory, undefined, { code: 403 }),
  },
  silent: {
    'cert-manager renews the certificates': writeHook(
      injector,
      { metadata: { labels: {} }, webhooks: renewed },
      { verb: 'patch' },
    ),
    'Auto Mode installs its webhook': writeHook(autoMode(), webhook(inside), {
      name: 'eks-load-balancing-webhook',
      ...allowedToAutoMode('AmazonEKSLoadBalancingClusterPolicy'),
    }),
    'a workload renews its own by a JSON patch': patchHook(serviceAccount('ingress', 'webhook-certgen'), [
      { op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: 'LS0t' },
    ]),
    'a chart is upgraded and its labels change': writeHook(
      pipeline(),
      { metadata: { labels: { 'helm.sh/chart': 'hook-2' } } },
      { verb: 'patch' },
    ),
    'a dry run changes nothing': writeHook(alice, webhook(inside), { query: 'dryRun=All' }),
    'a custom resource of that name': writeHook(alice, webhook(inside), {
      resource: 'mutatingwebhookconfigurations.example.com',
    }),
  },
});
