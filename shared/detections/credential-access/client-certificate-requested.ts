import { isHumanOrUnproven } from '../../eks/identities.ts';
import { asksForPower, isForClient } from '../../sdk/certificate-requests.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, bob, carol, mallory, node, type RequestParts, serviceAccount } from '../../sdk/examples.ts';
import { isNew, said } from '../../sdk/phrases.ts';

export default defineDetection({
  id: 'client-certificate-requested',
  title: 'Client certificate requested (CSR)',
  description:
    'Somebody asked the cluster to sign a client certificate. It carries a user name and groups of the requester’s choice, can’t be revoked, and needs no AWS credentials. EKS does not sign for its own API server, so this is an attempt by somebody who does not know that, or a request to a signer that does.',
  tactic: 'credential-access',
  techniques: ['T1649'],
  impact: 70,
  confidence: 60,
  denied: { confidence: 40 },
  type: 'TTP',
  falsePositives:
    'Rare on EKS, where client certificates don’t work. Signers of other software, such as a service mesh, are left out.',
  triage:
    'See which user and groups were asked for, and whether somebody approved it: kubectl get csr <name> -o jsonpath="{.spec.request}" | base64 -d | openssl req -noout -subject. Then delete it: kubectl delete csr <name>.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.persistence.create-client-certificate/',
  ],
  related: [
    'panther:k8s_client_certificate_created',
    'google:Privilege Escalation: Create Kubernetes CSR for master cert',
    'elastic:persistence_kubernetes_client_certificate_signing_request_created_or_approved',
  ],
  audit: {
    level: 'any',
    verbs: ['create', 'update', 'patch'],
    resources: ['certificatesigningrequests'],
    actor: isHumanOrUnproven,
  },
  // Where no body is logged, any signer counts.
  find: (event) => isNew(event) && (event.body === undefined || isForClient(event.body)),
  weight: (_found, { body }) => (asksForPower(body) ? { impact: 90 } : {}),
  summary: (_found, event) => said(event, 'request', 'a client certificate'),
});

const csr = (spec: { signerName?: string; usages?: string[]; request?: string }, parts: Partial<RequestParts> = {}) =>
  audit({
    verb: 'create',
    by: alice,
    resource: 'certificatesigningrequests.certificates.k8s.io',
    name: 'x',
    request: { kind: 'CertificateSigningRequest', spec },
    ...parts,
  });

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const pem = (subject: string) =>
  base64(`-----BEGIN CERTIFICATE REQUEST-----\n${base64(`0\x82\x01${subject}`)}\n-----END`);
const SIGNER = 'kubernetes.io/kube-apiserver-client';

export const examples = () => ({
  fires: {
    'alice requested a client certificate': csr({
      signerName: SIGNER,
      usages: ['client auth'],
      request: pem('system:masters'),
    }),
    'bob requested a client certificate': csr({ usages: ['digital signature', 'client auth'] }, { by: bob }),
    'service account shop/web requested a client certificate': audit({
      verb: 'create',
      by: serviceAccount('shop', 'web'),
      resource: 'certificatesigningrequests.certificates.k8s.io',
      level: 'Metadata',
    }),
    'carol requested a client certificate': csr(
      { signerName: `${SIGNER}-kubelet` },
      { by: carol, verb: 'patch', code: 201 },
    ),
    'mallory was denied requesting a client certificate': csr({}, { by: mallory, code: 403 }),
  },
  silent: {
    'a kubelet asks for its serving certificate': csr({ signerName: 'kubernetes.io/kubelet-serving' }, { by: node() }),
    'a label on a request that is there': csr({ signerName: SIGNER }, { verb: 'patch', code: 200 }),
    'a mesh asks its own signer': csr({ signerName: 'mesh.example.com/workload', usages: ['client auth'] }),
    'a serving certificate of EKS': csr({ signerName: 'beta.eks.amazonaws.com/app-serving', usages: ['server auth'] }),
    'a dry run asks for nothing': csr({ usages: ['client auth'] }, { query: 'dryRun=All' }),
    'a resource of cert-manager that sounds alike': audit({
      verb: 'create',
      by: alice,
      resource: 'certificaterequests.cert-manager.io',
      namespace: 'shop',
    }),
  },
});
