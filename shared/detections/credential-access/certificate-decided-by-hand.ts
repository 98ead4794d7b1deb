import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditHeader } from '../../events/event.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { audit, component, controller, human, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'certificate-decided-by-hand',
  title: 'Certificate signing request decided or deleted by hand',
  description:
    'Somebody other than the certificate controllers approved or denied a certificate signing request, put a certificate into one, or deleted one, which is how the trace of an approval disappears.',
  tactic: 'credential-access',
  attack: ['T1098'],
  impact: 70,
  confidence: 70,
  type: 'TTP',
  falsePositives:
    'An approver for serving certificates of kubelets or a mesh that runs in the cluster; what such software does with a client of its own is raised as informational.',
  triage: 'Find the request of the same name: who made it, and for which subject and groups.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/',
    'https://cloud.google.com/security-command-center/docs/concepts-event-threat-detection-overview',
  ],
  answers: [
    'google:Credential Access: Manually Approved Kubernetes Certificate Signing Request (CSR)',
    'google:Credential Access: Failed Attempt to Approve Kubernetes Certificate Signing Request (CSR)',
    'google:Defense Evasion: Manually Deleted Certificate Signing Request (CSR)',
    'elastic:persistence_kubernetes_client_certificate_signing_request_created_or_approved',
  ],
  needs: 'header',
  on: {
    verbs: ['update', 'patch', 'delete', 'deletecollection'],
    resources: [
      'certificatesigningrequests',
      'certificatesigningrequests/approval',
      'certificatesigningrequests/status',
    ],
    outcomes: ['succeeded', 'denied'],
    actor: isUserOrWorkload,
  },
  match: (event) => !event.dryRun && decisionOf(event) !== '',
  weight: (event) => {
    if (event.outcome === 'denied') return { confidence: 50 };
    return isSoftware(event.actor, event.userAgent) ? { confidence: 20 } : {};
  },
  entities: (event) => ({ principal: principalOf(event.actor), certificateRequest: event.object.name }),
  summary: (event) => {
    const did = `${event.outcome === 'denied' ? 'was refused to have ' : ''}${decisionOf(event)}`;
    const what = event.object.name === '' ? 'all certificate requests' : `certificate request ${event.object.name}`;
    return `${nameOf(event.actor, event.impersonated)} ${did} ${what}`;
  },
});

/** Labels and annotations of a request (update and patch of the object itself) decide nothing. */
const decisionOf = ({ verb, object }: AuditHeader): string => {
  if (object.subresource === 'approval') return 'decided';
  if (object.subresource === 'status') return 'issued';
  return verb.startsWith('delete') ? 'deleted' : '';
};

const decide = (parts: object) =>
  audit({
    verb: 'update',
    by: human(),
    resource: 'certificatesigningrequests.certificates.k8s.io/approval',
    name: 'x',
    ...parts,
  });
const WHOLE = 'certificatesigningrequests.certificates.k8s.io';

export const examples = () => ({
  fires: {
    'alice decided certificate request x': decide({}),
    'bob decided certificate request x': decide({ verb: 'patch', by: human('bob') }),
    'alice deleted certificate request x': decide({ verb: 'delete', resource: WHOLE }),
    'alice deleted all certificate requests': decide({ verb: 'deletecollection', resource: WHOLE, name: '' }),
    'mallory was refused to have decided certificate request x': decide({ by: human('mallory'), code: 403 }),
    'service account ops/approver decided certificate request x': decide({ by: serviceAccount('ops', 'approver') }),
    'eks:certificate-controller decided certificate request x': decide({ by: human('eks:certificate-controller') }),
  },
  silent: {
    'the approving controller': decide({ by: controller('certificate-controller') }),
    'the controller of EKS': decide({ by: { ...component('eks'), user: { username: 'eks:certificate-controller' } } }),
    'a label decides nothing': decide({ verb: 'patch', resource: WHOLE }),
    'a dry run decides nothing': decide({ query: 'dryRun=All' }),
    'a kubelet asks, and does not decide': decide({ by: node(), verb: 'create', resource: WHOLE }),
  },
});
