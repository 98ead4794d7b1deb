/** What an admission configuration takes in, and where it sends it. */
import type { AuditEvent } from './event.ts';
import { type JsonObject, objectAt, objectsAt, textAt, textsAt } from './json.ts';

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

const isInternal = (url: string): boolean =>
  /^https:\/\/(?:[\w.-]+\.svc(?:\.cluster\.local)?|localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/i.test(url);

/** What the request writes: of a patch only the changed part, so that a renewed certificate is no news. */
const writtenOf = (event: AuditEvent): JsonObject | undefined =>
  event.verb === 'patch' && event.requestObject !== undefined ? event.requestObject : event.body;

const webhooksOf = (event: AuditEvent): readonly JsonObject[] => objectsAt(writtenOf(event), 'webhooks');

/** True for a patch that sets the authority of the webhooks' certificates, labels and annotations, and nothing else. */
export const onlyRenewsCertificates = (event: AuditEvent): boolean => {
  const written = event.verb === 'patch' ? event.requestObject : undefined;
  if (written === undefined) return false;
  const own = Object.keys(written).filter((key) => !BY_THE_WAY.has(key));
  return (
    own.every((key) => key === 'webhooks') &&
    webhooksOf(event).every((webhook) =>
      Object.entries(webhook).every(
        ([key, value]) =>
          key === 'name' ||
          (key === 'clientConfig' && Object.keys((value ?? {}) as object).every((part) => part === 'caBundle')),
      ),
    )
  );
};

const BY_THE_WAY = new Set(['metadata', 'kind', 'apiVersion', '$setElementOrder/webhooks']);

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
