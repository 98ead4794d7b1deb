import { isUserOrWorkload } from '../../eks/identities.ts';
import { nameOf, principalOf } from '../../events/actor.ts';
import type { AuditEvent, AuditHeader } from '../../events/event.ts';
import { SECURITY_TOOLS } from '../../indicators/security-tools.ts';
import { at, objectAt } from '../../primitives/json.ts';
import { namedAfter } from '../../primitives/name-prefix.ts';
import { audit, controller, human, pipeline, workload } from '../../sdk/examples.ts';
import { defineLegacy as defineDetection } from '../../sdk/legacy.ts';

export default defineDetection({
  id: 'security-tooling-removed',
  title: 'Security agent removed or switched off',
  description:
    'A workload that watches over the cluster was deleted, scaled to nothing, or bound to nodes that it was not bound to before, which takes a DaemonSet off every other node. Deleting its namespace counts too.',
  tactic: 'defense-evasion',
  attack: ['T1562.001'],
  impact: 80,
  confidence: 70,
  type: 'TTP',
  falsePositives: 'A team replaces one agent by another, or reinstalls it.',
  triage: 'Candidate whoever runs the tool. Until it is back, what happened on the nodes in between is unknown.',
  references: [
    'https://attack.mitre.org/techniques/T1562/001/',
    'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/',
  ],
  answers: ['sigma:kubernetes_audit_deployment_deleted'],
  needs: 'body',
  on: {
    verbs: ['delete', 'deletecollection', 'update', 'patch'],
    resources: ['daemonsets', 'deployments', 'deployments/scale', 'namespaces', 'statefulsets', 'statefulsets/scale'],
    outcomes: ['succeeded', 'denied'],
    actor: isUserOrWorkload,
  },
  options: { names: [SECURITY_TOOLS, 'names of the agents; a name that begins with one and a hyphen counts too'] },
  match: (event, options) => !event.dryRun && isWatched(event, options.names) && isSwitchedOff(event),
  weight: (event) => (event.outcome === 'denied' ? { confidence: 50 } : {}),
  entities: (event) => ({ object: nameOfObject(event), principal: principalOf(event.actor) }),
  summary: (event) => {
    const how = event.verb.startsWith('delete') ? 'delete' : 'switch off';
    const did = event.outcome === 'denied' ? `was refused to ${how}` : how === 'delete' ? 'deleted' : 'switched off';
    return `${nameOf(event.actor, event.impersonated)} ${did} ${nameOfObject(event)}`;
  },
});

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

const nameOfObject = ({ object }: AuditHeader): string => {
  const kind = object.name === '' ? `all ${object.resource}` : object.resource.slice(0, -1);
  return `${kind} ${[object.namespace, object.name].filter((part) => part !== '').join('/')}`;
};

const falco = (verb: string, by = human('mallory'), parts: object = {}) =>
  audit({ verb, by, resource: 'daemonsets.apps', namespace: 'falco', name: 'falco', ...parts });

export const examples = () => ({
  fires: {
    'mallory deleted daemonset falco/falco': falco('delete'),
    'mallory deleted all daemonsets falco': falco('deletecollection', human('mallory'), { name: '' }),
    // With options in the body, the API server ignores the query.
    'oscar deleted daemonset falco/falco': falco('delete', human('oscar'), {
      query: 'dryRun=All',
      request: { kind: 'DeleteOptions', apiVersion: 'apps/v1' },
    }),
    'mallory deleted namespace kyverno': falco('delete', human('mallory'), {
      resource: 'namespaces',
      namespace: '',
      name: 'kyverno',
    }),
    'mallory switched off deployment kyverno/kyverno-admission-controller': falco('update', human('mallory'), {
      resource: 'deployments.apps/scale',
      namespace: 'kyverno',
      name: 'kyverno-admission-controller',
      request: { kind: 'Scale', spec: {} },
    }),
    'mallory switched off daemonset falco/falco': falco('patch', human('mallory'), {
      request: [{ op: 'add', path: '/spec/template/spec/nodeSelector', value: { none: 'here' } }],
    }),
    'mallory was refused to delete daemonset amazon-guardduty/aws-guardduty-agent': falco('delete', human('mallory'), {
      namespace: 'amazon-guardduty',
      name: 'aws-guardduty-agent',
      code: 403,
    }),
  },
  silent: {
    'a pipeline upgrades the agent': falco('update', pipeline(), { request: workload('DaemonSet', {}, 'falco') }),
    'an agent is scaled down to one': falco('patch', human(), {
      resource: 'deployments.apps/scale',
      name: 'falco-sidekick',
      request: { spec: { replicas: 1 } },
    }),
    'the namespace controller clears up': falco('deletecollection', controller('namespace-controller'), { name: '' }),
    'a workload that is called alike': falco('delete', human(), { name: 'falconry-shop' }),
    'a dry run removes nothing': [
      falco('delete', human(), { query: 'dryRun=All', level: 'RequestResponse' }),
      falco('delete', human(), { request: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] } }),
    ],
  },
});
