import { isHumanOrUnproven } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditEvent } from '../../events/event.ts';
import { textAt, textsAt } from '../../primitives/json.ts';
import { audit, human, node, serviceAccount } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

/** Signers of Kubernetes whose certificates the API server takes as a name. Source: Kubernetes, "Certificates and Certificate Signing Requests". */
const CLIENT_SIGNERS = new Set([
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/legacy-unknown',
]);

/** Names and groups that no request of a person should ask for, as they stand in a certificate request. */
const PRIVILEGED = /system:(?:masters|nodes?|kube-|serviceaccount|anonymous|monitoring)|eks:|cluster-admin/;

export default defineDetection({
  id: 'client-certificate-requested',
  title: 'Client certificate requested',
  description:
    'Somebody asked the cluster to sign a client certificate. Such a certificate carries a name and groups of the requester’s choice, can’t be revoked, and needs no AWS credentials. EKS refuses to sign for its own API server, so the request is an attempt by somebody who does not know that, or for a signer that does.',
  tactic: 'credential-access',
  attack: ['T1098', 'T1588.004'],
  impact: 70,
  confidence: 60,
  type: 'TTP',
  falsePositives:
    'Rare on EKS, where client certificates don’t work. Signers of other software, such as a service mesh, are left out.',
  triage: 'Decode `spec.request` to see which name and groups were asked for, and see whether somebody approved it.',
  references: [
    'https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/',
    'https://stratus-red-team.cloud/attack-techniques/kubernetes/k8s.persistence.create-client-certificate/',
  ],
  answers: [
    'panther:k8s_client_certificate_created',
    'google:Privilege Escalation: Create Kubernetes CSR for master cert',
    'elastic:persistence_kubernetes_client_certificate_signing_request_created_or_approved',
  ],
  needs: 'header or body',
  on: {
    verbs: ['create', 'update', 'patch'],
    resources: ['certificatesigningrequests'],
    outcomes: ['succeeded', 'denied'],
    actor: isHumanOrUnproven,
  },
  // Server-side apply and a PUT may create too, and answer 201 then.
  match: (event) =>
    !event.dryRun &&
    (event.verb === 'create' || event.code === 201) &&
    (event.body === undefined || isForClient(event)),
  weight: (event) => ({
    ...(PRIVILEGED.test(subjectOf(event)) && { impact: 90 }),
    ...(event.outcome === 'denied' && { confidence: 40 }),
  }),
  entities: (event) => ({ principal: principalOf(event.actor) }),
  summary: (event) => {
    const did = event.outcome === 'denied' ? 'was refused' : 'requested';
    return `${nameOf(event.actor, event.impersonated)} ${did} a client certificate`;
  },
});

/** `signerName` came with v1; before it, the usages alone told. */
const isForClient = ({ body }: AuditEvent): boolean => {
  const signer = textAt(body, 'spec', 'signerName');
  if (signer !== '') return CLIENT_SIGNERS.has(signer);
  const usages = textsAt(body, 'spec', 'usages');
  return usages.length === 0 || usages.includes('client auth');
};

/** The bytes of the request, in which its subject stands as plain text. */
const subjectOf = ({ body }: AuditEvent): string => {
  const pem = Buffer.from(textAt(body, 'spec', 'request').slice(0, LONGEST), 'base64').toString('latin1');
  return Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64').toString('latin1');
};

/** Characters of a request that are looked at; the subject stands at its beginning. */
const LONGEST = 16_384;

const csr = (spec: object, parts: object = {}) =>
  audit({
    verb: 'create',
    by: human(),
    resource: 'certificatesigningrequests.certificates.k8s.io',
    name: 'x',
    request: { kind: 'CertificateSigningRequest', spec: { ...spec } },
    ...parts,
  });

const pem = (subject: string) =>
  Buffer.from(
    `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(`0\x82\x01${subject}`, 'latin1').toString('base64')}\n-----END`,
  ).toString('base64');

export const examples = () => ({
  fires: {
    'alice requested a client certificate': csr({
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
      request: pem('system:masters'),
    }),
    'bob requested a client certificate': csr({ usages: ['digital signature', 'client auth'] }, { by: human('bob') }),
    'service account shop/web requested a client certificate': audit({
      verb: 'create',
      by: serviceAccount('shop', 'web'),
      resource: 'certificatesigningrequests.certificates.k8s.io',
      level: 'Metadata',
    }),
    'carol requested a client certificate': csr(
      { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' },
      { by: human('carol'), verb: 'patch', code: 201 },
    ),
    'mallory was refused a client certificate': csr({}, { by: human('mallory'), code: 403 }),
  },
  silent: {
    'a kubelet asks for its serving certificate': csr({ signerName: 'kubernetes.io/kubelet-serving' }, { by: node() }),
    'a label on a request that is there': csr(
      { signerName: 'kubernetes.io/kube-apiserver-client' },
      { verb: 'patch', code: 200 },
    ),
    'a mesh asks its own signer': csr({ signerName: 'mesh.example.com/workload', usages: ['client auth'] }),
    'a serving certificate of EKS': csr({ signerName: 'beta.eks.amazonaws.com/app-serving', usages: ['server auth'] }),
    'a dry run asks for nothing': csr({ usages: ['client auth'] }, { query: 'dryRun=All' }),
    'a resource of cert-manager that sounds alike': audit({
      verb: 'create',
      by: human(),
      resource: 'certificaterequests.cert-manager.io',
      namespace: 'shop',
    }),
  },
});
