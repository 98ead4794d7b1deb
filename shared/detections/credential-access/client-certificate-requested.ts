import { isHumanOrUnproven } from '../../eks/identities.ts';
import { WRITE_VERBS } from '../../kubernetes/verbs.ts';
import { asksForPower, isForClient } from '../../sdk/certificate-requests.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, bob, call, carol, mallory, node, serviceAccount } from '../../sdk/examples.ts';
import { isNew, said } from '../../sdk/phrases.ts';

const CSR = 'certificatesigningrequests';

export default defineDetection({
  id: 'client-certificate-requested',
  title: 'Client certificate requested (CSR)',
  description:
    'Somebody asked the cluster to sign a client certificate. It carries a user name and groups of the requester’s choice, can’t be revoked, and needs no AWS credentials. EKS signs no certificates for its own API server. So the caller does not know that, or uses a signer of other software that does sign them.',
  tactic: 'credential-access',
  techniques: ['T1649'],
  impact: 70,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  falsePositives:
    'Rare on EKS, where client certificates don’t work. Other signers, such as a service mesh, are left out.',
  triage:
    'See which user and groups were asked for, and whether somebody approved it: kubectl get csr <name> -o jsonpath="{.spec.request}" | base64 -d | openssl req -noout -subject. Then delete it: kubectl delete csr <name>.',
  references: ['https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/'],
  related: [
    'panther:k8s_client_certificate_created',
    'google:Privilege Escalation: Create Kubernetes CSR for master cert',
    'elastic:persistence_kubernetes_client_certificate_signing_request_created_or_approved',
  ],
  audit: { level: 'any', verbs: WRITE_VERBS, resources: [CSR], actor: isHumanOrUnproven },
  // Where no body is logged, any signer counts.
  find: (event) => isNew(event) && (event.body === undefined || isForClient(event.body)),
  weight: (_found, { body }) => (asksForPower(body) ? { impact: 90 } : {}),
  summary: (_found, event) => said(event, 'request', 'a client certificate'),
});

const CREATE = 'create certificatesigningrequests.certificates.k8s.io x';
const SIGNER = 'kubernetes.io/kube-apiserver-client';
const csr = (by = alice, spec = {}, parts = {}) => call(by, CREATE, { request: { spec }, ...parts });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const pem = (subject: string) => base64(`-----BEGIN CERTIFICATE REQUEST-----\n${base64(`0\x01${subject}`)}\n-----END`);

export const examples = () => ({
  fires: {
    'alice requested a client certificate': csr(alice, { signerName: SIGNER, request: pem('system:masters') }),
    'bob requested a client certificate': csr(bob, { signerName: `${SIGNER}-kubelet` }, { verb: 'patch', code: 201 }),
    'service account shop/web requested a client certificate': call(serviceAccount('shop', 'web'), CREATE),
    'carol requested a client certificate': csr(carol, { usages: ['digital signature', 'client auth'] }),
    'mallory was denied requesting a client certificate': csr(mallory, {}, { code: 403 }),
  },
  silent: {
    'a kubelet renews its own certificate': csr(node(), { signerName: `${SIGNER}-kubelet` }),
    'a label on a request that is there': csr(alice, { signerName: SIGNER }, { verb: 'patch', code: 200 }),
    'a mesh asks its own signer': csr(alice, { signerName: 'mesh.example.com/workload', usages: ['client auth'] }),
    'a serving certificate of EKS': csr(alice, { signerName: 'beta.eks.amazonaws.com/app-serving' }),
    'a serving certificate before v1': csr(alice, { usages: ['server auth'] }),
    'a dry run asks for nothing': csr(alice, { usages: ['client auth'] }, { query: 'dryRun=All' }),
    'a resource of cert-manager that sounds alike': call(alice, 'create certificaterequests.cert-manager.io shop/'),
  },
});
