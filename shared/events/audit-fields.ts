/** The fields of audit events. */
import { textAt } from '../primitives/json.ts';
import { NOBODY, principalOf } from './actor.ts';
import type { AuditEvent, AuditHeader } from './event.ts';
import { type FieldTable, ORIGIN_FIELDS } from './fields.ts';

/** `pods/exec default/web`, or the path for a request outside the API. */
export const objectName = (event: AuditHeader): string => {
  const { resource, namespace, name } = event.object;
  if (resource === '') return event.path;
  const kind = resourceName(event);
  const place = [namespace, name].filter((part) => part !== '').join('/');
  return place === '' ? kind : `${kind} ${place}`;
};

/** `pods/exec`, or `pods` where there is no subresource. */
const resourceName = ({ object: { resource, subresource } }: AuditHeader): string =>
  subresource === '' ? resource : `${resource}/${subresource}`;

/** Groups and images of one event that are shown. Which one is meant, the entities of a finding tell. */
const [GROUPS_SHOWN, IMAGES_SHOWN] = [10, 20];

const CREDENTIAL_ID = 'user.extra.authentication.kubernetes.io/credential-id';

/** In the order in which findings list what to look for elsewhere. */
export const AUDIT_FIELDS = {
  ...ORIGIN_FIELDS,
  // The last address, which the client can't choose.
  'eks.sourceIP': {
    read: ({ address }) => address,
    alias: 'address',
    observed: 'addresses',
    evidence: 'address',
    pivot: 'address',
  },
  'eks.country': { read: ({ location }) => location?.country ?? '', isFixed: true },
  'eks.city': { read: ({ location }) => location?.city ?? '' },
  'eks.principal': {
    read: ({ actor }) => principalOf(actor),
    alias: 'principal',
    placeholder: NOBODY,
    observed: 'principals',
  },
  'eks.serviceAccount': {
    read: ({ actor: { serviceAccount: by } }) => (by === undefined ? '' : `${by.namespace}/${by.name}`),
    evidence: 'actor.serviceAccount',
  },
  'eks.outcome': { read: ({ outcome }) => outcome, isFixed: true },
  'eks.path': { read: ({ path }) => path },
  'eks.resource': { read: resourceName, alias: 'resource' },
  'eks.object': { read: objectName, alias: 'object', observed: 'objects', evidence: 'object' },
  'eks.images': {
    read: ({ images }) => images.map(({ text }) => text),
    unsuppressible: 'a pod has several, and one that is suppressed must not hide another. Use entity.image',
    most: IMAGES_SHOWN,
    observed: 'images',
  },

  level: { read: ({ level }) => level, isFixed: true, query: 'level' },
  auditID: { read: ({ auditId }) => auditId, longest: 64, evidence: 'auditId', query: 'auditID' },
  stage: { read: ({ stage }) => stage, evidence: 'stage', query: 'stage' },
  requestURI: { read: ({ uri }) => uri, observed: 'uris', evidence: 'uri', query: 'requestURI' },
  verb: { read: ({ verb }) => verb, alias: 'verb', observed: 'verbs', evidence: 'verb', query: 'verb' },
  'user.username': {
    read: ({ actor }) => actor.user,
    alias: 'user',
    observed: 'users',
    evidence: 'actor.user',
    pivot: 'user name',
    query: 'user.username',
  },
  'user.uid': { read: ({ actor }) => actor.uid ?? '', query: 'user.uid' },
  'user.groups': {
    read: ({ actor }) => actor.groups,
    alias: 'group',
    longest: 128,
    most: GROUPS_SHOWN,
    observed: 'groups',
    evidence: 'actor.groups',
  },
  'user.extra.arn': {
    read: ({ actor }) => actor.arn ?? '',
    evidence: 'actor.arn',
    pivot: 'user id',
    query: 'user.extra.arn.0',
  },
  'user.extra.canonicalArn': {
    read: ({ actor }) => actor.canonicalArn ?? '',
    evidence: 'actor.canonicalArn',
    query: 'user.extra.canonicalArn.0',
  },
  'user.extra.sessionName': {
    read: ({ actor }) => actor.sessionName ?? '',
    evidence: 'actor.sessionName',
    query: 'user.extra.sessionName.0',
  },
  'user.extra.accessKeyId': {
    read: ({ actor }) => actor.accessKeyId ?? '',
    evidence: 'actor.accessKeyId',
    pivot: 'credential',
    query: 'user.extra.accessKeyId.0',
  },
  [CREDENTIAL_ID]: {
    read: ({ actor }) => actor.credentialId ?? '',
    evidence: 'actor.credentialId',
    pivot: 'credential',
  },
  'user.extra.authentication.kubernetes.io/pod-name': {
    read: ({ actor }) => actor.boundPod ?? '',
    evidence: 'actor.boundPod',
  },
  'user.extra.authentication.kubernetes.io/node-name': {
    read: ({ actor }) => actor.boundNode ?? '',
    evidence: 'actor.boundNode',
  },
  'impersonatedUser.username': {
    read: ({ impersonated }) => impersonated?.user ?? '',
    evidence: 'impersonated.user',
    query: 'impersonatedUser.username',
  },
  'impersonatedUser.groups': {
    read: ({ impersonated }) => impersonated?.groups ?? [],
    longest: 128,
    most: GROUPS_SHOWN,
    evidence: 'impersonated.groups',
  },
  sourceIPs: {
    read: ({ sourceIPs }) => sourceIPs,
    unsuppressible: 'a client can choose all of them but the last. Use eks.sourceIP',
    query: 'sourceIPs.0',
  },
  userAgent: {
    read: ({ userAgent }) => userAgent,
    alias: 'userAgent',
    observed: 'userAgents',
    evidence: 'userAgent',
    pivot: 'user agent',
    query: 'userAgent',
  },
  'objectRef.apiGroup': { read: ({ object }) => object.group, query: 'objectRef.apiGroup' },
  'objectRef.apiVersion': { read: ({ object }) => object.version, query: 'objectRef.apiVersion' },
  'objectRef.resource': { read: ({ object }) => object.resource, query: 'objectRef.resource' },
  'objectRef.subresource': { read: ({ object }) => object.subresource, query: 'objectRef.subresource' },
  'objectRef.namespace': {
    read: ({ object }) => object.namespace,
    alias: 'namespace',
    query: 'objectRef.namespace',
  },
  'objectRef.name': { read: ({ object }) => object.name, alias: 'name', query: 'objectRef.name' },
  'responseStatus.code': {
    read: ({ code }) => code,
    isFixed: true,
    observed: 'codes',
    evidence: 'code',
    query: 'responseStatus.code',
  },
  'responseStatus.reason': {
    read: ({ reason }) => reason,
    observed: 'reasons',
    evidence: 'reason',
    query: 'responseStatus.reason',
  },
  'responseStatus.message': {
    read: ({ message }) => message,
    observed: 'messages',
    evidence: 'message',
    query: 'responseStatus.message',
  },
  // Annotations come after the bodies, beyond the fields of a record that Logs Insights knows.
  'annotations.authorization.k8s.io/decision': {
    read: ({ annotations }) => textAt(annotations, 'authorization.k8s.io/decision'),
  },
  'annotations.authorization.k8s.io/reason': {
    read: ({ annotations }) => textAt(annotations, 'authorization.k8s.io/reason'),
  },
} as const satisfies FieldTable<AuditEvent>;

export type AuditFieldName = keyof typeof AUDIT_FIELDS;
