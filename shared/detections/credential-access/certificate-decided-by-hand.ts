import { isUserOrWorkload } from '../../eks/identities.ts';
import { isSoftware } from '../../events/user-agent.ts';
import { DELETE_VERBS } from '../../kubernetes/verbs.ts';
import { decisionOf } from '../../sdk/certificate-requests.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, component, controller, human, mallory, node, serviceAccount } from '../../sdk/examples.ts';
import { said } from '../../sdk/phrases.ts';

const CSR = 'certificatesigningrequests';

export default defineDetection({
  id: 'certificate-decided-by-hand',
  title: 'Certificate signing request (CSR) approved, denied or deleted by hand',
  description:
    'Somebody other than the certificate controllers approved or denied a certificate signing request, put a certificate into one, or deleted one. An approval gives out a login that can’t be revoked. A deletion removes the trace of it.',
  tactic: 'credential-access',
  techniques: ['T1649'],
  impact: 70,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives:
    'Software in the cluster that approves the serving certificates of kubelets or of a mesh. With a client of its own it is raised as informational.',
  triage:
    'Find who made the request, and for which user and groups: kubectl get csr <name> -o yaml. If nobody can explain it, remove every binding of that user and of those groups, since a signed certificate stays valid until it expires.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/'],
  related: [
    'google:Credential Access: Manually Approved Kubernetes Certificate Signing Request (CSR)',
    'google:Credential Access: Failed Attempt to Approve Kubernetes Certificate Signing Request (CSR)',
    'google:Defense Evasion: Manually Deleted Certificate Signing Request (CSR)',
    'elastic:persistence_kubernetes_client_certificate_signing_request_created_or_approved',
  ],
  audit: {
    level: 'any',
    verbs: ['update', 'patch', ...DELETE_VERBS],
    resources: [CSR, `${CSR}/approval`, `${CSR}/status`],
    actor: isUserOrWorkload,
  },
  find: decisionOf,
  weight: (_decision, { actor, userAgent }) => (isSoftware(actor, userAgent) ? { confidence: 20 } : {}),
  entities: (_decision, { object }) => ({ certificateRequest: object.name }),
  summary: ({ done, what }, event) => said(event, done, what),
});

const WHOLE = 'certificatesigningrequests.certificates.k8s.io';
const decide = (by = alice, parts = {}) => call(by, `update ${WHOLE}/approval x`, parts);
const body = (type: string) => ({ request: { status: { conditions: [{ type, status: 'True' }] } } });

export const examples = () => ({
  fires: {
    'alice approved certificate request x': decide(alice, body('Approved')),
    'bob denied certificate request x': decide(bob, { verb: 'patch', ...body('Denied') }),
    'alice decided about certificate request x': decide(),
    'alice issued the certificate for request x': call(alice, `update ${WHOLE}/status x`),
    'alice deleted certificate request x': call(alice, `delete ${WHOLE} x`),
    'alice deleted all certificate requests': call(alice, `deletecollection ${WHOLE}`),
    'mallory was denied deciding about certificate request x': decide(mallory, { code: 403 }),
    'service account ops/app approved certificate request x': decide(serviceAccount('ops', 'app'), body('Approved')),
    'eks:certificate-controller decided about certificate request x': decide(human('eks:certificate-controller')),
  },
  silent: {
    'the approving controller': decide(controller('certificate-controller')),
    'the controller of EKS': decide({ ...component('eks'), user: { username: 'eks:certificate-controller' } }),
    'a label decides nothing': call(alice, `patch ${WHOLE} x`),
    'a dry run decides nothing': decide(alice, { query: 'dryRun=All' }),
    'a kubelet asks, and does not decide': call(node(), `create ${WHOLE} x`),
  },
});
