import { isControlPlane } from '../../eks/identities.ts';
import { principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { ADMISSION_RESOURCES, changesNothing, interestOf, isEmptied } from '../../sdk/admission.ts';
import { allowedToAutoMode, autoMode } from '../../sdk/aws-service-examples.ts';
import { audit, human, pipeline, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';
import { nameOfObject, whoDid } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'admission-webhook-changed',
  title: 'Admission webhook or policy changed',
  description:
    'A configuration that sees, changes or refuses what others write was created, changed or deleted. It can add a container to every pod, read every secret on its way in, or let through what a policy refused. One that sends what it sees out of the cluster, or takes everything in, weighs more. A configuration without webhooks is as good as deleted.',
  tactic: 'persistence',
  attack: ['T1546'],
  // Catalogue: 80×70 for all. Each chart with a webhook writes one on installation, so that weight is kept for what sees much.
  impact: 60,
  confidence: 60,
  type: 'TTP',
  stories: ['Kubernetes Persistence', 'Kubernetes Security'],
  falsePositives:
    'Installing or upgrading anything with a webhook of its own: cert-manager, policy engines, service meshes. A patch by which a workload renews certificates is silent.',
  triage:
    'Look at where the webhook leads, what it takes in and what it does on failure; then at the image behind its service.',
  references: [
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Malicious%20admission%20controller/',
    'https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/',
  ],
  answers: [
    'panther:k8s_admission_controller_created',
    'sigma:kubernetes_audit_change_admission_controller',
    'elastic:persistence_kubernetes_admission_webhook_created_or_modified',
    'defender:K8S_AdmissionController',
  ],
  needs: 'header or body',
  on: {
    verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    resources: ADMISSION_RESOURCES,
    outcomes: ['succeeded', 'denied'],
    actor: (actor) => !isControlPlane(actor),
  },
  match: (event) => !event.dryRun && event.object.group === 'admissionregistration.k8s.io' && !changesNothing(event),
  weight: (event) => {
    const doubt = event.outcome === 'denied' ? 20 : 0;
    if (event.verb.startsWith('delete') || isEmptied(event)) return { impact: 70, confidence: 50 - doubt };
    // Policy engines and cert-manager keep their own configuration up to date, whole object by whole object.
    if (event.actor.serviceAccount !== undefined && event.verb !== 'create')
      return { impact: 60, confidence: 40 - doubt };
    const interest = interestOf(event);
    if (interest === 'outside') return { impact: 90, confidence: 70 - doubt };
    return interest === 'much' ? { impact: 80, confidence: 70 - doubt } : { confidence: 60 - doubt };
  },
  entities: ({ object, actor }) => ({ configuration: nameOfObject(object), principal: principalOf(actor) }),
  summary: (event) => {
    const deeds = deedsOf(event);
    const outside = interestOf(event) === 'outside' ? ', which leads out of the cluster' : '';
    return `${whoDid(event, ...deeds)} ${nameOfObject(event.object)}${outside}`;
  },
});

const deedsOf = (event: AuditEvent): [done: string, toDo: string] => {
  if (event.verb.startsWith('delete')) return ['deleted', 'delete'];
  return isEmptied(event) ? ['emptied', 'empty'] : ['wrote', 'write'];
};

const webhook = (clientConfig: object, resources: readonly string[] = ['pods'], apiGroups = ['']) => ({
  webhooks: [{ name: 'hook.example.com', clientConfig, rules: [{ apiGroups, resources, operations: ['CREATE'] }] }],
});
const write = (by = human(), body: object | undefined, parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  audit({
    verb: 'create',
    by,
    resource: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    name: 'hook',
    ...(body && { request: body as never }),
    ...parts,
  });
const patch = (by: ReturnType<typeof human>, body: unknown, parts: Partial<Parameters<typeof audit>[0]> = {}) =>
  write(by, body as object, {
    verb: 'patch',
    resource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
    name: 'deny',
    ...parts,
  });
const injector = /* @__PURE__ */ serviceAccount('cert-manager', 'cert-manager-cainjector');
const renewed = [{ name: 'hook', clientConfig: { caBundle: 'LS0t' } }];
const inside = { service: { namespace: 'shop', name: 'hook' } };

export const examples = () => ({
  fires: {
    'alice wrote mutatingwebhookconfiguration hook': write(human(), webhook(inside)),
    'bob wrote mutatingwebhookconfiguration hook, which leads out of the cluster': write(
      human('bob'),
      webhook({ url: 'https://evil.example.com/x.svc/' }, ['*']),
    ),
    'carol wrote mutatingwebhookconfiguration eks-hook': write(human('carol'), webhook(inside, ['*/*'], ['*']), {
      name: 'eks-hook',
    }),
    'dave deleted validatingadmissionpolicybinding deny-privileged': write(human('dave'), undefined, {
      verb: 'delete',
      resource: 'validatingadmissionpolicybindings.admissionregistration.k8s.io',
      name: 'deny-privileged',
    }),
    // The certificate comes with a new address.
    'erin wrote mutatingwebhookconfiguration hook, which leads out of the cluster': write(
      human('erin'),
      { webhooks: [{ name: 'hook', clientConfig: { caBundle: 'LS0t', url: 'https://203.0.113.9/' } }] },
      { verb: 'patch' },
    ),
    'oscar deleted validatingwebhookconfiguration deny': patch(
      human('oscar'),
      { kind: 'DeleteOptions', apiVersion: 'admissionregistration.k8s.io/v1' },
      { verb: 'delete', query: 'dryRun=All' },
    ),
    'trent wrote validatingwebhookconfiguration deny': patch(human('trent'), [{ op: 'remove', path: '/webhooks/0' }]),
    'peggy emptied validatingwebhookconfiguration deny': patch(
      human('peggy'),
      [
        { op: 'test', path: '/webhooks/0/name', value: 'deny' },
        { op: 'remove', path: '/webhooks/0' },
      ],
      { response: { kind: 'ValidatingWebhookConfiguration', metadata: { name: 'deny' } } },
    ),
    'service account cert-manager/cert-manager-cainjector emptied validatingwebhookconfiguration deny': patch(
      injector,
      {
        webhooks: null,
      },
    ),
    // A certificate that nobody holds the key of breaks the webhook.
    'walter wrote validatingwebhookconfiguration deny': patch(human('walter'), { webhooks: renewed }),
    'mallory was refused to write mutatingwebhookconfiguration hook': write(human('mallory'), undefined, { code: 403 }),
  },
  silent: {
    'cert-manager renews the certificates': write(
      injector,
      { metadata: { labels: {} }, webhooks: renewed },
      { verb: 'patch' },
    ),
    'Auto Mode installs its webhook': write(autoMode(), webhook(inside), {
      name: 'eks-load-balancing-webhook',
      ...allowedToAutoMode('AmazonEKSLoadBalancingClusterPolicy'),
    }),
    'a workload renews its own by a JSON patch': patch(serviceAccount('ingress', 'webhook-certgen'), [
      { op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: 'LS0t' },
    ]),
    'a chart is upgraded and its labels change': write(
      pipeline(),
      { metadata: { labels: { 'helm.sh/chart': 'hook-2' } } },
      { verb: 'patch' },
    ),
    'a dry run changes nothing': write(human(), webhook(inside), { query: 'dryRun=All' }),
    'a custom resource of that name': write(human(), webhook(inside), {
      resource: 'mutatingwebhookconfigurations.example.com',
    }),
  },
});
