import { isUserOrWorkload } from '../../eks/identities.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { decisionOf } from '../../sdk/certificate-requests.ts';
import { defineDetection } from '../../sdk/detection.ts';
import {
  alice,
  audit,
  bob,
  component,
  controller,
  human,
  mallory,
  node,
  patch,
  type RequestParts,
  remove,
  serviceAccount,
} from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

const CSR = 'certificatesigningrequests';

export default defineDetection({
  id: 'certificate-decided-by-hand',
  title: 'Certificate signing request (CSR) approved, denied or deleted by hand',
  description:
    'Somebody other than the certificate controllers approved or denied a certificate signing request, put a certificate into one, or deleted one. An approval gives out a login that can’t be revoked; a deletion removes the trace of it.',
  tactic: 'credential-access',
  techniques: ['T1649'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives:
    'An approver for serving certificates of kubelets or a mesh that runs in the cluster; what such software does with a client of its own is raised as informational.',
  triage:
    'Find who made the request of that name, and for which user and groups: kubectl get csr <name> -o yaml. When nobody can explain it, remove every binding of that user and those groups, since a signed certificate stays valid until it expires.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/',
    'https://cloud.google.com/security-command-center/docs/concepts-event-threat-detection-overview',
  ],
  related: [
    'google:Credential Access: Manually Approved Kubernetes Certificate Signing Request (CSR)',
    'google:Credential Access: Failed Attempt to Approve Kubernetes Certificate Signing Request (CSR)',
    'google:Defense Evasion: Manually Deleted Certificate Signing Request (CSR)',
    'elastic:persistence_kubernetes_client_certificate_signing_request_created_or_approved',
  ],
  audit: {
    level: 'any',
    verbs: ['update', 'patch', 'delete', 'deletecollection'],
    resources: [CSR, `${CSR}/approval`, `${CSR}/status`],
    actor: isUserOrWorkload,
  },
  find: decisionOf,
  weight: (_decision, { actor, userAgent }) => (isSoftware(actor, userAgent) ? { confidence: 20 } : {}),
  entities: (_decision, { object }) => ({ certificateRequest: object.name }),
  summary: (decision, event) => {
    const { name } = event.object;
    if (name === '') return said(event, decision, 'all certificate requests');
    const what = { issue: 'the certificate for request', decide: 'about certificate request' }[decision as string];
    return said(event, decision, `${what ?? 'certificate request'} ${name}`);
  },
});

const WHOLE = `${CSR}.certificates.k8s.io`;
const APPROVAL = `${WHOLE}/approval`;

type Parts = Partial<RequestParts>;

const decide = (type: string, parts: Parts = {}) =>
  patch(APPROVAL, { status: { conditions: [{ type, status: 'True' }] } }, { name: 'x', ...parts });

/** A record without a body. */
const decideUnread = (parts: Parts = {}) =>
  audit({ verb: 'update', by: alice, resource: APPROVAL, name: 'x', ...parts });

export const examples = () => ({
  fires: {
    'alice approved certificate request x': decide('Approved', { verb: 'update' }),
    'bob denied certificate request x': decide('Denied', { by: bob }),
    'alice decided about certificate request x': decideUnread(),
    'alice issued the certificate for request x': decideUnread({ resource: `${WHOLE}/status` }),
    'alice deleted certificate request x': remove(WHOLE, { name: 'x' }),
    'alice deleted all certificate requests': remove(WHOLE, { verb: 'deletecollection', name: '' }),
    'mallory was denied deciding about certificate request x': decideUnread({ by: mallory, code: 403 }),
    'service account ops/approver approved certificate request x': decide('Approved', {
      by: serviceAccount('ops', 'approver'),
    }),
    'eks:certificate-controller decided about certificate request x': decideUnread({
      by: human('eks:certificate-controller'),
    }),
  },
  silent: {
    'the approving controller': decideUnread({ by: controller('certificate-controller') }),
    'the controller of EKS': decideUnread({
      by: { ...component('eks'), user: { username: 'eks:certificate-controller' } },
    }),
    'a label decides nothing': decideUnread({ verb: 'patch', resource: WHOLE }),
    'a dry run decides nothing': decideUnread({ query: 'dryRun=All' }),
    'a kubelet asks, and does not decide': decideUnread({ by: node(), verb: 'create', resource: WHOLE }),
  },
});
