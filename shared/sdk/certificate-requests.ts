/** Certificate signing requests (CSR): which certificate one asks the cluster for, and what was decided about it. */
import type { AuditEvent } from '../events/event.ts';
import { type JsonObject, objectsAt, textAt, textsAt } from '../primitives/json.ts';

/** Signers of Kubernetes whose certificates the API server accepts as a login. Source: Kubernetes, "Certificates and Certificate Signing Requests". */
const CLIENT_SIGNERS = new Set([
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/legacy-unknown',
]);

/** Names and groups that no request of a person should ask for, as they are written in a certificate request. */
const PRIVILEGED = /system:(?:masters|nodes?|kube-|serviceaccount|anonymous|monitoring)|eks:|cluster-admin/;

/** Characters of a request that are looked at; the subject is at its beginning. */
const LONGEST = 16_384;

/** A certificate that its holder logs in to the API server with. Before v1 there was no `signerName`, and the usages alone decide. */
export const isForClient = (body: JsonObject): boolean => {
  const signer = textAt(body, 'spec', 'signerName');
  if (signer !== '') return CLIENT_SIGNERS.has(signer);
  const usages = textsAt(body, 'spec', 'usages');
  return usages.length === 0 || usages.includes('client auth');
};

/** The request names a user or group with power over the cluster. The subject is plain text among the bytes of the request. */
export const asksForPower = (body: JsonObject | undefined): boolean => {
  const pem = Buffer.from(textAt(body, 'spec', 'request').slice(0, LONGEST), 'base64').toString('latin1');
  const bytes = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64').toString('latin1');
  return PRIVILEGED.test(bytes);
};

/**
 * What was done to a request, as a summary's verb and object. Labels and annotations (update and patch of the object itself) decide
 * nothing.
 */
export const decisionOf = ({ verb, object, body }: AuditEvent) => {
  const what = object.name === '' ? 'all certificate requests' : `certificate request ${object.name}`;
  if (object.subresource === 'status')
    return { done: 'issue', what: `the certificate for request ${object.name}` } as const;
  if (object.subresource === '') return verb.startsWith('delete') ? ({ done: 'delete', what } as const) : undefined;
  const conditions = objectsAt(body, 'status', 'conditions').map((condition) => textAt(condition, 'type'));
  if (conditions.includes('Approved')) return { done: 'approve', what } as const;
  if (conditions.includes('Denied')) return { done: 'deny', what } as const;
  return { done: 'decide', what: `about ${what}` } as const;
};
