import { isUserOrWorkload } from '../../eks/identities.ts';
import type { AuditEvent, AuditHeader } from '../../events/event.ts';
import { SECURITY_TOOLS } from '../../indicators/security-tools.ts';
import type { ObjectReference } from '../../kubernetes/request-uri.ts';
import { at, objectAt } from '../../primitives/json.ts';
import { namedAfter } from '../../primitives/name-prefix.ts';
import { defineDetection } from '../../sdk/detection.ts';
import { alice, audit, controller, mallory, oscar, pipeline, type RequestParts, workload } from '../../sdk/examples.ts';
import { inNamespace, nameOfObject, said } from '../../sdk/phrases.ts';

/** The object by its name; where a whole collection is deleted, the namespace that it lies in. */
const isWatched = ({ object, verb }: AuditHeader, names: readonly string[]): boolean =>
  namedAfter(object.name, names) !== undefined ||
  (verb === 'deletecollection' && namedAfter(object.namespace, names) !== undefined);

const isSwitchedOff = (event: AuditEvent): boolean => {
  if (event.verb.startsWith('delete')) return true;
  if (event.object.resource === 'namespaces') return false;
  const spec = objectAt(event.requestObject, 'spec');
  if (spec === undefined) return false;
  const replicas = spec['replicas'];
  // A Scale leaves out a zero: `spec: {}` in an update means no replicas.
  if (replicas === 0 || (event.object.subresource === 'scale' && event.verb === 'update' && replicas === undefined))
    return true;
  return event.verb === 'patch' && Object.keys(objectAt(at(spec, 'template', 'spec'), 'nodeSelector') ?? {}).length > 0;
};

const targetOf = (object: ObjectReference): string =>
  object.name === '' ? `all ${object.resource}${inNamespace(object.namespace)}` : nameOfObject(object);

export default defineDetection({
  id: 'security-tooling-removed',
  title: 'Security agent deleted or disabled (Falco, GuardDuty, Kyverno)',
  description:
    'Somebody deleted a security agent or its namespace, scaled it to zero replicas, or gave it a node selector, which removes a DaemonSet from all other nodes. Until it is back, nothing watches those nodes.',
  tactic: 'defense-evasion',
  techniques: ['T1562.001'],
  impact: 80,
  confidence: 70,
  denied: { confidence: 50 },
  type: 'TTP',
  falsePositives: 'A team replaces one agent by another, or reinstalls it.',
  triage:
    'Ask the team that runs the tool whether it meant to. If not, take the access of the principal away and install the agent again, then wait until it runs on every node: kubectl -n <namespace> rollout status daemonset <name>. Look in the audit log for what happened while it was gone.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/',
  ],
  related: ['sigma:kubernetes_audit_deployment_deleted'],
  audit: {
    level: 'request',
    verbs: ['delete', 'deletecollection', 'update', 'patch'],
    resources: ['daemonsets', 'deployments', 'deployments/scale', 'namespaces', 'statefulsets', 'statefulsets/scale'],
    actor: isUserOrWorkload,
  },
  options: { names: [SECURITY_TOOLS, 'names of the agents; a name that begins with one and a hyphen counts too'] },
  find: (event, { names }) => isWatched(event, names) && isSwitchedOff(event),
  entities: (_found, { object }) => ({ object: targetOf(object) }),
  summary: (_found, event) =>
    said(event, event.verb.startsWith('delete') ? 'delete' : 'switch off', targetOf(event.object)),
});

const falco = (verb: string, by = mallory, parts: Partial<RequestParts> = {}) =>
  audit({ verb, by, resource: 'daemonsets.apps', namespace: 'falco', name: 'falco', ...parts });

export const examples = () => ({
  fires: {
    'mallory deleted daemonset falco/falco': falco('delete'),
    'mallory deleted all daemonsets in namespace falco': falco('deletecollection', mallory, { name: '' }),
    // With options in the body, the API server ignores the query.
    'oscar deleted daemonset falco/falco': falco('delete', oscar, {
      query: 'dryRun=All',
      request: { kind: 'DeleteOptions', apiVersion: 'apps/v1' },
    }),
    'mallory deleted namespace kyverno': falco('delete', mallory, {
      resource: 'namespaces',
      namespace: '',
      name: 'kyverno',
    }),
    'mallory switched off deployment kyverno/kyverno-admission-controller': falco('update', mallory, {
      resource: 'deployments.apps/scale',
      namespace: 'kyverno',
      name: 'kyverno-admission-controller',
      request: { kind: 'Scale', spec: {} },
    }),
    'mallory switched off daemonset falco/falco': falco('patch', mallory, {
      request: [{ op: 'add', path: '/spec/template/spec/nodeSelector', value: { none: 'here' } }],
    }),
    'mallory was denied deleting daemonset amazon-guardduty/aws-guardduty-agent': falco('delete', mallory, {
      namespace: 'amazon-guardduty',
      name: 'aws-guardduty-agent',
      code: 403,
    }),
  },
  silent: {
    'a pipeline upgrades the agent': falco('update', pipeline(), { request: workload('DaemonSet', {}, 'falco') }),
    'an agent is scaled down to one': falco('patch', alice, {
      resource: 'deployments.apps/scale',
      name: 'falco-sidekick',
      request: { spec: { replicas: 1 } },
    }),
    'the namespace controller clears up': falco('deletecollection', controller('namespace-controller'), { name: '' }),
    'a workload that is called alike': falco('delete', alice, { name: 'falconry-shop' }),
    'a dry run removes nothing': [
      falco('delete', alice, { query: 'dryRun=All', level: 'RequestResponse' }),
      falco('delete', alice, { request: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] } }),
    ],
  },
});
