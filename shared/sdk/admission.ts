/** What an admission configuration takes in, and where it sends it. */
import type { AuditEvent } from '../events/event.ts';
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  objectsAt,
  textAt,
  textsAt,
} from '../primitives/json.ts';
import { writtenOf } from './written-part.ts';

/** Configurations that see, change or refuse what others write. Source: API group admissionregistration.k8s.io. */
export const ADMISSION_RESOURCES: readonly string[] = [
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
];

/** What passes through it holds credentials, or gives them. */
const SENSITIVE = ['secrets', 'serviceaccounts/token', 'pods/exec', 'pods/attach', 'tokenreviews'];

const takesMuch = (rule: JsonObject): boolean => {
  const resources = textsAt(rule, 'resources');
  const groups = textsAt(rule, 'apiGroups');
  const isWide = groups.includes('*') && resources.some((resource) => resource === '*' || resource === '*/*');
  const isCore = groups.includes('*') || groups.includes('');
  return isWide || (isCore && resources.some((resource) => resource.startsWith('*') || SENSITIVE.includes(resource)));
};

/** Whether a webhook's URL stays in the cluster. */
export const isInternal = (url: string): boolean =>
  /^https:\/\/(?:[\w.-]+\.svc(?:\.cluster\.local)?|localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/i.test(url);

const webhooksOf = (event: AuditEvent): readonly JsonObject[] => objectsAt(writtenOf(event), 'webhooks');

/**
 * True for a patch after which the configuration does what it did before: one that sets labels and annotations, and, by a workload, one
 * that renews the authority of the webhooks' certificates. A person who replaces an authority breaks the webhook, or takes it over.
 */
export const changesNothing = (event: AuditEvent): boolean => {
  if (event.verb !== 'patch') return false;
  const mayRenew = event.actor.serviceAccount !== undefined && event.actor.arn === undefined && !event.impersonated;
  if (event.jsonPatch.length > 0) return event.jsonPatch.every((operation) => isHarmless(operation, mayRenew));
  const written = event.requestObject;
  if (written === undefined || Object.keys(written).some((key) => !BY_THE_WAY.has(key))) return false;
  if (!isLabelling(written['metadata'])) return false;
  // An apply removes what it leaves out, of what its field manager set before. Only of cert-manager's is it known what that is.
  const isApply = written['kind'] !== undefined || written['apiVersion'] !== undefined;
  if (isApply && !(mayRenew && event.query.get('fieldManager')?.every((name) => CA_INJECTOR.test(name)))) return false;
  if (written['webhooks'] === undefined) return !isApply;
  return mayRenew && !isEmptied(event) && renewsOnly(written['webhooks']);
};

/** Field managers that set the authority of certificates and nothing else. Source: the CA injector of cert-manager. */
const CA_INJECTOR = /^(?:cert-manager-)?cainjector$/;

const BY_THE_WAY = new Set(['metadata', 'kind', 'apiVersion', 'webhooks', '$setElementOrder/webhooks']);

/** Metadata without effect. An owner that does not exist, for one, has the garbage collector delete the configuration. */
const WITHOUT_EFFECT = new Set([
  'annotations',
  'creationTimestamp',
  'generation',
  'labels',
  'managedFields',
  'name',
  'resourceVersion',
  'uid',
]);

/** Annotations that have another authority put in: `cert-manager.io/inject-ca-from`. */
const INJECTS = /inject/i;

const isLabelling = (metadata: unknown): boolean => {
  if (metadata === undefined) return true;
  if (!isObject(metadata) || Object.keys(metadata).some((key) => !WITHOUT_EFFECT.has(key))) return false;
  return isHarmlessMap(metadata['annotations']) && isHarmlessMap(metadata['labels']);
};

const isHarmlessMap = (value: unknown): boolean =>
  value === undefined ||
  (isObject(value) && !Object.keys(value).some((key) => key.startsWith('$') || INJECTS.test(key)));

/** A list that names an authority for each of its webhooks, and nothing else: an empty one removes them all. */
const renewsOnly = (webhooks: unknown): boolean =>
  Array.isArray(webhooks) &&
  webhooks.length > 0 &&
  webhooks.every(
    (webhook) =>
      Object.keys(webhook ?? {}).every((key) => key === 'name' || key === 'clientConfig') &&
      Object.keys(objectAt(webhook, 'clientConfig') ?? {}).join() === 'caBundle' &&
      textAt(webhook, 'clientConfig', 'caBundle') !== '',
  );

const isHarmless = (operation: Json, mayRenew: boolean): boolean => {
  const [op, path] = [textAt(operation, 'op'), textAt(operation, 'path')];
  const isSet = op === 'add' || op === 'replace';
  if (op === 'test') return true;
  if (/^\/webhooks\/\d+\/clientConfig\/caBundle$/.test(path))
    return mayRenew && isSet && textAt(operation, 'value') !== '';
  const map = /^\/metadata\/(?:annotations|labels)(?:\/([^/]+))?$/.exec(path);
  if (map === null || !(isSet || op === 'remove')) return false;
  if (map[1] !== undefined) return !INJECTS.test(map[1]);
  return op !== 'remove' && isHarmlessMap(at(operation, 'value'));
};

const WEBHOOKS = /webhookconfigurations$/;

/** True for a write that leaves a webhook configuration without a webhook: it is still there, and does nothing. */
export const isEmptied = ({ object, verb, requestObject, responseObject }: AuditEvent): boolean => {
  if (!WEBHOOKS.test(object.resource) || (verb !== 'update' && verb !== 'patch')) return false;
  if (responseObject !== undefined && responseObject['kind'] !== 'Status') {
    return listAt(responseObject, 'webhooks').length === 0;
  }
  if (requestObject === undefined) return false;
  // An update is the whole object; what a patch leaves out stays.
  const webhooks = requestObject['webhooks'] ?? (verb === 'update' || 'webhooks' in requestObject ? [] : undefined);
  return Array.isArray(webhooks) && webhooks.length === 0;
};

/** `outside`: sends what it sees out of the cluster; `much`: sees everything, or credentials; `some`: anything else. */
export const interestOf = (event: AuditEvent): 'outside' | 'much' | 'some' => {
  const webhooks = webhooksOf(event);
  const urls = webhooks.map((webhook) => textAt(webhook, 'clientConfig', 'url')).filter((url) => url !== '');
  if (urls.some((url) => !isInternal(url))) return 'outside';
  const constraints = objectAt(writtenOf(event), 'spec', 'matchConstraints');
  const rules = [
    ...webhooks.flatMap((webhook) => objectsAt(webhook, 'rules')),
    ...objectsAt(constraints, 'resourceRules'),
  ];
  return rules.some(takesMuch) ? 'much' : 'some';
};
